"""What postings, places and parties are called on papers."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.core import i18n, vocabulary
from marketplace.core.money import Money
from marketplace.core.tasks import bound
from marketplace.ledger.queries import VERBS
from marketplace.ledger.queries.movements import Movement
from marketplace.reporting import queries
from marketplace.reporting.models import Paper

HEADINGS = {
    "business": {"fund": "paid", "release": "released", "draw": "released", "refund_settled": "refunded", "refund_returned": "refunded",
                 "absorb_refund": "refunded"},
    "manager": {"release": "released", "draw": "released", "pay_out": "arrived"},
}
"""Under which heading a posting counts, by kind of party; others are "other"."""
CHARGED = {"business": _l("Card cost"), "manager": _l("Platform fee")}
PLACES = {
    "business": {"held": _l("Held for milestones"), "ad_spend": _l("Held for ads"), "refunding": _l("Being refunded"),
                 "receivable": _l("What you owe")},
    "manager": {"payable": _l("Owed to you"), "sending": _l("Being sent"), "arriving": _l("On the way to your bank"),
                "receivable": _l("What you owe")},
}
"""Where a party's own money is, by the kind of account."""


def side(party: str) -> str:
    """"business" or "manager"."""
    return party.partition(":")[0]


def said(movement: Movement) -> str:
    """What a posting is called; one that only moved money from one place to another says how much."""
    verb = str(VERBS.get(movement.verb, movement.verb))
    if movement.change or movement.cost:
        return verb
    return _("%(what)s: %(amount)s", what=verb, amount=i18n.money(movement.size))


def party_lines(paper: Paper, party: str = "") -> list[str]:
    """The name of a paper's own party, or of another one on it, and where it is: as it was when the paper was issued."""
    name, district = paper.names.get(party or paper.party) or queries.name_now(party)
    return [name, str(vocabulary.label(vocabulary.DISTRICTS, district))] if district else [name]


def platform_lines() -> list[str]:
    """The platform's name and address, as far as it has been told."""
    settings = bound().extensions["settings"]
    return [line for line in (settings.site_name, settings.contact_address, settings.contact_phone) if line]


def span(starts: date, ends: date) -> str:
    """A period in words; its end is not included."""
    months = i18n.MONTHS[i18n.language()]
    last = date.fromordinal(ends.toordinal() - 1)
    return i18n.digits(_("%(first)s – %(last)s", first=f"{starts.day} {months[starts.month - 1]} {starts.year}",
                         last=f"{last.day} {months[last.month - 1]} {last.year}"))


def sums(movements: Iterable[Movement], party: str, currency: str) -> dict[str, Money]:
    """Postings by heading, what came to the party positive; their sum is the change of what is theirs.

    "sent" stands beside them: it went from one place of a manager's to another.
    """
    headings, totals = HEADINGS[side(party)], dict[str, Money]()
    for movement in movements:
        for heading, amount in _shares(movement, headings):
            totals[heading] = totals.get(heading, Money(0, currency)) + amount
    return totals


def _shares(movement: Movement, headings: dict[str, str]) -> Iterable[tuple[str, Any]]:
    root = movement.undoes or movement.verb
    yield headings.get(root, "other"), movement.change + movement.cost
    yield "charged", -movement.cost
    if root in ("transfer_settled", "return_transfer"):
        yield "sent", movement.size if movement.verb == "transfer_settled" else -movement.size
