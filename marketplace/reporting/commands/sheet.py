"""What a paper says, before it is drawn: plain values that a PDF shows in its language and a CSV as data."""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from marketplace.core import clock, csvfile, i18n, pdf
from marketplace.core.money import Money
from marketplace.core.tasks import bound

Cell = str | Money | date | datetime | None


@dataclass(frozen=True)
class Table:
    """Columns as (label, whether it holds money), rows, and the rows below the line that closes a sum."""

    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]] = ()
    caption: str = ""


@dataclass(frozen=True)
class Sheet:
    """One paper: what it is `about`, whose it is (`issuer`, `receiver`: name and lines below it), facts, tables.

    The first table is also the CSV.
    """

    title: str
    about: str
    total: Money
    issuer: Sequence[str]
    receiver: Sequence[str]
    facts: Sequence[tuple[str, Cell]]
    tables: Sequence[Table]
    note: str = ""


def draw_pdf(sheet: Sheet, number: str, dated: datetime, language: str) -> bytes:
    """The paper as a tagged PDF; only text goes to the template."""
    told = {
        "site": bound().extensions["settings"].site_name, "title": sheet.title, "number": number, "dated": shown(dated.date()),
        "issuer": json.dumps([_("From"), *sheet.issuer]), "receiver": json.dumps([_("To"), *sheet.receiver]),
        "facts": json.dumps([[label, shown(cell)] for label, cell in sheet.facts]),
        "tables": json.dumps([_table(table) for table in sheet.tables]), "note": sheet.note,
    }
    return pdf.render("reporting/paper.typ", told, language)


def draw_csv(sheet: Sheet, number: str) -> bytes:
    """The first table for a spreadsheet: headings in the paper's language, amounts as plain decimals, days as 2026-11-22."""
    return csvfile.csv_bytes(_csv_rows(sheet.tables[0], number, sheet.total.currency))


def shown(cell: Cell) -> str:
    """A value as people read it in the language being written."""
    if isinstance(cell, Money):
        return i18n.money(cell)
    if isinstance(cell, datetime):
        return i18n.digits(f"{cell.astimezone(clock.DHAKA):%d/%m/%Y}")
    if isinstance(cell, date):
        return i18n.dated(cell)
    return cell or ""


def _table(table: Table) -> dict[str, Any]:
    return {"caption": table.caption, "columns": [[label, money] for label, money in table.columns],
            "rows": [[shown(cell) for cell in row] for row in table.rows],
            "totals": [[shown(cell) for cell in row] for row in table.totals]}


def _csv_rows(table: Table, number: str, currency: str) -> Iterator[list[str]]:
    yield [_("Number"), *(f"{label} ({currency})" if money else label for label, money in table.columns)]
    for row in (*table.rows, *table.totals):
        yield [number, *(_plain(cell) for cell in row)]


def _plain(cell: Cell) -> str:
    if isinstance(cell, Money):
        return csvfile.amount(cell.minor)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(clock.DHAKA):%Y-%m-%d}"
    return cell.isoformat() if isinstance(cell, date) else cell or ""
