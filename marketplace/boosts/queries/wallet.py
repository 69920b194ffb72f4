"""Ad money in the wallets of both sides: the sums, and each pot with its receipts and who acts next."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.accounts.models import Person
from marketplace.boosts.models import COUNTED, AdPot, Boost, BoostStatus, Draw, DrawStatus, PotStatus
from marketplace.boosts.models.pot import OPEN
from marketplace.boosts.queries.limits import ads_end
from marketplace.boosts.queries.pots import Drawn, money_of
from marketplace.contracts.models import Contract
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries.wallet import Sum, of_businesses, of_manager
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments.queries.pay import Pay, pays_of

MOST_POTS = 50
POT = func.concat("milestone:", AdPot.milestone_id)  # its name in the books
DRAWN = (select(func.coalesce(func.sum(Draw.amount_minor), 0)).where(Draw.pot_id == AdPot.id, Draw.status.in_(COUNTED))
         .correlate(AdPot).scalar_subquery())
PLANNED = select(Boost.id).where(Boost.contract_id == AdPot.contract_id, Boost.status == BoostStatus.planned).correlate(AdPot).exists()


@dataclass(frozen=True)
class PotLine:
    """A pot with its receipts that wait or are on their way; `planned`: a boost waits for the business's approval."""

    pot: AdPot
    money: Drawn
    receipts: list[tuple[Draw, Pay]]
    planned: bool

    @property
    def turn(self) -> Side | None:
        """Who acts next: receipts and planned boosts are the business's to look at; else the manager spends, or hands in receipts."""
        if any(draw.status == DrawStatus.asked for draw, _pay in self.receipts):
            return Side.business
        if self.pot.status not in OPEN:
            return None
        return Side.business if self.planned else Side.manager

    @property
    def ads_end(self) -> datetime:
        """Until when ads may run at the latest."""
        return ads_end(self.pot.funded_at)


def pot_line(pot: AdPot, draws: Iterable[Draw], boosts: Iterable[Boost]) -> PotLine:
    """One pot with all its receipts, of whose transfers nothing is asked."""
    return PotLine(pot, money_of(pot), [(draw, Pay()) for draw in draws], any(boost.status == BoostStatus.planned for boost in boosts))


def ad_sums(person: Person) -> list[Sum]:
    """The ad money of a person's contracts on either side, what is left of it by the books."""
    left, drawn, returned, for_me = _sums(of_businesses(person), of_manager(person))
    return [Sum(_("Held for ads"), left, _("your money; repays receipts, the rest returns")),
            Sum(_("Repaid for ads"), drawn, _("to managers, against Meta’s receipts")),
            Sum(_("Ad money returned"), returned, _("to the cards it came from")),
            Sum(_("Held for your receipts"), for_me, _("repays what you pay Meta; no fee"))]


def _sums(paid: ColumnElement[bool], hired: ColumnElement[bool]) -> list[Money]:
    pots = (select(paid.label("paid"), hired.label("hired"), books.ad_spend_of(POT).label("left"), DRAWN.label("drawn"),
                   AdPot.returned_minor.label("back"))
            .join(AdPot.contract).where(or_(paid, hired)).subquery())
    sums = (func.sum(part).filter(side) for part, side in (
        (pots.c.left, pots.c.paid), (pots.c.drawn, pots.c.paid), (pots.c.back, pots.c.paid), (pots.c.left, pots.c.hired)))
    return [Money(int(value or 0)) for value in db.session.execute(select(*sums)).one()]


def pots_in_wallet(person: Person) -> list[PotLine]:
    """Every pot that was paid in, those that are held first, the newest of each first."""
    rows = db.session.execute(_pots(or_(of_businesses(person), of_manager(person)))).all()
    receipts = _receipts([row.AdPot for row in rows])
    return [_line(row.AdPot, row.left, row.drawn, receipts.get(row.AdPot.id, []), row.planned) for row in rows]


def _pots(whose: ColumnElement[bool]) -> Select[Any]:
    parties = contains_eager(AdPot.contract).options(joinedload(Contract.business), joinedload(Contract.manager))
    query = select(AdPot, books.ad_spend_of(POT).label("left"), DRAWN.label("drawn"), PLANNED.label("planned")).join(AdPot.contract)
    query = query.where(whose, AdPot.status.in_((*OPEN, PotStatus.settled))).options(parties)
    return query.order_by(AdPot.settled_at.is_not(None), AdPot.id.desc()).limit(MOST_POTS)


def _receipts(pots: Iterable[AdPot]) -> dict[uuid.UUID, list[tuple[Draw, Pay]]]:
    """By pot, the receipts that wait for an answer, and those that were approved and are not sent yet, each with its transfer."""
    ids = [pot.id for pot in pots]
    query = select(Draw).where(Draw.pot_id.in_(ids), Draw.status.in_((DrawStatus.asked, DrawStatus.approved))).order_by(Draw.id)
    draws = list(db.session.scalars(query)) if ids else []
    pays = pays_of([draw.subject for draw in draws if draw.status == DrawStatus.approved])
    found: dict[uuid.UUID, list[tuple[Draw, Pay]]] = {}
    for draw in draws:
        found.setdefault(draw.pot_id, []).append((draw, pays.get(draw.subject, Pay())))
    return found


def _line(pot: AdPot, left: int, drawn: int, receipts: list[tuple[Draw, Pay]], planned: bool) -> PotLine:
    money = Drawn(pot.paid_in, Money(int(drawn), pot.currency), pot.returned, Money(int(left), pot.currency))
    return PotLine(pot, money, receipts, planned)
