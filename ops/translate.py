"""Bring every domain's Bengali catalogue up to date with what its code and templates say.

    bin/translate [DOMAIN…]  add what is new (with an empty msgstr), drop what is gone; all domains when none is named
    bin/translate --check    only say what is missing or said in two ways; exit 1 when anything is
"""
from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "marketplace" / "translations" / "bn"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2), "_n": (1, 2)}
SHARED = ("core", "ui")


def main(arguments: list[str]) -> int:
    """Update or check; the exit code."""
    if "--check" in arguments:
        missing = [*faults(), *conflicts()]
        print("\n".join(missing) or "Every message is translated.")
        return 1 if missing else 0
    for name in arguments or names():
        _update(name)
    return 0


def names() -> list[str]:
    """Every catalogue: the domains, core, and `ui` for the templates that belong to no domain."""
    return sorted({path.name for path in (ROOT / "marketplace").iterdir() if (path / "__init__.py").exists()} | {"ui"})


def faults() -> Iterator[str]:
    """A line for each message without Bengali."""
    for name in names():
        known = _read(name)
        for key in sorted(messages(name), key=str):
            found = known.get(key[0] if isinstance(key, tuple) else key)
            if found is None or not found.string or (isinstance(found.string, tuple) and not all(found.string)) or found.fuzzy:
                yield f"{name}.po: {key!r}"


def conflicts() -> Iterator[str]:
    """A line for each message that two catalogues say differently: they are joined at the start, and one of them would be lost."""
    said: dict[str, dict[str, str]] = {}
    for name in names():
        for message in _read(name):
            if message.id:
                said.setdefault(str(message.id), {}).setdefault(str(message.string), name)
    for key, ways in sorted(said.items()):
        if len(ways) > 1:
            yield f"{key!r}: " + ", ".join(f"{name}.po {bengali!r}" for bengali, name in ways.items())


def messages(name: str) -> set:
    """What the code and the templates of one domain say."""
    return {message for path in _sources(name) for message in _messages(path)}


def _messages(path: Path) -> Iterator:
    method = "python" if path.suffix == ".py" else "jinja2"
    with path.open("rb") as source:
        options = {"extensions": "jinja2.ext.do", "silent": "false", "trimmed": "true"} if method == "jinja2" else {}
        for _, message, _, _ in extract(method, BytesIO(source.read()), keywords=KEYWORDS, options=options):
            yield message


def _sources(name: str) -> list[Path]:
    templates = ROOT / "templates"
    folders = [templates / part for part in ("ui", "layouts", "errors", "mail")] if name == "ui" else [templates / name]
    return [*sorted((ROOT / "marketplace" / name).rglob("*.py")),
            *(path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".txt"})]


def _read(name: str) -> Catalog:
    path = CATALOGUES / f"{name}.po"
    if not path.exists():
        return Catalog(locale="bn")
    with path.open("rb") as lines:
        return read_po(lines, locale="bn")


def _update(name: str) -> None:
    known, said = _read(name), messages(name)
    fresh = Catalog(locale="bn", charset="utf-8")
    for key in sorted(said, key=str):
        found = known.get(key[0] if isinstance(key, tuple) else key)
        fresh.add(key, found.string if found else None)
    if said:
        with (CATALOGUES / f"{name}.po").open("wb") as out:
            write_po(out, fresh, width=140, omit_header=True, sort_output=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
