"""What the documents name exists: tests, files, commands, sections; and every requirement has one honest row."""
from __future__ import annotations

import ast
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from ops.readme_pictures import PAGES

ROOT = Path(__file__).parents[2]
SECURITY, README, TOUR = ROOT / "docs" / "security.md", ROOT / "README.md", ROOT / "docs" / "tour.md"
STATES = ("tested", "built, not tested", "document", "partly", "not yet", "at deployment")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| (.+) \|$", re.M)
ID = re.compile(r"\bV\d+\.\d+\.\d+\b")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)|(?:src|srcset|href)=\"([^\"#]+)\"")
OURS = "bin|bench|docs|marketplace|migrations|ops|sandbox|static|templates|tests|requirements|gunicorn"
PLACE = re.compile(rf"`((?:{OURS})[\w./-]*)(?:::\w+)?`")
COMMAND = re.compile(r"`flask --app wsgi ((?:[a-z]+ ?)+)")
LEVELS_1_AND_2, LEVEL_3, NOT_APPLICABLE = 195, 47, 58


def absent_tests(text: str) -> list[str]:
    """Tests a text names that are not there."""
    return [f"{path}::{name}" for path, name in TEST.findall(text) if name not in _tests_of(ROOT / path)]


def absent_places(text: str, folder: Path) -> list[str]:
    """Files and folders a text of this folder links to or names that are not there."""
    links = [link or source for link, source in LINK.findall(text)]
    own = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    return [link for link in own if not (folder / link).exists()] + [place for place in PLACE.findall(text) if not (ROOT / place).exists()]


def unshown_claims(text: str) -> list[str]:
    """Rows whose state is unknown, or is "tested" without a test, or "document" without a section or file."""
    headings = "\n".join(re.findall(r"^#+ .*|^\*\*.*?\*\*", text, re.M))
    return [key for key, _, state, shown in ROW.findall(text) if not _is_shown(state, shown, headings)]


@pytest.mark.parametrize("document", [SECURITY, README, TOUR], ids=lambda path: path.name)
def test_what_a_document_names_is_there(document):
    text = document.read_text()
    assert absent_tests(text) == []
    assert absent_places(text, document.parent) == []


def test_every_requirement_has_one_row():
    rows, others = ROW.findall(SECURITY.read_text()), ID.findall(_part("not applicable"))
    listed = [row[0] for row in rows] + others
    assert [key for key, times in Counter(listed).items() if times > 1] == []
    levels = Counter(level for _, level, _, _ in rows)
    assert (levels["1"] + levels["2"], levels["3"], len(others)) == (LEVELS_1_AND_2, LEVEL_3, NOT_APPLICABLE)
    assert len(rows) == len(ID.findall(re.sub(r"as V[\d.]+", "", _part("requirements"))))


def test_every_state_is_one_and_is_shown():
    assert unshown_claims(SECURITY.read_text()) == []


@pytest.mark.parametrize("state", STATES)
def test_the_sums_are_those_of_the_rows(state):
    rows = ROW.findall(SECURITY.read_text())
    ours = [sum(found == state and (level == "3") is third for _, level, found, _ in rows) for third in (False, True)]
    assert f"| {state} | {ours[0]} | {ours[1]} |" in SECURITY.read_text()


def test_commands_of_the_readme_can_be_run(app: Flask):
    text = README.read_text()
    programs = set(re.findall(r"(?:^|[`\s])(bin/[a-z]+)", text, re.M))
    assert {"bin/dev", "bin/test", "bin/story"} <= programs
    assert [name for name in programs if not os.access(ROOT / name, os.X_OK)] == []
    wanted = [words.split() for words in COMMAND.findall(text)]
    assert ["demo", "people"] in wanted
    assert [words for words in wanted if not _is_command(app, words)] == []


def test_the_readme_shows_its_pages_on_phone_and_desktop():
    for size in ("phone", "desktop"):
        shown = re.findall(rf"docs/pictures/([\w-]+)-{size}\.\w+", README.read_text())
        assert sorted(shown) == sorted(PAGES), size


@pytest.mark.parametrize(("text", "fault"), [
    ("`tests/core/test_money.py::test_sums_are_rounded`", "tests/core/test_money.py::test_sums_are_rounded"),
    ("`tests/core/test_gold.py::test_sums_are_exact`", "tests/core/test_gold.py::test_sums_are_exact"),
])
def test_a_made_up_test_is_noticed(text, fault):
    assert absent_tests(text) == [fault]


@pytest.mark.parametrize("text", ["[a](docs/nowhere.md)", '<img src="docs/none.webp">', "`bin/fly`"])
def test_a_made_up_place_is_noticed(text):
    assert len(absent_places(text, ROOT)) == 1


@pytest.mark.parametrize("claim", ["tested | it works", "surely | yes", 'document | "Nowhere"', "document | somewhere"])
def test_an_empty_claim_is_noticed(claim):
    assert unshown_claims(f"## Files\n| V1.1.1 | 2 | {claim} |\n") == ["V1.1.1"]


@cache
def _tests_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def _is_shown(state: str, shown: str, headings: str) -> bool:
    if state == "tested":
        return TEST.search(shown) is not None
    if state == "document":
        files = [ROOT / place for place in PLACE.findall(shown)]
        return any(quoted in headings for quoted in re.findall(r'"([^"]+)"', shown)) or any(file.is_file() for file in files)
    return state in STATES


def _part(name: str) -> str:
    return SECURITY.read_text().split(f"<!-- {name} -->")[1].split(f"<!-- end {name} -->")[0]


def _is_command(app: Flask, words: list[str]) -> bool:
    group = app.cli
    for word in words:
        group = getattr(group, "commands", {}).get(word)
    return group is not None
