"""The story believes only what can be seen from outside, and says so when it goes wrong."""
from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.story import telling
from tests.story.telling import Tale, tell_steps

HERE = Path(__file__).parent
TOLD = [path for path in HERE.rglob("*.py") if path != Path(__file__)]
INSIDE = {"marketplace", "sandbox", "sqlalchemy", "flask_sqlalchemy", "psycopg", "alembic"}


class Silence:
    """A stage whose programs have said nothing."""

    def log(self, name: str) -> list[str]:
        return []


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_it_looks_neither_into_the_database_nor_into_the_product(path):
    tree = ast.parse(path.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in imported} & INSIDE
    assert "DATABASE" not in path.read_text()


def test_the_first_step_that_fails_ends_it_and_says_where(monkeypatch):
    def fine(tale: Tale) -> dict[str, int]:
        return {"found": 1}

    def wrong(tale: Tale) -> None:
        raise AssertionError("the books differ")

    monkeypatch.setattr(telling, "STEPS", [("one", "ada", fine), ("two", "sam", wrong), ("three", "ada", fine)])
    lines: list[str] = []
    assert not tell_steps(Tale(Silence(), "en"), lines.append)
    first, second = map(json.loads, lines)
    assert (first["step"], first["ok"], first["found"]) == ("one", True, 1)
    assert (second["step"], second["ok"], second["why"]) == ("two", False, "AssertionError: the books differ")
