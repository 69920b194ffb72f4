"""What a paper says, read from its files."""
from __future__ import annotations

import csv
import io
import re

import pypdf

from marketplace.core.db import db
from marketplace.files import commands as files
from marketplace.files.models import File, Variant
from marketplace.reporting.models import Paper

SPAN = re.compile(rb"/ActualText<FEFF([0-9A-F]+)>>>BDC(.*?)EMC", re.DOTALL)
STRING = re.compile(rb"\(((?:\\.|[^\\)])*)\)", re.DOTALL)
BYTE = re.compile(rb"\\[0-7]{1,3}|\\.|.", re.DOTALL)


def content(file_id) -> bytes:
    """The bytes of a file."""
    return files.body(db.session.get(File, file_id), Variant.original)


def reader(paper: Paper) -> pypdf.PdfReader:
    """The paper's PDF."""
    return pypdf.PdfReader(io.BytesIO(content(paper.pdf_id)))


def words(paper: Paper) -> str:
    """What the PDF says, its spaces made plain; for papers in English."""
    return " ".join(" ".join(page.extract_text() for page in reader(paper).pages).split())


def rows(paper: Paper) -> list[list[str]]:
    """The CSV, its headings first."""
    return list(csv.reader(io.StringIO(content(paper.csv_id).decode("utf-8-sig"))))


def clusters(paper: Paper) -> dict[str, list[bytes]]:
    """The glyphs with which the PDF draws each piece of text that is not one glyph a letter, in their order on the sheet."""
    streams = b"".join(page.get_contents().get_data() for page in reader(paper).pages)
    return {bytes.fromhex(text.decode()).decode("utf-16-be"): _glyphs(drawn) for text, drawn in SPAN.findall(streams)}


def _glyphs(drawn: bytes) -> list[bytes]:
    """Each glyph is two bytes of a string, each written plainly or escaped."""
    halves = BYTE.findall(b"".join(STRING.findall(drawn)))
    return [first + second for first, second in zip(halves[::2], halves[1::2], strict=True)]
