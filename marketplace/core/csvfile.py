"""Tables to take away: CSV that spreadsheets open rightly and cannot be tricked by."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context

BOM = "\ufeff"
"""Tells spreadsheets that the text is UTF-8; without it Bengali becomes noise."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """A download, written while it is read. Text that a spreadsheet would calculate is quoted; numbers stay numbers."""
    answer = Response(stream_with_context(_lines(columns, rows)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def amount(minor: int | None) -> str:
    """Minor units as a plain decimal number, such as -7000.00; empty for none."""
    if minor is None:
        return ""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def _lines(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield BOM + _line(columns)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_safe("" if cell is None else str(cell)) for cell in cells])
    return text.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()
