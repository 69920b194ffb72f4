"""What the text rules are called, what they mean to people, and what a finding is."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Severity(StrEnum):
    """How much a finding weighs."""

    warning = "warning"  # the writer is told, and may keep it
    held = "held"  # refused, or waits for the team where the text is read before it is published


@dataclass(frozen=True)
class Rule:
    """One thing the firewall looks for. `label` is the short tag, `reason` says why, `rewrite` what to write instead."""

    code: str
    severity: Severity
    label: Any
    reason: Any
    rewrite: Any


@dataclass(frozen=True)
class Finding:
    """Where a rule met a text: `text` is the span [start, end) of the field as it was written."""

    rule: str
    start: int
    end: int
    text: str
    field: str = ""

    @property
    def meaning(self) -> Rule:
        """The rule in words."""
        return RULES[self.rule]

    @property
    def held(self) -> bool:
        """Whether the writer alone cannot let it pass."""
        return self.meaning.severity == Severity.held

    def row(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Finding:
        """As it was stored."""
        return cls(**row)


RULES: dict[str, Rule] = {rule.code: rule for rule in (
    Rule("advance", Severity.held, _l("Advance by mobile money"),
         _l("Money sent by bKash, Nagad or Rocket before the work cannot be returned. Here it is held and waits for approval."),
         _l("The money is paid in here step by step; each step is released after approval.")),
    Rule("password", Severity.held, _l("Password or code"),
         _l("Nobody needs your password or code. Whoever has it can take the page and lock you out."),
         _l("Access is given for the contract only, from the access passport, without a password.")),
    Rule("admin", Severity.held, _l("Admin or full control"),
         _l("An admin can remove the owner. Here access is given for each task and taken back with one button."),
         _l("Access to write posts and answer the inbox, until the end of the contract.")),
    Rule("guarantee", Severity.held, _l("Guaranteed likes, followers or sales"),
         _l("Nobody can promise likes, followers or sales; bought ones harm the page. Ask for work instead."),
         _l("60 posts and 4 videos a month; if reach falls, we look at it every week.")),
    Rule("phone", Severity.warning, _l("Phone number"),
         _l("Numbers are shared once a contract is active. Before that, you lose the protection of held money."),
         _l("Ask your questions on the job page.")),
    Rule("contact", Severity.warning, _l("Talk outside Dayitto"),
         _l("What is agreed elsewhere cannot be proven here when something goes wrong."),
         _l("Ask your questions on the job page.")),
    Rule("email", Severity.warning, _l("E-mail address"),
         _l("Addresses are shared once a contract is active."),
         _l("Write to us here; the answer comes to your inbox.")),
    Rule("link", Severity.warning, _l("Link"),
         _l("Links in a text may lead to a copied page. There is a field of its own for the page or post."),
         _l("Put the link in the field for it, or name the page without a link.")),
)}
