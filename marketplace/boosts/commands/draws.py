"""Draws: the manager paid Meta and hands in the receipt; the smaller of it and what Meta itself reports is repaid."""
from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import Person
from marketplace.boosts import notices, queries
from marketplace.boosts.commands.running import read_spend
from marketplace.boosts.models import AdPot, Draw, DrawStatus
from marketplace.boosts.models.pot import OPEN
from marketplace.boosts.queries.limits import draw_due
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.i18n import LATIN_DIGITS
from marketplace.core.money import Money
from marketplace.core.pricing import AD_VAT_BP, WHOLE
from marketplace.core.tasks import sweep, task
from marketplace.files import commands as files
from marketplace.files.models import File
from marketplace.payments import commands as payments

META = "meta"


def ask_draw(pot: AdPot, person: Person, receipt_number: str, dollars_minor: int, vat_minor: int, file: File) -> Draw:
    """Hand in a receipt: cents without VAT, the VAT on it. What Meta reports is read anew before anybody decides.

    Raises WrongState when the pot takes no receipts, Invalid when the receipt was used or its VAT is more than the law's.
    """
    lock(pot)
    if pot.status not in OPEN or (pot.closes_at and pot.closes_at <= clock.now()):
        raise WrongState(_l("No receipts are taken for this ad money any more, or not yet."))
    if vat_minor * WHOLE > dollars_minor * AD_VAT_BP:
        raise Invalid(_l("VAT on ads is at most %(percent)s%% of them. Write it as on the receipt.", percent=AD_VAT_BP // 100),
                      field="vat_minor")
    draw = _write(Draw(pot_id=pot.id, person_id=person.id, platform=META, receipt_number=folded(receipt_number),
                       dollars_minor=dollars_minor, vat_minor=vat_minor, file_id=file.id, currency=pot.currency,
                       decide_by=draw_due(pot)))
    files.attach(file, draw)
    for boost in queries.boosts_of(pot.contract_id):
        read_spend.later(boost.id, once=f"spend:{boost.id}")
    notices.draw_asked(draw)
    return draw


def _write(draw: Draw) -> Draw:
    """The database knows every receipt; two who hand in the same one at once do not get past it."""
    try:
        with db.session.begin_nested():
            db.session.add(draw)
            db.session.flush()
    except IntegrityError as error:
        raise Invalid(_l("This receipt was handed in before. Each receipt counts once."), field="receipt_number") from error
    return draw


def folded(number: str) -> str:
    """A receipt's number as it is compared: without spaces and signs, in capitals and Latin digits."""
    return "".join(sign for sign in number.translate(LATIN_DIGITS).upper() if sign.isalnum())[:60]


def approve_draw(draw: Draw, person: Person | None) -> None:
    """Repay the manager what the draw rule allows. `person` None is silence. Raises Invalid when there is nothing to repay."""
    lock(draw.pot)
    lock(draw)
    dollars, amount = payable(draw)
    if not amount:
        raise Invalid(_l("Meta has not reported spending beyond what was repaid already, so there is nothing to repay yet."))
    draw.move("approve", by=person, why="" if person else "silence")
    draw.decided_at, draw.decided_by = clock.now(), person.id if person else None
    draw.spend_minor, draw.paid_dollars_minor, draw.amount_minor = queries.spend_of(draw.pot.contract_id), dollars, amount.minor
    contract = draw.pot.contract
    payments.reimburse(manager=contract.manager, milestone=draw.pot.subject, contract=f"contract:{contract.id}", amount=amount,
                       subject=draw.subject, send_after=clock.now())
    notices.draw_approved(draw)


def refuse_draw(draw: Draw, person: Person | None, reason: str) -> None:
    """Say no, with a reason; the receipt may be handed in again."""
    lock(draw.pot)
    draw.move("refuse", by=person, why=reason)
    draw.decided_at, draw.decided_by, draw.reason = clock.now(), person.id if person else None, reason
    notices.draw_refused(draw)


def mark_paid(draw: Draw) -> None:
    """It was sent."""
    if draw.may("pay"):
        draw.move("pay")


def payable(draw: Draw) -> tuple[int, Money]:
    """The draw rule: cents of the receipt that count (the smaller of it and Meta's spend less what was drawn), and in taka with
    their part of the receipt's VAT, at the locked rate, never more than the pot has. Where the pot has less, as many cents count
    as it pays for; the rest of them stay undrawn.
    """
    pot = draw.pot
    undrawn = queries.spend_of(pot.contract_id) - _drawn(queries.counted_draws(pot))
    dollars = max(0, min(draw.dollars_minor, undrawn))
    whole = dollars + draw.vat_minor * dollars // draw.dollars_minor
    taka = Money(whole * (pot.rate_minor or 0) // 100, pot.currency)
    paid = min(taka, queries.left_in(pot))
    return (dollars if paid == taka else -(-dollars * paid.minor // taka.minor)), paid


def _drawn(draws: Iterable[Draw]) -> int:
    return sum(draw.paid_dollars_minor for draw in draws)


@sweep
def approve_unanswered_draws() -> None:
    """Receipts nobody looked at in time."""
    due = select(Draw.id).where(Draw.status == DrawStatus.asked, Draw.decide_by <= clock.now()).limit(200)
    for draw_id in db.session.scalars(due):
        approve_draw_by_silence.later(draw_id, once=f"draw:{draw_id}")


@task
def approve_draw_by_silence(draw_id: str) -> None:
    """Silence approves: the manager has paid already, and Meta itself says for what. Where it says nothing, silence refuses."""
    draw = db.session.get_one(Draw, uuid.UUID(draw_id))
    lock(draw.pot)
    lock(draw)
    if draw.status != DrawStatus.asked or draw.decide_by > clock.now():
        return
    if payable(draw)[1]:
        approve_draw(draw, None)
    else:
        refuse_draw(draw, None, "")
