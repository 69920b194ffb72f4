"""The days of months to the moment: begun, made ahead, rested, told late, charged or not."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, retainers
from marketplace.contracts.models import Contract, Month
from marketplace.contracts.models.offer import Side
from marketplace.core import audit, calendar, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.payments.queries import payments_for
from tests import people
from tests.factories.businesses import make_business
from tests.factories.contracts import make_delivered, make_funded, make_milestone
from tests.factories.retainers import PRICE, make_consent, make_next_month, make_retainer, make_saved_card

BLINK, DAY = timedelta(microseconds=1), timedelta(days=1)


@pytest.fixture
def stop(monkeypatch) -> Callable[[datetime], None]:
    """Stop the clock at a moment."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def month(app) -> Month:
    """The second of a retainer; the first is paid in."""
    return make_next_month()


def begin_of(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.DHAKA)


def pause(contract: Contract) -> None:
    contracts.pause_contract(contract, people.ada(), Side.business, "Eid.")


def paid(month: Month) -> bool:
    return bool(payments_for(f"milestone:{month.milestone_id}"))


@pytest.mark.parametrize(("day", "following"), [
    ("2026-01-31", "2026-02-28"), ("2028-01-31", "2028-02-29"), ("2026-03-31", "2026-04-30"), ("2026-11-30", "2026-12-30"),
    ("2026-12-01", "2027-01-01"), ("2026-12-31", "2027-01-31")])
def test_a_month_later_is_the_same_day_or_the_last(day, following):
    assert retainers.a_month_after(begin_of(day)) == begin_of(following)


def test_the_first_begins_when_agreed_and_is_not_asked_for_by_itself(app):
    [first] = queries.months_of(make_retainer(starts_on="2027-01-31"))
    assert (first.starts_at, first.ends_at) == (begin_of("2027-01-31"), begin_of("2027-02-28"))
    assert (first.charge_at, first.milestone.month_days) == (None, [])


def test_paid_on_its_day_it_keeps_its_days(month, stop):
    starts, ends = month.starts_at, month.ends_at
    stop(starts + DAY - BLINK)
    milestone = make_funded(month.milestone)
    assert (month.starts_at, month.ends_at, milestone.due_at) == (starts, ends, calendar.allowed(ends))
    assert (milestone.days, milestone.month_days) == ((ends - starts).days, [
        f"{day.astimezone(clock.DHAKA).date()}" for day in (starts, ends - DAY)])


def test_paid_a_day_late_it_begins_that_day(month, stop):
    starts = month.starts_at + DAY
    stop(starts)
    make_funded(month.milestone)
    assert (month.starts_at, month.ends_at) == (starts, retainers.a_month_after(starts))


def test_paid_long_before_it_is_due_within_sixty_days(month, stop):
    now = month.starts_at - timedelta(days=45)
    stop(now)
    assert make_funded(month.milestone).due_at == calendar.allowed(now + timedelta(days=60))


def test_the_next_one_follows_at_the_agreed_price_and_is_made_once(month):
    contract = month.milestone.contract
    first = queries.milestones_of(contract)[0]
    retainers.begin_month(first)
    assert [one.milestone.position for one in queries.months_of(contract)] == [1, 2]
    following = month.milestone
    assert (following.amount_minor, following.title, following.currency) == (PRICE, "মাস ২", contract.currency)
    assert (following.days, month.charge_at) == ((month.ends_at - month.starts_at).days, calendar.allowed(month.starts_at))


@pytest.mark.parametrize(("rests", "count"), [(True, 3), (False, 2)])
def test_one_is_made_ahead_while_the_contract_runs_or_rests(month, rests, count):
    contract = month.milestone.contract
    pause(contract) if rests else contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    make_funded(month.milestone)
    assert len(queries.months_of(contract)) == count


def test_what_is_no_month_begins_none(app):
    milestone = make_milestone()
    retainers.begin_month(milestone)
    assert queries.month_of(milestone) is None


@pytest.mark.parametrize(("since", "moved"), [("ends_at", 0), ("starts_at", 1), ("before", 2)])
def test_only_days_of_a_paid_month_that_were_rested_come_later(month, stop, since, moved):
    """Paused when it ended: it is over. Paused when it began: it lasts longer. Before: all of it is later. It is called by its days."""
    ten, milestone = timedelta(days=10), make_funded(month.milestone)
    paused_at = {"ends_at": month.ends_at, "starts_at": month.starts_at, "before": month.starts_at - BLINK}[since]
    starts, ends, charge, told = month.starts_at, month.ends_at, month.charge_at, month.reminded_at
    stop(paused_at + ten)
    retainers.rest(month.milestone.contract, ten)
    assert month.ends_at == (ends + ten if moved else ends)
    assert month.starts_at == (starts + ten if moved == 2 else starts)
    assert (month.charge_at, month.reminded_at) == (charge, told)
    assert milestone.month_days == [f"{day.astimezone(clock.DHAKA).date()}" for day in (month.starts_at, month.ends_at - DAY)]


def test_a_month_that_was_handed_in_keeps_the_days_it_is_called_by(month, stop):
    milestone = make_delivered(make_funded(month.milestone))
    called = milestone.month_days
    stop(month.starts_at + DAY)
    retainers.rest(milestone.contract, DAY)
    assert milestone.month_days == called


@pytest.mark.parametrize("since", ["ends_at", "starts_at", "charge_at"])
def test_a_month_that_is_not_paid_in_is_later_whole_and_told_anew(month, stop, since):
    """Also when it should have begun already: its payment was due only at nine."""
    ten, starts, ends = timedelta(days=10), month.starts_at, month.ends_at
    month.reminded_at = month.announced_at = clock.now()
    stop(getattr(month, since) + ten)
    retainers.rest(month.milestone.contract, ten)
    assert (month.starts_at, month.ends_at) == (starts + ten, ends + ten)
    assert (month.charge_at, month.reminded_at, month.announced_at) == (calendar.allowed(starts + ten), None, None)


def test_the_first_is_not_asked_for_by_itself_after_a_pause_either(app, stop):
    [first] = queries.months_of(make_retainer(starts_on="2027-01-10"))
    retainers.rest(first.milestone.contract, DAY)
    assert (first.starts_at, first.charge_at) == (begin_of("2027-01-11"), None)


def begins_of(contract: Contract, most: int, stop: Callable[[datetime], None]) -> list[str]:
    """The first days of a contract's months, each paid in on its day."""
    while len(found := queries.months_of(contract)) <= most:
        stop(found[-1].starts_at)
        make_funded(found[-1].milestone)
    return [f"{month.starts_at.astimezone(clock.DHAKA).date()}" for month in found[:most]]


def test_a_short_month_does_not_move_those_after_it(app, stop):
    contract = make_retainer(starts_on="2027-01-31")
    assert begins_of(contract, 5, stop) == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]


def test_a_pause_and_a_late_payment_move_those_after_them(app, stop):
    contract = make_retainer(starts_on="2027-01-31")
    begins_of(contract, 1, stop)
    stop(begin_of("2027-03-05"))
    make_funded(queries.months_of(contract)[-1].milestone)
    assert begins_of(contract, 3, stop) == ["2027-01-31", "2027-03-05", "2027-04-05"]
    stop(begin_of("2027-04-10"))
    retainers.rest(contract, 3 * DAY)
    assert begins_of(contract, 5, stop)[3:] == ["2027-05-08", "2027-06-08"]


def test_a_rest_of_hours_moves_nothing_to_another_day(app, stop):
    contract = make_retainer(starts_on="2027-01-31")
    begins_of(contract, 1, stop)
    retainers.rest(contract, timedelta(hours=5))
    assert begins_of(contract, 3, stop) == ["2027-01-31", "2027-02-28", "2027-03-31"]


@pytest.mark.parametrize(("later", "waits"), [(timedelta(), False), (BLINK, True)])
def test_told_more_than_an_hour_late_its_payment_waits_a_day(month, stop, later, waits):
    was = month.charge_at
    stop(was - DAY + timedelta(hours=1) + later)
    retainers.tell_month(str(month.id))
    assert month.charge_at == (calendar.deadline(1) if waits else was)
    assert month.announced_at == month.reminded_at == clock.now()


def test_announced_before_it_keeps_when(month, stop):
    before = month.announced_at = clock.now()
    stop(month.charge_at)
    retainers.tell_month(str(month.id))
    assert (month.announced_at, month.reminded_at) == (before, clock.now())


def test_what_was_told_is_not_told_again_and_what_waits_for_nothing_never(month, stop):
    first = queries.months_of(month.milestone.contract)[0]
    stop(month.charge_at - 5 * DAY)
    retainers.tell_month(str(month.id))
    told_at = month.announced_at
    stop(month.charge_at - 4 * DAY)
    for one in (month, first):
        retainers.tell_month(str(one.id))
    assert (month.announced_at, month.reminded_at, first.announced_at) == (told_at, None, None)
    pause(month.milestone.contract)
    stop(month.charge_at)
    retainers.tell_month(str(month.id))
    assert month.reminded_at is None


@pytest.mark.parametrize("missing", ["reminded_at", "charge_at", "tried", "card", "consented_by", "rests", "nothing"])
def test_it_is_charged_only_when_all_is_there(month, stop, missing):
    contract = month.milestone.contract
    retainer = make_consent(contract)
    month.announced_at = month.reminded_at = clock.now()
    stop(month.charge_at)
    if missing == "rests":
        pause(contract)
    elif missing == "tried":
        month.tried_at = clock.now()
    elif missing == "card":
        retainer.card_id = None
    elif missing != "nothing":
        setattr(retainer if missing == "consented_by" else month, missing, None)
    db.session.commit()
    retainers.charge_month(str(month.id))
    assert paid(month) is (missing == "nothing")
    assert month.tried_at == (clock.now() if missing in {"nothing", "tried"} else None)


def test_consent_is_for_a_card_of_the_business_in_a_contract_that_goes_on(app):
    contract = make_retainer()
    retainer = queries.retainer_of(contract)
    foreign = make_saved_card(make_business(people.eve()), stripe_customer_id="cus_2", stripe_payment_method_id="pm_2")
    with pytest.raises(Invalid) as refusal:
        retainers.consent(retainer, foreign, people.ada())
    assert refusal.value.field == "card"
    pause(contract)
    own = make_saved_card(contract.business)
    retainers.consent(retainer, own, people.ada())
    assert (retainer.card_id, retainer.consented_by) == (own.id, people.ada().id)
    contract.move("end")
    with pytest.raises(WrongState):
        retainers.consent(retainer, own, people.ada())


def test_what_was_never_given_is_not_revoked(app):
    contract = make_retainer()
    retainers.revoke(queries.retainer_of(contract), people.ada(), "No.")
    assert [entry.action for entry in audit.history(contract)] == []
