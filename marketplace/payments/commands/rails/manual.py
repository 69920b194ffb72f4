"""What the rails have in common on which people of finance pay: details kept sealed, and the queue."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.core import crypto
from marketplace.core.config import rule
from marketplace.core.db import db, lock, locked
from marketplace.core.errors import Invalid
from marketplace.core.forms import latin
from marketplace.core.money import Money
from marketplace.payments.commands.rails.rail import Sent, Words
from marketplace.payments.models import ManualPayout, ManualStatus, PayoutAccount, Rail, Transfer

LEAST = Money(rule("MANUAL_PAYOUT_LEAST_MINOR", 50_000, "smallest sum that finance pays by hand, in poisha; less is gathered"))
CUT_OFF = rule("MANUAL_PAYOUT_CUT_OFF_HOUR", 14, "what is due by this hour in Dhaka is paid by hand the same working day")


class ByHand:
    """A rail without a machine at its other end. Subclasses say what details look like."""

    code: ClassVar[Rail]
    by_hand = True
    least = LEAST
    cut_off = CUT_OFF
    most: ClassVar[Money]
    words: ClassVar[Words]

    def problem(self, account: PayoutAccount) -> Any:
        return None if account.sealed else _l("Tell us where to send it.")

    def find(self, transfer: Transfer) -> Sent | None:
        """Whether two people of finance have said that it was paid."""
        payout = transfer.manual_payout
        done = payout is not None and payout.status == ManualStatus.confirmed
        return Sent(str(payout.reference), transfer.amount) if done else None  # type: ignore[union-attr]

    def send(self, transfer: Transfer) -> Sent | None:
        """Join the queue: with whatever else waits for this account, in transactions of at most `most`."""
        for part in self._portions(transfer):
            payout = self._payout_with_room(part)
            part.manual_payout_id = payout.id
            payout.amount_minor += part.amount_minor
            db.session.flush()

    def cancel(self, transfer: Transfer) -> bool:
        """Leave the queue, unless somebody has claimed it."""
        payout = transfer.manual_payout
        if payout is None:
            return True
        lock(payout)
        if payout.status != ManualStatus.queued:
            return False
        payout.amount_minor -= transfer.amount_minor
        transfer.manual_payout_id = None
        if not payout.amount_minor:
            payout.move("cancel")
        return True

    def _portions(self, transfer: Transfer) -> Iterator[Transfer]:
        """The transfer, and what goes beyond one transaction as further transfers of the same money."""
        rest = transfer.amount_minor - self.most.minor
        transfer.amount_minor = min(transfer.amount_minor, self.most.minor)
        yield transfer
        while rest > 0:
            part = _sibling(transfer, min(rest, self.most.minor))
            rest -= part.amount_minor
            yield part

    def _payout_with_room(self, transfer: Transfer) -> ManualPayout:
        """The queue's row of this account that still has room, locked; or a new one."""
        query = select(ManualPayout).where(
            ManualPayout.account_id == transfer.account_id, ManualPayout.status == ManualStatus.queued,
            ManualPayout.currency == transfer.currency, ManualPayout.amount_minor + transfer.amount_minor <= self.most.minor)
        for payout in locked(query.order_by(ManualPayout.id).limit(1)):
            return payout
        payout = ManualPayout(manager_id=transfer.manager_id, account_id=transfer.account_id, rail=self.code, amount_minor=0,
                              currency=transfer.currency)
        db.session.add(payout)
        return payout


def seal(account: PayoutAccount, details: Mapping[str, str]) -> str:
    """Details under the vault's keys; what was moved to another account's row does not open."""
    return crypto.seal(_purpose(account), json.dumps(details))


def details_of(account: PayoutAccount) -> dict[str, str]:
    """Bank, holder and number, in full: for those who pay, and nobody else."""
    return json.loads(crypto.unseal(_purpose(account), str(account.sealed)))


def reseal(account: PayoutAccount) -> None:
    """The same details under the newest of the vault's keys."""
    account.sealed = crypto.reseal(_purpose(account), str(account.sealed))


def required(typed: Mapping[str, str], *names: str) -> dict[str, str]:
    """These fields, single-spaced. Raises Invalid for an empty one."""
    found = {name: " ".join((typed.get(name) or "").split()) for name in names}
    for name, value in found.items():
        if not value:
            raise Invalid(_l("Fill this in."), field=name)
    return found


def digits(text: str) -> str:
    """Only the digits, Latin, whatever was typed between them."""
    return re.sub(r"[\s-]", "", latin(text))


def ending(number: str) -> str:
    """A number of which only the end is shown."""
    return f"•••• {number[-4:]}"


def _sibling(transfer: Transfer, amount_minor: int) -> Transfer:
    part = Transfer(manager_id=transfer.manager_id, subject=transfer.subject, contract=transfer.contract, payment_id=transfer.payment_id,
                    amount_minor=amount_minor, currency=transfer.currency, send_after=transfer.send_after, status=transfer.status,
                    account_id=transfer.account_id)
    part.operation = f"{transfer.operation}/{part.id.hex[-8:]}"
    db.session.add(part)
    return part


def _purpose(account: PayoutAccount) -> str:
    return f"payout-account:{account.id}"
