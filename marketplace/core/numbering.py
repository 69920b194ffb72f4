"""Numbers of papers: one series a kind and year, each number once, none left out.

A series is a row. Whoever takes a number holds the row until the transaction ends, so the next one waits, and a roll-back
or a killed process gives the number back.
"""
from __future__ import annotations

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Model, db

TAKE = text("insert into number_series (series, year, last) values (:series, :year, 1) "
            "on conflict (series, year) do update set last = number_series.last + 1 returning last")


class NumberSeries(Model):
    """The last number taken of a series in a year."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def take(series: str, year: int) -> int:
    """The next number of a series in a year (of Dhaka's calendar), beginning at 1. Others wait until this is committed."""
    return db.session.execute(TAKE, {"series": series, "year": year}).scalar_one()


def written(series: str, year: int, number: int) -> str:
    """A number as it stands on the paper, such as R-2026-000001; the same in every language."""
    return f"{series}-{year}-{number:06}"
