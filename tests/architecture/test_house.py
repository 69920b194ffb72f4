"""The house rules hold, and each is proven by a deliberate violation."""
from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.architecture import checks, contracts

ROOT = Path(__file__).parents[2]
CLEAN = [checks.oversized_files, checks.unfolded_files, checks.vague_names, checks.missing_mirrors, checks.unknown_template_folders,
         checks.commits_inside, checks.clocks_of_their_own, checks.statuses_set_by_hand, checks.crossings_to_the_sandbox,
         checks.inline_in_templates, checks.untranslated_text]

INSIDE = "Inside a domain: imports only point down, and no other file names"

# Where a line is added to a copy of the house, and which contract or check must notice.
IMPORTS = [
    ("marketplace/core/money.py", "import marketplace.accounts.models", "Domains: imports only point down the list"),
    ("marketplace/accounts/models.py", "from marketplace.site import queries", "Domains: imports only point down the list"),
    ("marketplace/site/queries.py", "from marketplace.site import views", INSIDE),
    ("marketplace/site/tools.py", "", INSIDE),
    ("marketplace/accounts/models.py", "import marketplace.accounts.commands", "Reads never write"),
    ("marketplace/site/cli.py", "from marketplace.accounts import views", "Doors: only the factory opens views"),
    ("marketplace/accounts/queries.py", "import flask", "Rules do not know the web"),
    ("marketplace/site/views.py", "import stripe", "Only gateways import vendors' libraries"),
    ("marketplace/site/views.py", "from marketplace.accounts import forms", "Forms and notices of accounts serve accounts"),
    ("marketplace/core/money.py", "from marketplace.core import states", "No cycles between siblings"),
]
FILES = [
    (checks.oversized_files, "marketplace/site/queries.py", "\n" * 401),
    (checks.unfolded_files, "marketplace/site/queries.py", "\n" * 251),
    (checks.vague_names, "marketplace/site/helpers.py", ""),
    (checks.vague_names, "marketplace/site/queries.py", "\nclass SessionManager: pass\n"),
    (checks.missing_mirrors, "marketplace/insights/views.py", ""),
    (checks.missing_mirrors, "marketplace/files/views.py", "\nrender_template('files/show.html')\n"),
    (checks.unknown_template_folders, "templates/stray/page.html", ""),
    (checks.commits_inside, "marketplace/site/queries.py", "\ndb.session.commit()\n"),
    (checks.clocks_of_their_own, "marketplace/site/queries.py", "\ndatetime.now(UTC)\n"),
    (checks.statuses_set_by_hand, "marketplace/site/queries.py", "\njob.status = 'open'\n"),
    (checks.crossings_to_the_sandbox, "sandbox/stray.py", "import marketplace\n"),
    (checks.inline_in_templates, "templates/site/landing.html", '<p style="x">'),
    (checks.inline_in_templates, "templates/site/landing.html", "<script>1</script>"),
    (checks.inline_in_templates, "templates/site/landing.html", "{{ x | safe }}"),
    (checks.untranslated_text, "templates/site/landing.html", "<p>Pay now</p>"),
    (checks.untranslated_text, "templates/site/landing.html", '<p title="Pay now"></p>'),
]


def test_imports_only_go_down():
    report = contracts.lint(ROOT)
    assert " 0 broken." in report, report


@pytest.mark.parametrize("check", CLEAN, ids=lambda check: check.__name__)
def test_the_house_is_clean(check):
    assert check(ROOT) == []


def test_functions_are_small():
    median, p90 = checks.function_sizes(ROOT)
    assert median <= checks.MEDIAN_FUNCTION
    assert p90 <= checks.P90_FUNCTION


def test_every_contract_notices_its_violation(tmp_path):
    house = _copy(tmp_path)
    for path, line, _ in IMPORTS:
        _add(house / path, f"\n{line}\n")
    report = contracts.lint(house)
    broken = [line for line in report.splitlines() if line.endswith("BROKEN")]
    unnoticed = {name for _, _, name in IMPORTS if not any(line.startswith(name) for line in broken)}
    assert unnoticed == set(), report[-3000:]


@pytest.mark.parametrize(("check", "path", "text"), FILES, ids=lambda value: getattr(value, "__name__", None))
def test_every_check_notices_its_violation(check, path, text, tmp_path):
    house = _copy(tmp_path)
    before = set(check(house))
    _add(house / path, text)
    if path.endswith("insights/views.py"):
        _add(house / "marketplace/insights/__init__.py", "")
    assert set(check(house)) - before


def _copy(to: Path) -> Path:
    for folder in ("marketplace", "templates", "sandbox", "tests"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    return to


def _add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)
