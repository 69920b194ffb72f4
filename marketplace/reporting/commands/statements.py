"""A month of a party's own money, posting by posting."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _

from marketplace.core import i18n
from marketplace.core.money import Money
from marketplace.ledger.queries import movements as books
from marketplace.reporting import queries
from marketplace.reporting.commands.sheet import Cell, Sheet, Table
from marketplace.reporting.commands.words import CHARGED, PLACES, party_lines, platform_lines, said, side, span, sums
from marketplace.reporting.models import Paper


def statement_sheet(paper: Paper) -> Sheet:
    """Opening balance, each posting, closing balance; then the month by heading, and where the money was at its end."""
    assert paper.starts and paper.ends
    since, until = queries.midnight(paper.starts), queries.midnight(paper.ends)
    opening = balance(paper, since)
    found = list(books.movements(paper.party, paper.currency, since, until))
    lines = _lines(paper, found, opening, since)
    closing = opening + _all([movement.change for movement in found], paper.currency)
    return Sheet(
        title=_("Statement"), about=i18n.month(since), total=closing, issuer=platform_lines(), receiver=party_lines(paper),
        facts=[(_("Month"), span(paper.starts, paper.ends)), (_("Opening balance"), opening), (_("Closing balance"), closing)],
        tables=[lines, _in_short(paper, found, opening, closing), _places(paper, until, closing)],
        note=_("The balance is what is yours here: nothing of it has left for your card.") if side(paper.party) == "business"
        else _("The balance is what is yours and had not reached your bank."))


def balance(paper: Paper, moment: datetime) -> Money:
    """What was the party's own before a moment."""
    return _all(books.own_money(paper.party, paper.currency, moment).values(), paper.currency)


def _lines(paper: Paper, found: Sequence[books.Movement], opening: Money, since: datetime) -> Table:
    called = queries.titles(movement.subject for movement in found)
    rows: list[list[Cell]] = [[since, _("Opening balance"), "", None, None, opening]]
    ins = outs = nothing = Money(0, paper.currency)
    now = opening
    for movement in found:
        for words, amount in _amounts(movement, side(paper.party)):
            now, came, went = now + amount, max(amount, nothing), max(-amount, nothing)
            ins, outs = ins + came, outs + went
            rows.append([movement.at, words, called.get(str(movement.subject), ""), came or None, went or None, now])
    columns = [(_("Day"), False), (_("What"), False), (_("For"), False), (_("In"), True), (_("Out"), True), (_("Balance"), True)]
    return Table(columns, rows, [["", _("Closing balance"), "", ins, outs, now]])


def _amounts(movement: books.Movement, of: str) -> Iterator[tuple[str, Money]]:
    """One line a posting, and one for what was taken off on the way."""
    yield said(movement), movement.change + movement.cost
    if movement.cost:
        yield str(CHARGED[of]), -movement.cost


def _in_short(paper: Paper, found: Sequence[books.Movement], opening: Money, closing: Money) -> Table:
    of, totals = side(paper.party), sums(found, paper.party, paper.currency)
    labels = {"paid": _("Paid in"), "released": _("Released"), "charged": str(CHARGED[of]), "refunded": _("Refunded"),
              "arrived": _("In your bank"), "other": _("Other")}
    rows: list[list[Cell]] = [[label, totals[heading]] for heading, label in labels.items() if totals.get(heading)]
    table = [[_("Opening balance"), opening], *rows]
    sent: list[list[Cell]] = [[_("Sent to your account in this month"), totals["sent"]]] if totals.get("sent") else []
    return Table([(_("The month in short"), False), (_("Amount"), True)], table, [[_("Closing balance"), closing], *sent])


def _places(paper: Paper, until: datetime, closing: Money) -> Table:
    words, there = PLACES[side(paper.party)], books.own_money(paper.party, paper.currency, until)
    rows: list[list[Cell]] = [[str(words.get(kind, kind)), amount] for kind, amount in sorted(there.items()) if amount]
    return Table([(_("Where it was at the end"), False), (_("Amount"), True)], rows, [[_("Closing balance"), closing]])


def _all(amounts: object, currency: str) -> Money:
    return sum(amounts, Money(0, currency))  # type: ignore[call-overload, no-any-return]
