"""Tables to take away: CSV that spreadsheets open rightly and cannot be tricked by."""
from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from flask import Response, stream_with_context

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """A download in UTF-8, marked as such so that Bengali is no noise. Text that a spreadsheet would calculate is quoted.

    The file is made in memory: callers bound the number of rows.
    """
    return _download(name, csv_bytes(chain([columns], rows)))


def csv_stream(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """The same, sent while it is made: memory holds a line at a time, however many rows there are."""
    return _download(name, chain([codecs.BOM_UTF8], stream_with_context(map(_line, chain([columns], rows)))))


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """The same as bytes, to keep."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([_safe("" if cell is None else str(cell)) for cell in row])
    return codecs.BOM_UTF8 + file.getvalue().encode()


def amount(minor: int | None) -> str:
    """Minor units as a plain decimal number, such as -7000.00; empty for none."""
    if minor is None:
        return ""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def _line(row: Sequence[Any]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow([_safe("" if cell is None else str(cell)) for cell in row])
    return line.getvalue().encode()


def _download(name: str, content: Any) -> Response:
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()
