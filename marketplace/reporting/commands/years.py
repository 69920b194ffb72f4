"""A year of a party's own money, month by month."""
from __future__ import annotations

from collections import defaultdict
from datetime import date

from flask_babel import gettext as _

from marketplace.core import clock, i18n
from marketplace.core.money import Money
from marketplace.ledger.queries import movements as books
from marketplace.reporting import queries
from marketplace.reporting.commands.sheet import Cell, Sheet, Table
from marketplace.reporting.commands.statements import balance
from marketplace.reporting.commands.words import CHARGED, party_lines, platform_lines, side, span, sums
from marketplace.reporting.models import Paper

SHOWN = {"business": ("paid", "charged", "released", "refunded", "other"), "manager": ("released", "charged", "sent", "arrived", "other")}
"""The columns, by kind of party."""
WENT = {"business": {"charged", "released", "refunded"}, "manager": {"charged", "arrived"}}
"""Those that are shown as what went."""


def year_sheet(paper: Paper) -> Sheet:
    """What came and went each month, and the balance at its end."""
    assert paper.starts and paper.ends
    table = _months(paper, paper.starts, paper.ends)
    main = Money(0, paper.currency)
    for row in table.rows:
        main += row[1 if side(paper.party) == "manager" else 3]  # type: ignore[operator]
    about = span(paper.starts, paper.ends)
    return Sheet(title=_("Year summary"), about=about, total=main, issuer=platform_lines(), receiver=party_lines(paper),
                 facts=[(_("Year"), about)], tables=[table],
                 note=_("All amounts are from the books of %(site)s. Days begin and end in Dhaka.", site=platform_lines()[0]))


def _months(paper: Paper, starts: date, ends: date) -> Table:
    of, nothing = side(paper.party), Money(0, paper.currency)
    by_month, now = _by_month(paper, starts, ends), balance(paper, queries.midnight(starts))
    rows: list[list[Cell]] = []
    totals = dict.fromkeys(SHOWN[of], nothing)
    for month in queries.months_between(starts, ends):
        moved = sums(by_month[month], paper.party, paper.currency)
        now = sum((amount for heading, amount in moved.items() if heading != "sent"), now)
        figures = {heading: _shown(heading, moved.get(heading, nothing), of) for heading in SHOWN[of]}
        totals = {heading: totals[heading] + figure for heading, figure in figures.items()}
        rows.append([_called(month), *figures.values(), now])
    return Table(_columns(of), rows, [[_("Year"), *totals.values(), now]])


def _columns(of: str) -> list[tuple[str, bool]]:
    labels = {"paid": _("Paid in"), "charged": str(CHARGED[of]), "released": _("Released"), "refunded": _("Refunded"), "sent": _("Sent"),
              "arrived": _("In your bank"), "other": _("Other")}
    return [(_("Month"), False), *((labels[heading], True) for heading in SHOWN[of]), (_("Balance"), True)]


def _by_month(paper: Paper, starts: date, ends: date) -> dict[date, list[books.Movement]]:
    found = defaultdict(list)
    for movement in books.movements(paper.party, paper.currency, queries.midnight(starts), queries.midnight(ends)):
        found[movement.at.astimezone(clock.DHAKA).date().replace(day=1)].append(movement)
    return found


def _shown(heading: str, amount: Money, of: str) -> Money:
    return -amount if heading in WENT[of] else amount


def _called(month: date) -> str:
    return i18n.month(queries.midnight(month))
