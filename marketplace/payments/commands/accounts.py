"""Managers' accounts at Stripe: opened when first wanted, filled in on Stripe's pages, believed when asked."""
from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import calendar, clock, crypto
from marketplace.core.db import db, lock
from marketplace.core.errors import DomainError, WrongState
from marketplace.gateways import stripe
from marketplace.managers.models import Manager
from marketplace.payments import notices, queries
from marketplace.payments.commands import payout_accounts
from marketplace.payments.models import AccountStatus, PayoutAccount, Rail

COUNTRY = "BD"
COMES_BACK_TO = "/payments/payout-account/return"
EXPIRED_LINK = "/payments/payout-account"
ANOTHER_WAITS = _l("Another change of where you are paid is waiting. Take that one back first.")


class StripeSilent(DomainError):
    """Stripe gave no answer; nothing is lost by trying again."""

    code = 503
    message = _l("Stripe does not answer right now. Try again in a minute.")


def onboard(manager: Manager) -> str:
    """The address of Stripe's pages where this manager gives name and bank. Raises StripeSilent, or DomainError when refused."""
    try:
        account = _account_of(manager)
        link = {"account": account.stripe_account_id, "type": "account_onboarding",
                "return_url": stripe.own_address(COMES_BACK_TO), "refresh_url": stripe.own_address(EXPIRED_LINK)}
        return str(stripe.create_account_link(link, key=f"account-link:{crypto.token(16)}")["url"])
    except stripe.Unanswered as silence:
        raise StripeSilent() from silence
    except stripe.Refused as refusal:
        raise DomainError(_l("Stripe did not open an account for you. Write to us, and we find out why.")) from refusal


def look_or_leave(account: PayoutAccount) -> None:
    """Ask Stripe for somebody who has just come back from there; when it does not answer, its events will tell."""
    with suppress(stripe.Unanswered):
        sync_account(account)


def sync_account(account: PayoutAccount) -> None:
    """Make our row what Stripe says now. Raises stripe.Unanswered. Transfers that waited go with the next sweep."""
    answer = stripe.account(str(account.stripe_account_id))
    lock(account)
    was_active = account.transfers_active
    account.details_submitted, account.payouts_enabled = answer["details_submitted"], answer["payouts_enabled"]
    account.transfers_active = answer["capabilities"].get("transfers") == "active"
    if banks := answer.get("external_accounts", {}).get("data"):
        _pays_into(account, banks[0])
    if was_active and not account.transfers_active:
        notices.payouts_stopped(account)


def _pays_into(account: PayoutAccount, bank: dict[str, Any]) -> None:
    """Remember where Stripe pays it out to. A change is told to the manager and waits like any other."""
    key = crypto.keyed("payout-account", str(bank.get("fingerprint") or bank["id"]))
    changed = account.details_key not in (None, key)
    account.details_key, account.masked = key, f"{bank.get('bank_name') or 'Stripe'} •••• {bank['last4']}"[:120]
    if changed:
        account.takes_over_at = calendar.deadline(payout_accounts.WAIT_DAYS)
        notices.account_given(account)


def _account_of(manager: Manager) -> PayoutAccount:
    """The manager's row, made if need be; two tabs get the same one. Beside another account it waits like any other change."""
    first = queries.payout_account(manager.id) is None
    values = {"manager_id": manager.id, "created_at": clock.now(), "masked": "",
              "status": AccountStatus.current if first else AccountStatus.waiting,
              "takes_over_at": None if first else calendar.deadline(payout_accounts.WAIT_DAYS)}
    made = db.session.scalar(insert(PayoutAccount).values(**values).on_conflict_do_nothing().returning(PayoutAccount.id))
    account = db.session.scalars(_stripe_row(manager)).one_or_none()
    if account is None:
        raise WrongState(ANOTHER_WAITS)
    if made or _reopened(account):
        notices.account_given(account)
        payout_accounts.doubt(account, *payout_accounts.new_account_doubts(manager.person))
    if account.stripe_account_id is None:
        account.stripe_account_id = stripe.create_account(_wish(manager), key=_key(manager))["id"]
    return account


def _stripe_row(manager: Manager) -> Select:
    query = select(PayoutAccount).where(PayoutAccount.manager_id == manager.id, PayoutAccount.rail == Rail.stripe_connect)
    return query.with_for_update(of=PayoutAccount)


def _reopened(account: PayoutAccount) -> bool:
    """Whether an account that rested comes back: it waits again."""
    if not account.may("reopen"):
        return False
    if queries.next_payout_account(account.manager_id):
        raise WrongState(ANOTHER_WAITS)
    account.move("reopen")
    account.takes_over_at = calendar.deadline(payout_accounts.WAIT_DAYS)
    return True


def _key(manager: Manager) -> str:
    """A lost answer is found again by the same key; after an hour a new account is opened, the forgotten one is empty."""
    return f"account:{manager.id}:{clock.now():%Y%m%d%H}"


def _wish(manager: Manager) -> dict[str, Any]:
    """An Express account that only receives; the platform bears fees and losses, Stripe asks for papers."""
    return {
        "country": COUNTRY, "email": manager.person.email, "business_type": "individual",
        "controller": {"fees": {"payer": "application"}, "losses": {"payments": "application"},
                       "stripe_dashboard": {"type": "express"}, "requirement_collection": "stripe"},
        "capabilities": {"transfers": {"requested": True}},
        "tos_acceptance": {"service_agreement": "recipient"},
        "metadata": {"manager": str(manager.id)},
    }
