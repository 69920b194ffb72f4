"""A bonus: paid once, the manager's at once less the fee, held by nobody's approval."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text

from marketplace.contracts.commands import bonuses, contracts, holds
from marketplace.contracts.models import Bonus, Contract
from marketplace.contracts.models import BonusStatus as B
from marketplace.contracts.models.offer import Side
from marketplace.contracts.subscribers import on_record_wanted
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.commands import incoming
from marketplace.payments.models import Payment
from marketplace.payments.queries import transfers_for
from marketplace.reporting.queries import titles
from tests import people
from tests.contracts.test_adrift import decided, taken
from tests.contracts.test_settlements import taka
from tests.contracts.test_views import page
from tests.factories.changes import make_bonus, make_paid_bonus
from tests.factories.contracts import make_approved, make_delivered
from tests.factories.retainers import make_saved_card
from tests.payments.conftest import committed_stripe, sandbox_program, stripe_app, world
from tests.people import sign_in
from tests.worker import body, letters, run_jobs, run_sweeps

__all__ = ["committed_stripe", "sandbox_program", "stripe_app", "world"]
BOTH = pytest.mark.parametrize("language", ["bn", "en"])
HERE = "https://dayitto.example/here"


def give(contract: Contract, amount: Money = Money(100_000)) -> Payment:  # noqa: B008
    return bonuses.give_bonus(contract, people.ada(), amount, "Well done!", HERE, HERE)


def the_bonus() -> Bonus:
    return db.session.scalars(select(Bonus)).one()


def payable(contract: Contract) -> Money:
    return books.payable(f"manager:{contract.manager_id}")


def test_it_is_the_managers_as_soon_as_it_is_paid_less_the_fee(stripe_app, world):
    contract = make_approved().contract
    before = payable(contract)
    payment = give(contract)
    assert (payment.amount, payment.total) == (taka(1000), taka(1029))
    world.pay(payment.checkout_url)
    payments.look(payment)
    assert (the_bonus().status, payable(contract)) == (B.paid, before)
    run_jobs()
    bonus = the_bonus()
    assert (bonus.status, payable(contract) - before, books.held(bonus.subject)) == (B.released, taka(900), taka(0))
    [transfer] = transfers_for(bonus.subject)
    assert (transfer.amount, transfer.payment_id) == (taka(900), payment.id)
    assert transfer.send_after == bonus.send_after == holds.send_after(contract, bonus.released_at)
    bonuses.release_bonus(str(bonus.id))
    assert payable(contract) - before == taka(900)
    assert titles([bonus.subject])[bonus.subject].startswith(contract.title)


@pytest.mark.parametrize(("amount", "fits"), [(9_999, False), (10_000, True), (5_000_000, True), (5_000_001, False)])
def test_it_is_neither_too_little_nor_too_much(stripe_app, amount, fits):
    contract = make_approved().contract
    if fits:
        give(contract, Money(amount))
        return
    with pytest.raises(Invalid) as refusal:
        give(contract, Money(amount))
    assert refusal.value.field == "amount"


def test_it_is_for_released_work_until_a_month_after_the_contract(stripe_app):
    with pytest.raises(WrongState):
        give(make_delivered().contract)
    contract = make_approved(make_delivered()).contract
    contracts.pause_contract(contract, people.ada(), Side.business, "Eid.")
    assert not bonuses.may_get_bonus(contract)
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    assert bonuses.may_get_bonus(contract)
    contract.closed_at = clock.now() - timedelta(days=29)
    contract.move("close")
    assert bonuses.may_get_bonus(contract)
    contract.closed_at = clock.now() - timedelta(days=30)
    with pytest.raises(WrongState):
        give(contract)


def test_one_is_paid_at_a_time_and_one_that_is_called_off_makes_room(stripe_app):
    contract = make_approved().contract
    give(contract)
    with pytest.raises(WrongState):
        give(contract)
    bonuses.cancel_bonus(the_bonus(), people.ada())
    assert the_bonus().status == B.unpaid
    give(contract)


def test_money_that_comes_after_it_was_called_off_goes_back(stripe_app, world):
    contract = make_approved().contract
    payment = give(contract)
    url = payment.checkout_url
    bonuses.cancel_bonus(the_bonus(), people.ada())
    world.pay(url)
    payments.look(payment)
    run_jobs()
    assert payment.unclaimed
    assert (the_bonus().status, books.held(the_bonus().subject)) == (B.unpaid, taka(0))


def taken_back(amount: Money) -> Bonus:
    """A bonus of which the payer's bank took this much before it was released."""
    bonus = make_paid_bonus()
    taken(SimpleNamespace(payment=bonuses.payment_of(bonus)), amount.minor)
    return bonus


def test_while_its_bank_has_taken_it_back_nothing_is_released(app, client):
    bonus = taken_back(taka(500))
    before = payable(bonus.contract)
    run_sweeps()
    run_jobs()
    assert (bonus.status, payable(bonus.contract)) == (B.taken, before)
    assert "Taken back by the payer’s bank" in page(client, people.ada(), f"/contracts/{bonus.contract_id}").get_text()


def test_hearing_of_it_again_or_too_late_changes_nothing(app):
    bonus = taken_back(taka(500))
    bonuses.look(bonus, bonuses.payment_of(bonus))
    assert bonus.status == B.taken
    decided(SimpleNamespace(payment=bonuses.payment_of(bonus)), "win")
    run_sweeps()
    bonuses.look(bonus, bonuses.payment_of(bonus))
    assert (bonus.status, bonus.lost_minor) == (B.released, 0)


@pytest.mark.parametrize(("amount", "action", "ends", "net"), [
    (1000, "lose", B.lost, 0), (1000, "win", B.released, 900), (400, "lose", B.released, 540), (400, "win", B.released, 900)])
def test_when_the_bank_has_decided_the_bonus_says_what_the_books_hold(app, amount, action, ends, net):
    bonus = taken_back(taka(amount))
    before = payable(bonus.contract)
    decided(SimpleNamespace(payment=bonuses.payment_of(bonus)), action)
    run_sweeps()
    assert (bonus.status, payable(bonus.contract) - before, books.held(bonus.subject)) == (ends, taka(net), taka(0))


def test_a_lost_job_is_made_up_for(app):
    bonus = make_paid_bonus()
    bonus_jobs_lost()
    run_sweeps()
    run_jobs()
    assert bonus.status == B.released


def test_the_bank_reads_whose_work_it_was(app):
    bonus = make_paid_bonus()
    manager, record = on_record_wanted(bonuses.payment_of(bonus))
    assert manager == bonus.contract.manager_id
    assert "Well done!" in record


@BOTH
def test_both_sides_are_told_and_see_it(app, client, language):
    people.ada().language = people.ben().language = language
    bonus = make_paid_bonus()
    run_jobs()
    amount = {"en": "৳900", "bn": "৳\u00a0৯০০"}[language]
    assert amount in body(letters(people.ben().email)[-1])
    assert letters(people.ada().email)
    for person in (people.ada(), people.ben()):
        for path in (f"/contracts/{bonus.contract_id}", "/wallet"):
            assert amount in page(client, person, path, language).get_text()
    paid = page(client, people.ada(), f"/payments/{bonuses.payment_of(bonus).id}", language).get_text()
    assert {"en": "Bonus", "bn": "বোনাস"}[language] in paid
    assert {"en": "Held money", "bn": "জমা টাকা"}[language] not in paid


def test_a_payment_that_fails_is_told_and_nothing_was_taken(app):
    bonus = make_bonus()
    incoming.end(bonuses.payment_of(bonus), "expire")
    run_jobs()
    assert bonus.status == B.unpaid
    assert "Nothing was taken" in body(letters(people.ada().email)[-1]) or "কাটা হয়নি" in body(letters(people.ada().email)[-1])


@BOTH
def test_the_page_says_who_gets_what_and_keeps_what_was_typed(stripe_app, client, language):
    contract = make_approved().contract
    path = f"/contracts/{contract.id}/bonus"
    assert page(client, people.ada(), f"/contracts/{contract.id}", language).select_one(f'a[href="{path}"]')
    shown = page(client, people.ada(), path, language).get_text()
    for amount in {"en": ("514.50", "450", "50"), "bn": ("৫১৪.৫০", "৪৫০", "৫০")}[language]:
        assert amount in shown
    refused = client.post(f"/contracts/{contract.id}/bonuses", data={"amount": "60000", "note": "So many!", "card": ""})
    assert refused.status_code == 422
    sheet = BeautifulSoup(refused.text, "html.parser").select_one("form .dy-cost")
    assert [line["data-total"] for line in sheet.select("[data-total]")] == ["price", "card", "pay", "manager", "fee"]
    assert sheet.select_one("button[type=submit]")
    assert "So many!" in refused.text
    for typed in ("-50", "abc"):
        refused = client.post(f"/contracts/{contract.id}/bonuses", data={"amount": typed, "note": "", "card": ""})
        assert (refused.status_code, "514.50" in refused.text, "৫১৪.৫০" in refused.text) == (422, False, False)
    gone = client.post(f"/contracts/{contract.id}/bonuses", data={"amount": "600", "note": "Well done!", "card": ""})
    assert gone.status_code == 303
    assert gone.location == bonuses.payment_of(the_bonus()).checkout_url
    waiting = page(client, people.ada(), path, language)
    assert waiting.select_one(f'form[action="/bonuses/{the_bonus().id}/cancellation"]')
    assert not waiting.select('[name="amount"]')


@BOTH
def test_its_limits_are_said_as_the_rules_have_them(app, client, monkeypatch, language):
    contract = make_approved().contract
    for name, minor in (("BONUS_LEAST_MINOR", 321_00), ("BONUS_MOST_MINOR", 4_321_00)):
        monkeypatch.setattr(bonuses, name, minor)
    help_ = page(client, people.ada(), f"/contracts/{contract.id}/bonus", language).select_one("#amount-help").get_text()
    assert all(limit in help_ for limit in {"en": ("৳321", "৳4,321"), "bn": ("৩২১", "৪,৩২১")}[language])


def test_a_saved_card_pays_it_by_one_click(stripe_app, client):
    contract = make_approved().contract
    card = make_saved_card(contract.business)
    sign_in(client, people.ada())
    answer = client.post(f"/contracts/{contract.id}/bonuses", data={"amount": "600", "card": str(card.id)})
    assert answer.status_code == 303
    assert bonuses.payment_of(the_bonus()).card_id == card.id


def test_four_clicks_at_once_are_one_payment(committed_stripe):
    key = make_approved().contract.id
    db.session.commit()

    def click(_):
        with committed_stripe.app_context():
            try:
                give(db.session.get(Contract, key))
                db.session.commit()
            except WrongState:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(click, range(4))) == 1
    assert len(list(db.session.scalars(select(Payment).where(Payment.subject.startswith("bonus:"))))) == 1


def bonus_jobs_lost() -> None:
    db.session.execute(text("delete from procrastinate_jobs where task_name like '%release_bonus'"))
