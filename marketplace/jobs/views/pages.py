"""What all pages of jobs share."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.models import Person
from marketplace.firewall.models import Finding
from marketplace.firewall.queries import pieces
from marketplace.jobs.models import Job

pages = Blueprint("jobs", __name__)

FIELDS = {
    "title": _l("Title"), "description": _l("The work in your own words"), "questions": _l("Questions for those who bid"),
    "guide": _l("Brand guide"), "orders_where": _l("Where are orders written?"), "holiday_hours": _l("Friday and Eid hours"),
    "interests": _l("Interests"), "auto_message": _l("First message when somebody writes"),
}
"""How the fields that the text rules read are called."""


def person() -> Person:
    """Who is signed in, as the row itself."""
    return current_user._get_current_object()


def marked(texts: Mapping[str, str], findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The fields in which something was found: label, text in pieces and, per finding, its number on the page."""
    numbered = {id(finding): number for number, finding in enumerate(findings, 1)}
    names: Iterable[str] = dict.fromkeys(finding.field for finding in findings)
    cut = {name: _cut(texts[name], name, findings) for name in names if name in texts}
    return [{"label": FIELDS[name], "pieces": [(piece, found, numbered.get(id(found))) for piece, found in parts]}
            for name, parts in cut.items()]


def found_in(job: Job) -> list[Finding]:
    """What the rules found when the listing was last submitted."""
    return [Finding.of(row) for row in job.findings]


def _cut(text: str, name: str, findings: Sequence[Finding]) -> list[tuple[str, Finding | None]]:
    return pieces(text, [finding for finding in findings if finding.field == name])
