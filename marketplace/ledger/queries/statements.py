"""Statements: what each posting meant for a business or a manager."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.paging import Page, page
from marketplace.ledger.models import Account, AccountKind, Direction, Entry, Transaction

VERBS = {
    "fund": _l("Money held"), "pay_fee": _l("Card fee"), "release": _l("Released"), "transfer": _l("Sending"),
    "transfer_settled": _l("Sent"), "transfer_voided": _l("Not sent"), "return_transfer": _l("Taken back"), "pay_out": _l("In the bank"),
    "refund": _l("Refund begun"), "refund_settled": _l("Refunded"), "refund_voided": _l("Refund failed"),
    "refund_returned": _l("Refund came back"), "charge_back": _l("Charged back"), "pay_dispute_fee": _l("Charge-back fee"),
    "absorb_refund": _l("Refunded at Stripe"), "reverse": _l("Reversed"),
    "take_back": _l("Taken back by a decision"), "withhold": _l("Kept for a debt"), "pay_debt": _l("Debt paid"),
    "return_payment": _l("Debt paid too much"), "find_fault": _l("Fault found"), "write_off": _l("Debt written off"),
    "make_good": _l("Written off, paid after all"),
    "draw": _l("Ads repaid"), "roll_over": _l("Moved to another step"),
    "fund_bank": _l("Paid to our own bank"), "adjust": _l("Adjusted by finance"), "exchange": _l("Currency changed"),
}
"""What postings are called, to staff and parties."""


@dataclass(frozen=True)
class StatementLine:
    """What one posting meant for a party: positive came to them (or stayed owed to them), negative went from them."""

    id: int
    at: datetime
    verb: str
    subject: str | None
    amount: Money
    balance: Money | None


def statement(party: str, after: str | None = None) -> Page:
    """What each posting meant for a business or a manager, newest first (rows are StatementLines)."""
    found = page(_statement(party), [Entry.id], after)
    return Page([_statement_line(entry) for entry in found.rows], found.next)


def whole_statement(party: str) -> Iterable[StatementLine]:
    """The same, oldest first and all of it, read in portions."""
    query = _statement(party).order_by(Entry.id).execution_options(yield_per=500)
    return (_statement_line(entry) for entry in db.session.scalars(query))


def _statement(party: str) -> Select:
    """For a manager the entries of what is owed to them; for a business those that came from and went to their card."""
    own = (Account.kind == AccountKind.payable) & (Account.owner == party)
    card = (Account.kind == AccountKind.stripe) & (Transaction.business == party)
    query = select(Entry).join(Entry.account).join(Entry.transaction)
    return query.where(own if party.startswith("manager:") else card).options(joinedload(Entry.account), joinedload(Entry.transaction))


def _statement_line(entry: Entry) -> StatementLine:
    amount = Money(entry.amount_minor if entry.direction == Direction.credit else -entry.amount_minor, entry.currency)
    balance = None if entry.balance_after_minor is None else Money(entry.balance_after_minor, entry.currency)
    posting = entry.transaction
    return StatementLine(entry.id, posting.created_at, posting.verb, posting.subject, amount, balance)
