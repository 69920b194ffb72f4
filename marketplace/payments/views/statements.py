"""The statement of one's own money, to take away."""
from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from marketplace.core.authorisation import allow
from marketplace.core.clock import DHAKA
from marketplace.core.csvfile import amount, csv_file
from marketplace.ledger import queries as books
from marketplace.payments import policies, queries
from marketplace.payments.views.blueprint import pages


@pages.get("/wallet/statement.csv")
@allow(policies.take_statement, lambda reader: queries.statement_party(reader))
def statement(party: str) -> Response:
    """Each posting that concerned the reader, oldest first: money to them is positive."""
    columns = [_("Time (Dhaka)"), _("What"), _("For"), _("Amount"), _("Balance"), _("Currency")]
    titles = queries.titles_of(party)
    return csv_file("statement.csv", columns, (_row(line, titles) for line in books.whole_statement(party)))


def _row(line: books.StatementLine, titles: dict[str, str]) -> list[Any]:
    return [f"{line.at.astimezone(DHAKA):%Y-%m-%d %H:%M}", str(books.VERBS.get(line.verb, line.verb)), titles.get(line.subject or "", ""),
            amount(line.amount.minor), amount(line.balance.minor) if line.balance is not None else "", line.amount.currency]
