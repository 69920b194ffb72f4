"""What either side may claim for, and the published reasons a decision rests on."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.contracts.models.offer import Side
from marketplace.core.vocabulary import Choices

CLAIMS: Mapping[Side, Choices] = {
    Side.business: (
        ("not_delivered", _l("Nothing was delivered, or not all of it")),
        ("not_as_agreed", _l("It is not what was agreed")),
        ("late", _l("It came too late to be of use")),
        ("harm", _l("The page or the brand was harmed")),
        ("access_misused", _l("The access was used for something else")),
        ("other", _l("Something else")),
    ),
    Side.manager: (
        ("unpaid_work", _l("The work is done and the money is held back")),
        ("beyond_terms", _l("Changes were asked beyond the terms")),
        ("business_late", _l("Access, approval or material came late")),
        ("access_lost", _l("Access was taken away before the work could be done")),
        ("stopped_midway", _l("The work was stopped after it had begun")),
        ("other", _l("Something else")),
    ),
}
"""What either side may claim for."""


@dataclass(frozen=True)
class Ground:
    """One reason a decision may rest on: its code, its name, and what it means."""

    code: str
    label: Any
    meaning: Any


GROUNDS = (
    Ground("delivered", _l("Delivered as agreed"),
           _l("What the terms name was handed in or published. The pay for it is the manager's.")),
    Ground("delivered_in_part", _l("Delivered in part"),
           _l("Part of what the terms name is there. The manager is paid for that part, the rest goes back.")),
    Ground("not_delivered", _l("Not delivered"), _l("What the terms name is not there. The money for it goes back.")),
    Ground("not_as_agreed", _l("Not as agreed"),
           _l("It was delivered, but differs from the terms in something that was written down.")),
    Ground("published_counts", _l("Published counts as delivered"),
           _l("A post that is on the page, or a reply that was sent, was delivered and is paid, also when it is deleted later.")),
    Ground("late_by_manager", _l("Late by the manager"),
           _l("The deadline passed, and nothing the business did or left undone had moved it.")),
    Ground("late_by_business", _l("Late by the business"),
           _l("Access, approval or material came late. Those days are not the manager's.")),
    Ground("beyond_terms", _l("Asked beyond the terms"),
           _l("More changes, or other work, were asked than the terms include. They need a price of their own.")),
    Ground("access_ended", _l("Access ended before the work"),
           _l("The business took the access away or let it lapse while work was going on. What was done is paid.")),
    Ground("access_misused", _l("Access misused"), _l("The access was used for something the business had not asked for.")),
    Ground("not_shown", _l("Not shown"), _l("What was claimed is neither on our record nor in the evidence.")),
)
"""The published table of reasons."""
