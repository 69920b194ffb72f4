"""PDF by typst: tagged, archival (PDF/A-2a), with right Bengali shaping. Text reaches a template only as data.

Drawn by jobs only: the library is 20 MB that the web's processes never load.
"""
from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
TEMPLATES = Path(__file__).parents[2] / "templates"
STANDARD = "a-2a"


def render(template_typ: str, inputs: Mapping[str, str], language: str) -> bytes:
    """The PDF of `templates/<template_typ>` with these inputs, which the template reads from `sys.inputs`.

    Values are text and stay text: what people typed is never read as markup. `language` ("bn" or "en") is told to the
    template as `sys.inputs.language`, and sets hyphenation and the document's language. The same inputs give the same bytes.
    """
    import typst  # noqa: PLC0415 - loaded by the first job that draws

    source = (TEMPLATES / template_typ).read_bytes()
    made = typst.compile(source, format="pdf", font_paths=_fonts(), ignore_system_fonts=True,
                         sys_inputs={**inputs, "language": language}, pdf_standards=STANDARD, timestamp=0)
    return bytes(made)


@cache
def _fonts() -> Any:
    import typst  # noqa: PLC0415 - loaded by the first job that draws

    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
