"""Finance's pages of differences, second persons, refunds by staff, Stripe's objects and our bank: what they show and put on record."""
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.payments import commands, queries
from marketplace.payments.models import BankPayout, MoneyProposalStatus, Reconciliation, StripeEvent
from marketplace.payments.views.stripe_objects import _pairs
from tests import people
from tests.factories.payments import (
    make_failed_refund,
    make_failed_transfer,
    make_mismatch,
    make_paid,
    make_proposal,
    make_row,
)
from tests.factories.payouts import fin
from tests.pages import errors, flashed, read, tables, words
from tests.payments.test_staff_refunds import unclaimed
from tests.people import sign_in
from tests.worker import queued

__all__ = ["unclaimed"]


def who(person) -> str:
    return f"person:{person.id}"


@pytest.mark.parametrize(("data", "whole"), [({}, False), ({"whole": "yes"}, True), ({"whole": "no"}, False)])
def test_a_comparison_is_asked_for_by_name_and_of_what_is_new_or_of_everything(finance, data, whole):
    answer = finance.post("/staff/reconciliation", data=data)
    run = db.session.query(Reconciliation).one()
    assert (answer.status_code, answer.location) == (303, f"/staff/reconciliation/{run.id}")
    assert (run.person, run.whole) == (fin(), whole)
    assert flashed(finance) == [("success", "Comparing. The result stands here in a moment.")]


def test_one_comparison_among_others_with_what_it_counted(finance):
    """Of differences, those of the status that is asked for; what Stripe refused stands on the first page only."""
    for number in range(11):
        run = commands.reconcile(by=people.sam())
        run.finished_at, run.checked, run.found = clock.now(), number, number % 2
        run.balances = [{"currency": "BDT", "stripe": 700 + number, "books": 600}]
        db.session.flush()
    make_mismatch(run, stripe_id="ch_open")
    make_mismatch(run, stripe_id="ch_gone", status="gone")
    make_failed_refund(make_row(people.ada()))
    make_failed_transfer(people.ben())
    newest = finance.get("/staff/reconciliation")
    assert "10 things compared" in words(newest)
    assert [row[1] for row in tables(newest)[0]] == ["ch_open"]
    assert tables(newest)[1] == [["BDT", "৳7.10", "৳6", "৳1.10"]]
    assert [row[:2] for row in tables(newest)[2]] == [["Ten posts", "Refund"], ["Ben Das", "Payout"]]
    assert [row[1:] for row in tables(newest)[3]] == [
        ["Sam Akter", ["agrees", "does not agree"][number % 2], str(number % 2)] for number in range(10, 0, -1)]
    earlier = read(newest).find_all("tbody")[3].find_all("a")[4]["href"]
    shown = finance.get(f"{earlier}?status=gone")
    assert "6 things compared" in words(shown)
    assert [row[1] for row in tables(shown)[0]] == ["ch_gone"]
    assert len(tables(shown)) == 3, "differences, balance, comparisons"
    earliest = read(newest).find_all("tbody")[3].find_all("a")[-1]["href"]
    assert "1 thing compared" in words(finance.get(earliest))
    assert [row[1] for row in tables(finance.get("/staff/reconciliation?status=none"))[0]] == ["ch_open"]


def test_how_fresh_what_stripe_tells_is(finance):
    db.session.add_all([StripeEvent(source="platform", event_id=f"evt_{number}", type="x", object_id="", payload={},
                                    happened_at=clock.now(), handled_at=handled)
                        for number, handled in enumerate([None, None, clock.now()])])
    db.session.flush()
    said = words(finance.get("/staff/reconciliation"))
    assert "List of events read never Newest event in it none Events not worked yet 2" in said
    answer = finance.post("/staff/stripe-events/readings")
    assert (answer.status_code, answer.location) == (303, "/staff/reconciliation")
    assert flashed(finance) == [("success", "Stripe's list is being read. What was missed is worked in a moment.")]
    assert [job.task_name for job in queued()] != []


def test_a_difference_shows_both_sides_and_its_repair_who_and_why(finance):
    mismatch = make_mismatch(commands.reconcile(), kind="payout_unknown", stripe_id="po_1", ours_minor=None, theirs_minor=-5000)
    place = f"/staff/mismatches/{mismatch.id}"
    page = read(finance.get(place))
    assert page.find("input", {"name": "how", "checked": True})["value"] == "fetch"
    assert page.find("option", selected=True)["value"] == "bank"
    assert [one["value"] for one in page.find_all("option")] == ["losses", "card_costs", "fees", "bank"]
    refused = finance.post(f"{place}/repairs", data={"how": "explain", "account": "losses", "reason": ""})
    assert (refused.status_code, set(errors(refused))) == (422, {"reason"})
    changed = finance.post(f"{place}/repairs", data={"how": "explain", "account": "losses", "reason": "It is ours."})
    assert "The two sides have changed since." in words(changed)


def test_a_repair_is_on_record_with_its_reason(finance):
    mismatch = make_mismatch(commands.reconcile(), kind="balance", stripe_id="balance", ours_minor=0, theirs_minor=5000)
    place = f"/staff/mismatches/{mismatch.id}"
    answer = finance.post(f"{place}/repairs", data={"how": "explain", "account": "losses", "reason": "It is ours."})
    assert (answer.status_code, answer.location) == (303, place)
    [proposal] = queries.proposals_about(f"mismatch:{mismatch.id}")
    assert (proposal.why, proposal.proposed_by, proposal.details) == ("It is ours.", fin(), {"how": "explain", "account": "losses"})
    assert [row[2:] for row in tables(finance.get(place))[0]] == [["Fin Sultana", "done", "৳50"]]


def test_asking_stripe_is_said_to_take_a_moment(finance):
    mismatch = make_mismatch(commands.reconcile(), kind="missing", stripe_id="ch_1")
    data = {"how": "fetch", "account": "losses", "reason": "Lost."}
    assert finance.post(f"/staff/mismatches/{mismatch.id}/repairs", data=data).status_code == 303
    assert flashed(finance) == [("success", "Stripe is being asked. Look again in a moment.")]


def test_what_is_closed_meanwhile_is_refused_on_its_page(finance):
    mismatch = make_mismatch(commands.reconcile(), status="gone")
    data = {"how": "explain", "account": "losses", "reason": "Known."}
    assert finance.post(f"/staff/mismatches/{mismatch.id}/repairs", data=data).status_code == 422


@pytest.mark.parametrize("thing", ["refund", "transfer"])
def test_what_stripe_refused_is_tried_again_by_name(finance, thing):
    row = make_failed_refund(make_row(people.ada())) if thing == "refund" else make_failed_transfer(people.ben())
    if thing == "refund":
        row.amount_minor = 100
    answer = finance.post(f"/{thing}s/{row.id}/attempts")
    assert (answer.status_code, answer.location) == (303, "/staff/reconciliation")
    assert who(fin()) in {entry.actor for entry in audit.history(row)}


def test_proposals_that_wait_and_that_were_decided(finance):
    run = commands.reconcile()
    waiting, done = (make_proposal(make_mismatch(run, stripe_id=f"ch_{number}"), people.sam()) for number in range(2))
    commands.decline(done, fin(), "Not so.")
    db.session.flush()
    assert [row[0] for row in tables(finance.get("/staff/money-proposals"))[0]] == ["Repair of a difference"]
    [decided] = tables(finance.get("/staff/money-proposals?status=decided"))[0]
    assert decided[2:4] == ["Sam Akter → Fin Sultana", "declined"]
    page = finance.get(f"/staff/money-proposals/{waiting.id}")
    assert read(page).find("a", href=f"/staff/mismatches/{waiting.subject.partition(':')[2]}").get_text() == "Only the ledger has it"


def test_the_second_person_declines_with_a_reason(finance):
    proposal = make_proposal(make_mismatch(commands.reconcile()), people.sam())
    place = f"/staff/money-proposals/{proposal.id}"
    refused = finance.post(f"{place}/refusal", data={"reason": ""})
    assert (refused.status_code, set(errors(refused))) == (422, {"reason"})
    answer = finance.post(f"{place}/refusal", data={"reason": "Look again."})
    assert (answer.status_code, answer.location) == (303, place)
    assert flashed(finance) == [("success", "Declined. Nothing was moved.")]
    assert (proposal.status, proposal.answer, proposal.decided_by) == (MoneyProposalStatus.declined, "Look again.", fin())


def test_the_second_person_confirms(finance):
    proposal = make_proposal(make_mismatch(commands.reconcile(), kind="balance", stripe_id="balance"), people.sam())
    answer = finance.post(f"/staff/money-proposals/{proposal.id}/confirmation")
    assert (answer.status_code, answer.location) == (303, f"/staff/money-proposals/{proposal.id}")
    assert flashed(finance) == [("success", "Confirmed and done.")]
    assert (proposal.status, proposal.decided_by) == (MoneyProposalStatus.done, fin())


def test_what_is_held_of_a_payment_and_what_staff_sent_back(finance):
    payment = make_row(people.ada())
    payment.unclaimed = True
    place = f"/staff/payments/{payment.id}"
    assert tables(finance.get(f"{place}/money")) == [[[f"Step …{payment.subject[-6:]}", "৳7,000"]]]
    refused = finance.post(f"{place}/refunds", data={"amount": "100", "reason": "", "key": "k"})
    assert (refused.status_code, set(errors(refused))) == (422, {"reason"})
    payment.subject = payment.source
    db.session.flush()
    too_much = finance.post(f"{place}/refunds", data={"amount": "7001", "reason": "It came for nothing.", "key": "k"})
    assert too_much.status_code == 422
    assert "7001" in read(too_much).find("input", {"name": "amount"})["value"]


def test_what_staff_sends_back_is_said_and_stands_on_its_page_with_who_and_why(finance, unclaimed):
    place = f"/staff/payments/{unclaimed.id}"
    before = len(tables(finance.get(f"{place}/money")))
    answer = finance.post(f"{place}/refunds", data={"amount": "10", "reason": "It came for nothing.", "key": "k"})
    assert (answer.status_code, answer.location) == (303, f"{place}/money")
    assert flashed(finance) == [("success", "The money is on its way back to the card.")]
    [proposal] = queries.proposals_about(f"payment:{unclaimed.id}")
    assert (proposal.key, proposal.amount.minor) == ("payment_refund:k", 1_000)
    after = finance.get(f"{place}/money")
    assert len(tables(after)) > before
    assert "Fin Sultana done ৳10" in words(after)
    assert "৳10 is on its way back to the card." in words(after)


def test_the_plain_fields_of_stripes_objects_without_what_opens_a_door():
    moment = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
    told = {"created": moment, "amount": 5, "refunds": ["a", "b"], "empty": [], "nothing": None, "client_secret": "s", "receipt_url": "u",
            "card": {"brand": "visa", "client_secret": "s", "checks": {"cvc": "pass"}, "exp": 12}}
    assert [pair for name, value in told.items() for pair in _pairs(name, value)] == [
        ("created", "2026-03-01 12:00:00 UTC"), ("amount", "5"), ("refunds", "2"), ("card.brand", "visa"), ("card.exp", "12")]


def test_stripes_payouts_to_our_bank_newest_first_and_in_pages(finance):
    make_row(people.ada())
    for number in range(26):
        db.session.add(BankPayout(stripe_payout_id=f"po_{number}", amount_minor=100 * (number + 1), currency="BDT",
                                  arrives_on=date(2026, 3, 1)))
        db.session.flush()
    page = finance.get("/staff/bank")
    assert tables(page)[0] == [["BDT", "৳7,203", "৳351", "−৳351"]]
    assert [row[3] for row in tables(page)[1]] == [f"৳{number + 1}" for number in range(25, 1, -1)]
    following = finance.get(read(page).find("nav", class_="dy-pager").a["href"])
    assert [row[3] for row in tables(following)[1]] == ["৳2", "৳1"]


def test_one_of_stripes_objects_with_our_rows(stripe_app, world, client):
    payment = make_paid(world)
    page = sign_in(client, fin()).get(f"/staff/stripe/{payment.stripe_charge_id}")
    assert read(page).h1.get_text() == payment.stripe_charge_id
    assert tables(page)[0][0] == ["Payment", payment.stripe_charge_id, "paid", "৳7,203"]
