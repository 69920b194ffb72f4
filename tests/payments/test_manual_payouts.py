"""Payouts by hand: one claims and pays, another confirms, nothing is paid twice, and nothing owed is lost."""
from __future__ import annotations

import csv
import io
import threading
import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from marketplace.accounts.models import Person, Session
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands, queries
from marketplace.payments.commands import manual_payouts, payout_accounts, rails, transfers
from marketplace.payments.commands.waiting import hold_contract
from marketplace.payments.models import Doubt, ManualPayout, ManualStatus, Transfer, TransferStatus
from tests import people
from tests.factories.files import picture
from tests.factories.payouts import fin, make_bank, make_claimed, make_owed, make_queued, make_recorded, newest, record
from tests.payments.conftest import sound_books
from tests.people import sign_in
from tests.worker import body, letters, queued, run_job, run_jobs, run_sweeps, sweep_all

NET = Money(630_000)
TAKEN = "এই পাওনা আরেকজন নিয়েছেন।"


@pytest.fixture
def app(app):
    """The application, whose books are looked at afterwards as a commit would."""
    yield app
    sound_books()


def soup(answer, status=200) -> BeautifulSoup:
    assert answer.status_code == status, answer.text[-600:]
    return BeautifulSoup(answer.text, "html.parser")


def ours(payout):
    return db.session.scalars(select(Transfer).where(Transfer.manual_payout_id == payout.id).order_by(Transfer.id)).all()


def owed(manager):
    who = f"manager:{manager.id}"
    return books.payable(who).minor, books.sending(who).minor, books.arriving(who).minor


def test_from_due_to_arrived(app):
    """Two sums of one manager are one payout; set aside when claimed, settled when a second person has confirmed."""
    manager = make_bank().manager
    first, second = make_owed(manager), make_owed(manager, 100_000)
    run_sweeps()
    payout = newest()
    assert (payout.status, payout.amount, owed(manager)) == (ManualStatus.queued, Money(730_000), (730_000, 0, 0))
    manual_payouts.claim(payout, fin())
    assert ({first.status, second.status}, owed(manager)) == ({TransferStatus.sending}, (0, 730_000, 0))
    record(payout, fin())
    assert ({first.status, second.status}, owed(manager)) == ({TransferStatus.sending}, (0, 730_000, 0))
    manual_payouts.confirm(payout, people.sam())
    assert {first.status, second.status} == {TransferStatus.arrived}
    assert owed(manager) == (0, 0, 0)
    assert books.cash_by_stripe_id().get(("", "BDT")) is None, "nothing left our balance at Stripe"
    bank = next(line for line in books.trial_balance().lines if line.kind == "bank")
    assert bank.credit == Money(730_000)
    run_jobs()
    assert "TRX123456" in body(letters("ben@example.com")[-1])


def test_who_paid_does_not_confirm(app):
    payout = make_recorded(fin())
    with pytest.raises(NotAllowed):
        manual_payouts.confirm(payout, fin())
    assert payout.status == ManualStatus.paid


def test_nobody_of_finance_pays_themselves(app):
    sam = people.sam()
    payout = make_queued(sam)
    with pytest.raises(NotAllowed):
        manual_payouts.claim(payout, sam)
    manual_payouts.claim(payout, fin())
    record(payout, fin())
    with pytest.raises(NotAllowed):
        manual_payouts.confirm(payout, sam)
    assert payout.status == ManualStatus.paid
    manual_payouts.confirm(payout, people.person_named("Third", "third@example.com", staff_roles=["finance"]))
    with pytest.raises(NotAllowed):
        manual_payouts.record_return(payout, sam, "It came back, pay me again")
    assert payout.status == ManualStatus.confirmed


def test_in_two_tabs_one_claims(app):
    payout = make_claimed(fin())
    for who in (fin(), people.sam()):
        with pytest.raises(WrongState) as refusal:
            manual_payouts.claim(payout, who)
        assert str(refusal.value.message) == TAKEN
    assert owed(payout.manager) == (0, NET.minor, 0)


def test_ten_people_at_once_claim_it_once(committed):
    payout_id = make_queued().id
    claimer = fin().id
    db.session.commit()
    barrier, outcomes = threading.Barrier(10), []

    def work():
        with committed.app_context():
            payout, by = db.session.get_one(ManualPayout, payout_id), db.session.get_one(Person, claimer)
            barrier.wait()
            try:
                manual_payouts.claim(payout, by)
                db.session.commit()
                outcomes.append("claimed")
            except WrongState as refusal:
                db.session.rollback()
                outcomes.append(str(refusal.message))

    threads = [threading.Thread(target=work) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claimed", *[TAKEN] * 9]
    [transfer] = ours(db.session.get_one(ManualPayout, payout_id))
    assert (transfer.attempt, owed(transfer.manager)) == (1, (0, NET.minor, 0))


def test_only_who_claimed_records_it(app):
    payout = make_claimed(fin())
    with pytest.raises(NotAllowed):
        record(payout, people.sam())


def test_a_number_proves_one_payout(app):
    """Written with other spaces and letters it is the same number; one that was refused may be used again."""
    payout = make_recorded(fin(), reference="trx 123 456")
    other = make_claimed(fin(), people.eve())
    with pytest.raises(Invalid) as refusal:
        record(other, fin(), "TRX123456")
    assert (refusal.value.field, other.status) == ("reference", ManualStatus.claimed)
    manual_payouts.refuse(payout, people.sam(), "It belongs to Eve")
    record(other, fin(), "TRX123456")
    assert other.reference == "TRX123456"


@pytest.mark.parametrize(("change", "field"), [({"reference": "12 45"}, "reference"), ({"reference": "=1+1(cmd)"}, "reference"),
                                               ({"days": 1}, "paid_on"), ({"days": -1}, "paid_on"), ({"proof": b"no picture"}, "proof")])
def test_what_cannot_be_a_record_of_a_payment(app, change, field):
    payout = make_claimed(fin())
    day, proof = clock.today().date() + timedelta(days=change.get("days", 0)), io.BytesIO(change.get("proof", picture()))
    with pytest.raises(Invalid) as refusal:
        manual_payouts.record_paid(payout, fin(), change.get("reference", "TRX123456"), day, proof, "a.png")
    assert (refusal.value.field, payout.status) == (field, ManualStatus.claimed)


def test_sent_back_it_is_owed_again_and_comes_back(app):
    payout = make_recorded(fin())
    [transfer] = ours(payout)
    manual_payouts.refuse(payout, people.sam(), "Not on our statement")
    assert (transfer.status, transfer.failure, owed(payout.manager)) == (TransferStatus.failed, "Not on our statement", (NET.minor, 0, 0))
    run_sweeps()
    assert newest() is payout, "not before some hours have passed"
    clock.move(timedelta(hours=6, seconds=1))
    run_sweeps()
    assert (newest().status, newest().amount) == (ManualStatus.queued, NET)
    manual_payouts.claim(newest(), people.sam())
    assert owed(payout.manager) == (0, NET.minor, 0)


def test_who_may_say_that_it_was_not_paid(app):
    """While it is claimed only the claimer knows; once it is recorded, only somebody else decides."""
    payout = make_claimed(fin())
    third = people.person_named("Third", "third@example.com", staff_roles=["finance"])
    with pytest.raises(NotAllowed):
        manual_payouts.refuse(payout, third, "I think not")
    record(payout, fin())
    with pytest.raises(NotAllowed):
        manual_payouts.refuse(payout, fin(), "I paid it twice and want one back")
    manual_payouts.refuse(payout, third, "Not on our statement")
    assert payout.status == ManualStatus.refused


def test_what_came_back_is_owed_again_once(app):
    payout = make_recorded(fin())
    [transfer] = ours(payout)
    manual_payouts.confirm(payout, people.sam())
    manual_payouts.record_return(payout, fin(), "Account closed")
    assert (transfer.status, owed(payout.manager)) == (TransferStatus.failed, (NET.minor, 0, 0))
    with pytest.raises(WrongState):
        manual_payouts.record_return(payout, fin(), "Account closed")
    assert owed(payout.manager) == (NET.minor, 0, 0)
    bank = next(line for line in books.trial_balance().lines if line.kind == "bank")
    assert (bank.debit.minor, bank.credit.minor) == (0, 0)
    clock.move(timedelta(hours=6, seconds=1))
    run_sweeps()
    manual_payouts.claim(newest(), fin())
    assert (transfer.attempt, owed(payout.manager)) == (2, (0, NET.minor, 0))


def test_small_sums_are_gathered(app):
    payout = make_queued(net=30_000)
    with pytest.raises(WrongState):
        manual_payouts.claim(payout, fin())
    make_owed(payout.manager, 20_000)
    run_sweeps()
    manual_payouts.claim(newest(), fin())
    assert (newest() is payout, payout.amount) == (True, Money(50_000))


def test_what_is_disputed_leaves_the_queue_and_comes_back(app):
    payout = make_queued()
    [transfer] = ours(payout)
    commands.hold_for_dispute(transfer.subject)
    assert (payout.status, payout.amount, transfer.manual_payout_id) == (ManualStatus.cancelled, Money(0), None)
    run_sweeps()
    assert transfer.manual_payout_id is None
    commands.let_go(transfer.subject)
    run_sweeps()
    assert [newest().status, newest().amount, ours(newest())] == [ManualStatus.queued, NET, [transfer]]


@pytest.mark.parametrize(("taken", "left"), [(630_000, 0), (200_000, 430_000)])
def test_what_a_decision_takes_back_leaves_the_queue(app, taken, left):
    """Nothing empty stays in it that nobody can claim; what is left is paid."""
    emptied = make_queued()
    [transfer] = ours(emptied)
    commands.take_back(subject=transfer.subject, contract=transfer.contract, business=transfer.payment.business, manager=transfer.manager,
                       gross=Money(taken), fee=Money(0), key="decision")
    assert (emptied.status, ours(emptied)) == (ManualStatus.cancelled, [])
    transfers.begin_transfer(str(transfer.id))
    queued = db.session.scalars(select(ManualPayout).where(ManualPayout.status == ManualStatus.queued)).all()
    assert [payout.amount_minor for payout in queued] == [left][:left]
    for payout in queued:
        manual_payouts.claim(payout, fin())
    assert owed(transfer.manager) == (0, left, 0)


def test_what_is_paid_by_hand_meanwhile_is_taken_back_when_that_has_ended(app):
    """It may be under way for days: nothing asks for it again and again. Confirmed it is a debt; refused it never leaves."""
    for ending, debt in ((manual_payouts.confirm, 200_000), (manual_payouts.refuse, 0)):
        payout = make_recorded(fin(), people.person_named(ending.__name__, f"{ending.__name__}@example.com"), reference=f"TRX99{debt}")
        [transfer] = ours(payout)
        commands.take_back(subject=transfer.subject, contract=transfer.contract, business=transfer.payment.business,
                           manager=transfer.manager, gross=Money(200_000), fee=Money(0), key=f"decision:{debt}")
        run_job(next(job for job in queued() if job.task_name.endswith("begin_reversal")))
        sweep_all()
        assert not [job for job in queued() if job.task_name.endswith("begin_reversal")]
        ending(payout, people.sam(), *(["The bank refused it"] if not debt else []))
        sweep_all()
        run_job(next(job for job in queued() if job.task_name.endswith("begin_reversal")))
        assert (books.owed_by(f"manager:{transfer.manager_id}"), sum(owed(transfer.manager))) == (Money(debt), 0 if debt else 430_000)


def test_a_doubted_release_waits_for_finance(app, client):
    """Card cash-out: approved without recorded work."""
    transfer = make_owed(make_bank().manager, check_reason="Approved 2 hours after it was paid, without work on record")
    assert not [name for name in run_sweeps() if name.endswith(".begin_transfer")]
    transfers.begin_transfer(str(transfer.id))
    assert (transfer.status, transfer.manual_payout_id) == (TransferStatus.due, None)
    browser = sign_in(client, people.sam())
    page = soup(browser.get("/staff/payout-checks"))
    assert "without work on record" in page.get_text()
    address = page.find("a", string="Ben Das")["href"]
    assert "Write why" in soup(browser.post(address, data={"why": ""}), 422).get_text()
    assert browser.post(address, data={"why": "The owner told me on the phone"}).status_code == 303
    assert browser.post(address, data={"why": "Twice"}).status_code == 409
    run_sweeps()
    assert newest().amount == NET


def test_finance_pays_on_its_pages(app, client):
    payout = make_queued()
    browser = sign_in(client, fin())
    page = soup(browser.get("/staff/payouts"))
    assert "City Bank •••• 0123" in page.get_text()
    address = page.find("a", string="Ben Das")["href"]
    assert "1402567890123" not in soup(browser.get(address)).get_text()
    assert browser.post(f"{address}/claim").status_code == 303
    assert "1402567890123" in soup(browser.get(address)).get_text()
    refused = soup(browser.post(f"{address}/payment", data={"reference": "BEFTN-7781", "paid_on": clock.today().date().isoformat()}), 422)
    assert refused.find("input", {"name": "reference"})["value"] == "BEFTN-7781"
    wrong = {"reference": "7781", "paid_on": clock.today().date().isoformat(), "proof": (io.BytesIO(picture()), "slip.png")}
    assert "6 to 40 letters and digits" in soup(browser.post(f"{address}/payment", data=wrong), 422).get_text()
    proof = (io.BytesIO(picture()), "slip.png")
    data = {"reference": "BEFTN-7781", "paid_on": clock.today().date().isoformat(), "proof": proof}
    assert browser.post(f"{address}/payment", data=data).status_code == 303
    assert "Somebody else must confirm" in soup(browser.get(address)).get_text()
    assert browser.post(f"{address}/confirmation").status_code == 403
    second = sign_in(client, people.sam())
    seen = soup(second.get(address))
    assert second.get(seen.find("a", string="slip.png")["href"]).status_code == 200
    assert second.post(f"{address}/confirmation").status_code == 303
    assert second.post(f"{address}/confirmation").status_code == 409
    db.session.expire_all()
    assert payout.status == ManualStatus.confirmed
    assert "arrived" in soup(second.get("/staff/payouts")).get_text()


def test_refusing_and_returning_ask_for_a_reason(app, client):
    payout = make_recorded(fin())
    browser = sign_in(client, people.sam())
    assert "Write why" in soup(browser.post(f"/staff/payouts/{payout.id}/refusal", data={"why": " "}), 422).get_text()
    browser.post(f"/staff/payouts/{payout.id}/confirmation")
    assert "Write why" in soup(browser.post(f"/staff/payouts/{payout.id}/return", data={}), 422).get_text()
    assert browser.post(f"/staff/payouts/{payout.id}/return", data={"why": "Account closed"}).status_code == 303


def test_the_file_holds_what_one_has_claimed_and_nothing_a_spreadsheet_runs(app, client):
    make_claimed(fin(), people.eve())
    ben = people.ben()
    ben.name = "=HYPERLINK(1)"
    mine = make_queued(ben, holder="=HYPERLINK(1)", number="001234567890")
    manual_payouts.claim(mine, people.sam())
    browser = sign_in(client, people.sam())
    answer = browser.get("/staff/payouts.csv")
    [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["Holder"], row["Account number"]) == ("'=HYPERLINK(1)", "001234567890")
    assert (row["Amount"], row["Our number"]) == ("6300.00", str(mine.id))


@pytest.mark.parametrize("act", ["claim", "payment", "confirmation", "refusal", "return", "csv"])
def test_each_step_needs_the_password_of_a_moment_ago(app, client, act):
    payout = make_recorded(fin())
    sam = people.sam()
    browser = sign_in(client, sam)
    for session in db.session.scalars(select(Session).where(Session.person_id == sam.id)):
        session.confirmed_at = clock.now() - timedelta(minutes=16)
    address = f"/staff/payouts/{payout.id}/{act}"
    answer = browser.get("/staff/payouts.csv") if act == "csv" else browser.post(address, data={"why": "Because"})
    assert (answer.location or "").startswith("/password-again"), answer.status_code
    assert payout.status == ManualStatus.paid


def test_what_somebody_is_paying_is_not_held_back_for_a_contract(app):
    [transfer] = ours(make_claimed(fin()))
    hold_contract(transfer.manager, transfer.contract, "page_lost")
    assert (transfer.status, transfer.reasons) == (TransferStatus.sending, [])


def test_another_rail_never_asks_stripe(app):
    """A worker that meets a transfer somebody pays by hand leaves it alone."""
    payout = make_claimed(fin())
    [transfer] = ours(payout)
    transfers.carry_out_transfer(str(transfer.id))
    assert not [name for name in run_sweeps() if name.endswith("_transfer")]
    transfers.retry_transfer(transfer, people.sam())
    assert (transfer.status, transfer.manual_payout_id, newest()) == (TransferStatus.sending, payout.id, payout)
    assert rails.of(payout.account).find(transfer) is None


def test_the_manager_sees_that_it_is_in_the_queue(app, client):
    payout = make_queued()
    ben = payout.manager.person
    ben.language = "bn"
    page = soup(sign_in(client, ben).get("/payments/payout-account"))
    assert "City Bank •••• 0123" in page.get_text()
    assert "৬,৩০০" in page.find_all("tbody")[-1].get_text()


def test_staff_pages_in_bengali(app, client):
    payout = make_recorded(fin())
    sam = people.sam()
    sam.language = "bn"
    browser = sign_in(client, sam)
    for address in ("/staff/payouts", f"/staff/payouts/{payout.id}", "/staff/payout-checks"):
        assert soup(browser.get(address)).html["lang"] == "bn"


def test_an_unknown_payout_is_nobodys(app, client):
    assert sign_in(client, people.sam()).get(f"/staff/payouts/{uuid.uuid4()}").status_code == 404
    assert queries.manual_payout_seen_by(people.ben(), make_queued().id) is None


def test_what_was_given_back_is_not_recorded_as_paid(app):
    payout = make_claimed(fin())
    manual_payouts.refuse(payout, fin(), "The bank is closed")
    with pytest.raises(WrongState):
        record(payout, fin())
    assert payout.reference is None


def test_nothing_is_paid_to_an_account_that_was_changed_meanwhile(app):
    payout = make_queued()
    payout.account.move("replace")
    with pytest.raises(WrongState):
        manual_payouts.claim(payout, fin())
    assert owed(payout.manager) == (NET.minor, 0, 0)


def test_one_that_leaves_the_queue_takes_only_its_own_along(app):
    manager = make_bank().manager
    first, _second = make_owed(manager), make_owed(manager, 100_000)
    run_sweeps()
    commands.hold_for_dispute(first.subject)
    assert (newest().status, newest().amount) == (ManualStatus.queued, Money(100_000))
    commands.hold_for_dispute(first.subject)
    assert newest().amount == Money(100_000)


def test_while_payouts_are_stopped_it_waits_and_says_so_once(app):
    account = make_bank()
    payout_accounts.doubt(account, Doubt.not_me)
    transfer = make_owed(account.manager)
    for _twice in range(2):
        transfers.begin_transfer(str(transfer.id))
    assert transfer.status == TransferStatus.held
    assert db.session.scalars(select(ManualPayout)).all() == []
