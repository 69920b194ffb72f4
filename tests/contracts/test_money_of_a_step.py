"""What of a step's price is held, free, still to be paid in and the manager's; asked of a row and of the database."""
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from marketplace.contracts.models import Contract, Milestone, Settlement
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.milestone import has_free, working
from marketplace.contracts.queries import milestones_of
from marketplace.contracts.queries.settlements import divided, settlements_of
from marketplace.core import i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from tests.factories.contracts import make_contract

NOTHING = dict.fromkeys(("released_minor", "returned_minor", "rolled_minor", "frozen_minor", "prefunded_minor", "adrift_minor"), 0)
SENT = datetime(2026, 11, 5, tzinfo=UTC)
STATES = [  # status, where it was disputed from, parts, what is free of ৳100
    (S.planned, None, {}, 0), (S.planned, None, {"prefunded_minor": 1}, 1), (S.funding, None, {"prefunded_minor": 40}, 40),
    (S.funded, None, {}, 100), (S.funded, None, {"released_minor": 20, "returned_minor": 30, "rolled_minor": 49}, 1),
    (S.funded, None, {"released_minor": 20, "returned_minor": 30, "rolled_minor": 50}, 0),
    (S.disputed, S.delivered, {"frozen_minor": 99}, 1), (S.disputed, S.delivered, {"frozen_minor": 100}, 0),
    (S.disputed, S.changes_asked, {"frozen_minor": 40, "adrift_minor": -59}, 1),
    (S.disputed, S.changes_asked, {"frozen_minor": 40, "adrift_minor": -60}, 0),
    (S.delivered, None, {"adrift_minor": -99}, 1), (S.delivered, None, {"adrift_minor": -100}, 0),
    (S.delivered, None, {"returned_minor": 100, "adrift_minor": 10}, 0),
    (S.delivered, None, {"returned_minor": 30, "adrift_minor": 10}, 70),
    (S.delivered, S.funded, {}, 100), (S.disputed, S.approved, {"released_minor": 100}, 0), (S.approved, None, {"released_minor": 100}, 0),
]


def dollars(minor: int) -> Money:
    return Money(minor, "USD")


def make(status: S = S.delivered, **columns: int | datetime | None) -> Milestone:
    """A step of a hundred cents, in another currency than most."""
    return Milestone(status=status, called="Half", amount_minor=100, currency="USD", contract=Contract(fee_bp=1000), **(NOTHING | columns))


def test_every_sum_is_in_the_currency_of_the_step():
    milestone = make(released_minor=19, returned_minor=20, rolled_minor=5, frozen_minor=7, adrift_minor=-3)
    assert (milestone.amount, milestone.stands, milestone.agreed_held) == (dollars(100), dollars(95), dollars(56))
    assert (milestone.held, milestone.free) == (dollars(53), dollars(46))
    assert (milestone.fee, milestone.net, milestone.fee_released) == (dollars(10), dollars(90), dollars(1))
    assert milestone.fee_of(dollars(1)) == dollars(1)
    assert make(S.planned, prefunded_minor=30).held == dollars(30)
    assert make(S.planned, prefunded_minor=30).to_fund == dollars(70)


def test_every_part_of_a_settlement_is_in_the_currency_of_its_step():
    settlement = Settlement(milestone=make(), to_manager_minor=50, fee_minor=5, to_business_minor=30, to_next_minor=20)
    assert (settlement.to_manager, settlement.net) == (dollars(50), dollars(45))
    assert (settlement.to_business, settlement.to_next) == (dollars(30), dollars(20))


@pytest.mark.parametrize(("status", "disputed_from", "parts", "free"), STATES)
def test_what_is_free_is_the_same_asked_of_the_database(app, status, disputed_from, parts, free):
    milestone = milestones_of(make_contract())[0]
    for column, value in (NOTHING | {"status": status, "disputed_from": disputed_from, "amount_minor": 100} | parts).items():
        setattr(milestone, column, value)
    assert milestone.free == Money(free)
    of_it = select(Milestone.id).where(Milestone.id == milestone.id)
    assert (db.session.scalar(of_it.where(has_free())) is not None) == (free > 0)
    for stage in S:
        assert (db.session.scalar(of_it.where(working(stage))) is not None) == (stage in {milestone.work, status}), stage
    beside_a_claim = status == S.disputed and disputed_from != S.approved and free
    assert milestone.work == (disputed_from if beside_a_claim else status)


@pytest.mark.parametrize(("status", "released_at", "stage"), [
    (S.released, SENT, S.released), (S.released, None, S.approved), (S.delivered, None, S.delivered), (S.approved, SENT, S.approved)])
def test_a_step_whose_money_came_back_is_to_be_sent_again(status, released_at, stage):
    assert make(status, released_at=released_at).stage == stage


def test_a_step_is_called_as_agreed_a_month_by_its_days(app):
    milestone = make()
    milestone.title = "Whole"
    assert (milestone.title, milestone.called) == ("Whole", "Whole")
    month = Milestone(called="", position=2, month_days=[])
    with i18n.speaking("en"):
        assert month.title == "Month 2"
        month.month_days = ["2026-11-01", "2026-11-30"]
        assert month.title == f"Month 2: {i18n.day(date(2026, 11, 1))} – {i18n.day(date(2026, 11, 30))}"


@pytest.mark.parametrize(("parts", "said"), [
    ((0, 0, 0), False), ((100, 0, 0), False), ((0, 100, 0), False), ((0, 0, 100), False), ((99, 0, 0), True), ((1, 98, 1), True)])
def test_divided_is_what_did_not_all_go_one_way(parts, said):
    assert divided(make(**dict(zip(("released_minor", "returned_minor", "rolled_minor"), parts, strict=True)))) is said


def test_settlements_are_told_oldest_first_and_only_a_steps_own(app):
    first, second = milestones_of(make_contract())
    made = [Settlement(milestone=row, to_manager_minor=minor) for row, minor in ((first, 3), (second, 2), (first, 1))]
    for row in made:
        db.session.add(row)
        db.session.flush()
    assert list(settlements_of(first)) == [made[0], made[2]]
