"""Managers who are paid by hand, and what is due to them; Stripe is not asked."""
from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import Person, StaffRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.managers.models import Manager
from marketplace.payments import commands
from marketplace.payments.commands import manual_payouts, payout_accounts, transfers
from marketplace.payments.models import Doubt, ManualPayout, PayoutAccount, PayoutCheck, Rail, Transfer
from tests import people
from tests.factories.files import picture
from tests.factories.payments import make_row

BANK = {"holder": "Ben Das", "bank": "City Bank", "branch": "Dhanmondi", "routing": "225261234", "number": "1402 567 890123"}
BKASH = {"holder": "Ben Das", "number": "01712 345678"}


def fin() -> Person:
    """Somebody of finance, and of nothing else."""
    return people.person_named("Fin Sultana", "fin@example.com", staff_roles=[StaffRole.finance], totp_since=clock.now())


def make_bank(person: Person | None = None, rail: Rail = Rail.manual_bank, ask_check: bool = False, **details: str) -> PayoutAccount:
    """Where a manager is paid by hand: a bank account, or a wallet."""
    person = person or people.ben()
    known = {"holder": person.name} | {"number": f"{person.id.int % 10**12:012}"} if person.name != "Ben Das" else {}
    typed = (BANK if rail == Rail.manual_bank else BKASH) | known | details
    return payout_accounts.choose(begin(person), rail, typed, person, ask_check)


def make_owed(manager: Manager, net: int = 630_000, **changes: Any) -> Transfer:
    """What was released to a manager and is due now."""
    payment = make_row(people.ada(), Money(net))
    values = {"gross": Money(net), "fee": Money(0), "send_after": clock.now() - timedelta(seconds=1)} | changes
    return commands.release(manager=manager, subject=payment.subject, contract=f"contract:{uuid.uuid4()}", **values)[0]


def make_queued(person: Person | None = None, net: int = 630_000, **account: Any) -> ManualPayout:
    """A payout that waits for finance."""
    transfer = make_owed(make_bank(person, **account).manager, net)
    transfers.begin_transfer(str(transfer.id))
    return newest()


def make_claimed(by: Person, person: Person | None = None) -> ManualPayout:
    """A payout that somebody pays now."""
    payout = make_queued(person)
    manual_payouts.claim(payout, by)
    return payout


def make_recorded(by: Person, person: Person | None = None, reference: str = "TRX123456") -> ManualPayout:
    """A payout that waits for the second person."""
    payout = make_claimed(by, person)
    record(payout, by, reference)
    return payout


def record(payout: ManualPayout, by: Person, reference: str = "TRX123456") -> None:
    """Say that it was paid today, with a screenshot."""
    manual_payouts.record_paid(payout, by, reference, clock.today().date(), io.BytesIO(picture()), "paid.png")


def make_check(person: Person | None = None) -> PayoutCheck:
    """Something that finance must look at."""
    account = make_bank(person)
    payout_accounts.doubt(account, Doubt.not_me)
    return db.session.scalars(select(PayoutCheck).where(PayoutCheck.account_id == account.id)).one()


def newest() -> ManualPayout:
    """The payout by hand that was made last."""
    return db.session.scalars(select(ManualPayout).order_by(ManualPayout.id.desc()).limit(1)).one()
