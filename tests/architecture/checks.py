"""House rules that import-linter cannot see. Each check takes a root and gives a list of faults, one line each."""
from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.contracts import domains

LONGEST_FILE = 400
FOLDER_AT = 250
MEDIAN_FUNCTION, P90_FUNCTION = 6, 15
VAGUE = re.compile(r"(^|/)(utils?|helpers?|misc|common)(\.py|/|$)")
COMMITTERS = {"marketplace/core/db.py", "marketplace/core/tasks.py"}
CLOCKS = {"marketplace/core/clock.py", "marketplace/core/tasks.py"}
STATUS_SETTERS = {"marketplace/core/states.py", "marketplace/core/mail.py"}
TEXT_ATTRIBUTES = re.compile(r"""\b(?:aria-label|title|placeholder|alt|label)\s*=\s*"([^"{]*[A-Za-z\u0980-\u09ff]{2,}[^"{]*)\"""")
WORDS = re.compile(r"[A-Za-z]{2,}|[\u0980-\u09ff]{2,}")
SAME_IN_BOTH = {"html", "Stripe", "Facebook", "Instagram", "YouTube", "LinkedIn", "CSV", "PDF", "TOTP", "English", "বাংলা", "EN", "বাং"}


def oversized_files(root: Path) -> list[str]:
    """Files over the hard limit."""
    return [f"{_name(path, root)}: {count} lines" for path in _python(root, "marketplace", "sandbox", "ops", "bench")
            if (count := len(path.read_text().splitlines())) > LONGEST_FILE]


def unfolded_files(root: Path) -> list[str]:
    """Files of a domain that should have become a folder."""
    return [f"{_name(path, root)}: {count} lines; make it a folder" for path in _python(root, "marketplace")
            if (count := len(path.read_text().splitlines())) > FOLDER_AT and path.parent.name != "core"]


def function_sizes(root: Path) -> tuple[float, float]:
    """Median and 90th percentile of the lines of all functions of the marketplace, docstrings not counted."""
    sizes = sorted(_lines(node) for path in _python(root, "marketplace") for node in ast.walk(ast.parse(path.read_text()))
                   if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return statistics.median(sizes), sizes[int(len(sizes) * 0.9)]


def vague_names(root: Path) -> list[str]:
    """Rooms without a name of their own, and classes called …Manager (Manager is our noun)."""
    rooms = [_name(path, root) for path in _python(root, "marketplace", "sandbox", "ops", "tests") if VAGUE.search(_name(path, root))]
    return rooms + [f"{_name(path, root)}: class {node.name}" for path in _python(root, "marketplace", "sandbox")
                    for node in ast.walk(ast.parse(path.read_text()))
                    if isinstance(node, ast.ClassDef) and node.name.endswith("Manager") and node.name != "Manager"]


def missing_mirrors(root: Path) -> list[str]:
    """A domain with addresses has tests, rows in the matrix and a Bengali catalogue of its own name; one that draws pages, templates."""
    wanted = ("tests/{0}", "tests/authorisation/{0}.py", "marketplace/translations/bn/{0}.po")
    served = [name for name in domains(root) if _has(root, name, "views")]
    places = [place.format(name) for name in served for place in wanted] + [f"templates/{name}" for name in served if _draws(root, name)]
    return [place for place in places if not (root / place).exists()]


def unknown_template_folders(root: Path) -> list[str]:
    """Template folders that belong to nothing."""
    known = {*domains(root), "layouts", "ui", "errors", "mail"}
    return [path.name for path in (root / "templates").iterdir() if path.is_dir() and path.name not in known]


def commits_inside(root: Path) -> list[str]:
    """Only the edges commit."""
    return _calls(root, lambda call: _attribute(call) in {"commit", "rollback"} and "session" in ast.unparse(call.func), COMMITTERS)


def clocks_of_their_own(root: Path) -> list[str]:
    """Business time is read from core.clock alone."""
    return _calls(root, lambda call: ast.unparse(call.func) in {"datetime.now", "datetime.utcnow", "date.today", "func.now"}, CLOCKS)


def statuses_set_by_hand(root: Path) -> list[str]:
    """A status changes through its transition table."""
    return [f"{_name(path, root)}:{node.lineno}" for path in _python(root, "marketplace") if _name(path, root) not in STATUS_SETTERS
            for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Attribute) and target.attr == "status"]


def crossings_to_the_sandbox(root: Path) -> list[str]:
    """The sandbox and the marketplace share no code."""
    return [f"{_name(path, root)} imports {module}" for here, there in (("marketplace", "sandbox"), ("sandbox", "marketplace"))
            for path in _python(root, here) for module in _imports(path) if module.split(".")[0] == there]


def inline_in_templates(root: Path) -> list[str]:
    """No inline style, script or handler, and nothing marked safe by hand; letters may carry their own style."""
    pattern = re.compile(r"""\bstyle\s*=|<script(?![^>]*\bsrc=)|\bon[a-z]+\s*=\s*["']|\|\s*safe\b|<style\b""")
    return [f"{_name(path, root)}:{number}: {line.strip()[:80]}" for path in _templates(root)
            for number, line in enumerate(_without_comments(path).splitlines(), 1) if pattern.search(line)]


def untranslated_text(root: Path) -> list[str]:
    """Words in a template outside gettext."""
    return [f"{_name(path, root)}: {words!r}" for path in _templates(root, letters=True) for words in _bare_words(path)]


def _bare_words(path: Path) -> Iterator[str]:
    text = _without_comments(path)
    text = re.sub(r"\{%-?\s*(trans|raw)\b.*?end\1\s*-?%\}", " ", text, flags=re.DOTALL)
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|%\(\w+\)s", " ", text, flags=re.DOTALL)
    for match in TEXT_ATTRIBUTES.finditer(bare):
        if set(WORDS.findall(match[1])) - SAME_IN_BOTH:
            yield match[1]
    bare = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", bare, flags=re.DOTALL)
    for piece in re.sub(r"<!--.*?-->|<[^>]*>|&\w+;", "\n", bare, flags=re.DOTALL).splitlines():
        if set(WORDS.findall(piece)) - SAME_IN_BOTH:
            yield piece.strip()


def _without_comments(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), path.read_text(), flags=re.DOTALL)


def _templates(root: Path, letters: bool = False) -> list[Path]:
    skipped = {"styleguide.html"}
    return [path for path in sorted((root / "templates").rglob("*")) if path.suffix in {".html", ".txt"} and path.name not in skipped
            and (letters or "mail" not in path.parts)]


def _python(root: Path, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]


def _calls(root: Path, guilty, allowed: set[str]) -> list[str]:
    return [f"{_name(path, root)}:{node.lineno}" for path in _python(root, "marketplace") if _name(path, root) not in allowed
            for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and guilty(node)]


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body; a docstring is no work."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1


def _has(root: Path, domain: str, file: str) -> bool:
    base = root / "marketplace" / domain / file
    return base.with_suffix(".py").exists() or base.is_dir()


def _draws(root: Path, domain: str) -> bool:
    base = root / "marketplace" / domain
    return any(".html" in path.read_text() for path in [*base.glob("views.py"), *base.glob("views/*.py")])


def _name(path: Path, root: Path) -> str:
    return str(path.relative_to(root))
