"""Where managers are paid, and how that changes: told to the address we know, waited for, and stopped by one link.

A payout that has begun goes to the account it began with.
"""
from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from marketplace.accounts.models import Person
from marketplace.core import calendar, clock, crypto
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.tasks import sweep, task
from marketplace.managers.models import Manager
from marketplace.payments import notices, policies, queries, signals
from marketplace.payments.commands import rails
from marketplace.payments.commands.manual_payouts import leave_queue
from marketplace.payments.commands.rails.manual import reseal, seal
from marketplace.payments.models import (
    AccountStatus,
    Doubt,
    ManualPayout,
    ManualStatus,
    PayoutAccount,
    PayoutCheck,
    Rail,
)
from marketplace.payments.models.accounts import STOPPING

WAIT_DAYS = rule("PAYOUT_CHANGE_WAIT_DAYS", 3, "days until a changed payout account takes over from the one before")
NEW_DEVICE = timedelta(days=rule("PAYOUT_NEW_DEVICE_DAYS", 7, "days for which a browser counts as new when a payout account is given"))


def choose(manager: Manager, rail: Rail, typed: Mapping[str, str], by: Person, ask_check: bool = False) -> PayoutAccount:
    """Be paid there: at once when it is the first, else after the wait; after staff has looked when something is doubtful.

    Another name than the checked identity's is refused beside its field, unless `ask_check` asks staff to look.
    Raises Invalid, WrongState while payouts are stopped.
    """
    details = rails.RAILS[rail].read(typed)
    lock(manager)
    if queries.payouts_stopped(manager.id):
        raise WrongState(_l("Payouts are stopped until our team has looked. Nothing can be changed meanwhile."))
    key = _key(rail, details)
    if _name_differs(manager, details["holder"]) and not ask_check:
        raise Invalid(_name_needed(manager), field="holder")
    if _is_current(manager, key):
        raise Invalid(_l("You are paid there already."), field="number")
    _drop_what_waits(manager, by)
    doubts = _doubts(manager, key, details["holder"], by)
    account = _entered(manager, rail, doubts, details_key=key, masked=rails.RAILS[rail].masked(details))
    account.sealed = seal(account, details)
    notices.account_given(account)
    doubt(account, *doubts)
    return account


def cancel(account: PayoutAccount, by: Person) -> None:
    """The manager drops a change that has not taken over. Raises WrongState when it has."""
    account.move("cancel", by=by)
    _close_checks(account, by, "dropped")


def disown(account: PayoutAccount) -> None:
    """Whoever reads the manager's mail says it was somebody else: the change is dropped, and nothing is sent until staff has looked."""
    lock(account)
    if account.may("cancel"):
        account.move("cancel", why="not me")
    if queries.open_check(account, Doubt.not_me) is None:
        doubt(account, Doubt.not_me)


def doubt(account: PayoutAccount, *doubts: Doubt) -> None:
    """Have finance look at an account; doubts about who it is stop every payout of its manager."""
    db.session.add_all([PayoutCheck(account=account, manager=account.manager, doubt=one) for one in doubts])
    db.session.flush()
    if queries.payouts_stopped(account.manager_id):
        for own in queries.payout_accounts_of(account.manager_id):
            leave_queue(own)
    if doubts:
        notices.account_doubted(account, doubts)
    if set(doubts) & set(STOPPING):
        signals.payee_doubted.send(account.manager)


def pass_check(check: PayoutCheck, by: Person, why: str) -> None:
    """Finance found nothing wrong: once nothing else is open, the account goes on. Raises WrongState, NotAllowed."""
    _decide(check, "pass", by, why)
    account = check.account
    lock(account)
    if account.status == AccountStatus.checking and not queries.open_checks_of(account):
        account.move("approve", by=by, why=why)
        account.takes_over_at = calendar.deadline(WAIT_DAYS, account.created_at)
        if queries.payout_account(account.manager_id) is None:
            account.takes_over_at = clock.now()
            account.move("take_over", by=by)
    notices.account_decided(check)
    if check.doubt in STOPPING and not queries.payouts_stopped(account.manager_id):
        signals.payee_cleared.send(account.manager)


def refuse_check(check: PayoutCheck, by: Person, why: str) -> None:
    """Finance found something wrong: the account is not used, and the one before it is used again."""
    _decide(check, "refuse", by, why)
    account = check.account
    lock(account)
    _close_checks(account, by, why)
    if account.may("refuse"):
        was_used = account.status == AccountStatus.current
        account.move("refuse", by=by, why=why)
        if was_used:
            _back_to_the_one_before(account, by)
    notices.account_decided(check)


@sweep
def let_accounts_take_over() -> None:
    """Changes whose wait is over; and queues of accounts that are not used any more."""
    due = select(PayoutAccount.id).where(PayoutAccount.status == AccountStatus.waiting, PayoutAccount.takes_over_at <= clock.now())
    stranded = exists().where(ManualPayout.account_id == PayoutAccount.id, ManualPayout.status == ManualStatus.queued)
    unused = select(PayoutAccount.id).where(PayoutAccount.status != AccountStatus.current, stranded)
    for account_id in db.session.scalars(due.union(unused)).all():
        take_over.later(account_id, once=f"take_over:{account_id}")


@task
def take_over(account_id: str) -> None:
    """Use an account from now on, if it can be paid to and nobody doubts it; the one before rests."""
    account = db.session.get_one(PayoutAccount, uuid.UUID(account_id))
    lock(account)
    if account.status != AccountStatus.current:
        leave_queue(account)
    if account.status != AccountStatus.waiting or account.takes_over_at is None or account.takes_over_at > clock.now():
        return
    if rails.of(account).problem(account) is None and not queries.payouts_stopped(account.manager_id):
        _replace(account)
        notices.account_took_over(account)


def reseal_accounts() -> int:
    """Seal every account's details with the newest of the vault's keys. Returns how many."""
    accounts = db.session.scalars(select(PayoutAccount).where(PayoutAccount.sealed.is_not(None))).all()
    for account in accounts:
        reseal(account)
    return len(accounts)


def new_account_doubts(by: Person) -> list[Doubt]:
    """What is doubtful about whoever gives an account: a browser that first signed in a few days ago."""
    session = by.session
    fresh = session is not None and session.new_device and session.created_at > clock.now() - NEW_DEVICE
    return [Doubt.new_device] if fresh else []


def _drop_what_waits(manager: Manager, by: Person) -> None:
    if waiting := queries.next_payout_account(manager.id):
        cancel(waiting, by)
        db.session.flush()


def _entered(manager: Manager, rail: Rail, doubts: list[Doubt], **values: str) -> PayoutAccount:
    first = queries.payout_account(manager.id) is None
    status = AccountStatus.checking if doubts else AccountStatus.current if first else AccountStatus.waiting
    account = PayoutAccount(manager=manager, rail=rail, status=status, **values)
    account.takes_over_at = None if doubts or first else calendar.deadline(WAIT_DAYS)
    db.session.add(account)
    db.session.flush()
    return account


def _doubts(manager: Manager, key: str, holder: str, by: Person) -> list[Doubt]:
    found = [Doubt.name] if _name_differs(manager, holder) else []
    if queries.same_details_elsewhere(manager.id, key):
        found.append(Doubt.shared)
    return found + new_account_doubts(by)


def _name_differs(manager: Manager, holder: str) -> bool:
    return _plain(holder) != _plain(manager.identity_name or manager.person.name)


def _plain(name: str) -> str:
    """Names are the same whatever their dots, case and spaces."""
    return " ".join(name.replace(".", " ").split()).casefold()


def _name_needed(manager: Manager) -> object:
    return _l("We pay only to an account in the name on your NID: %(name)s. Is it yours but written differently? "
              "Then tick below, and our team looks at it before it is used.", name=manager.identity_name or manager.person.name)


def _key(rail: Rail, details: Mapping[str, str]) -> str:
    return crypto.keyed("payout-account", f"{rail}:{details.get('routing', '')}:{details['number']}")


def _is_current(manager: Manager, key: str) -> bool:
    current = queries.payout_account(manager.id)
    return current is not None and current.details_key == key


def _decide(check: PayoutCheck, action: str, by: Person, why: str) -> None:
    if not policies.check_payouts(by, check):
        raise NotAllowed(_l("Nobody decides about themselves."))
    _close(check, action, by, why)


def _close_checks(account: PayoutAccount, by: Person, why: str) -> None:
    for check in queries.open_checks_of(account):
        _close(check, "refuse", by, why)


def _close(check: PayoutCheck, action: str, by: Person, why: str) -> None:
    check.move(action, by=by, why=why)
    check.decided_by_id, check.decided_at, check.why = by.id, clock.now(), why[:300]


def _back_to_the_one_before(account: PayoutAccount, by: Person) -> None:
    leave_queue(account)
    before = db.session.get(PayoutAccount, account.replaces_id) if account.replaces_id else None
    db.session.flush()
    if before and before.may("restore"):
        before.move("restore", by=by)


def _replace(account: PayoutAccount) -> None:
    before = queries.payout_account(account.manager_id)
    if before is not None:
        leave_queue(before)
        before.move("replace")
        account.replaces_id = before.id
        db.session.flush()
    account.move("take_over")
