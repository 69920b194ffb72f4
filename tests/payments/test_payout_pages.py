"""Finance's pages of payouts by hand and of what must be looked at: what they show, say, and put on record."""
from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from marketplace.accounts.models import Session
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.managers.commands import begin
from marketplace.payments import queries
from marketplace.payments.commands import manual_payouts, payout_accounts
from marketplace.payments.models import Doubt, ManualPayout, ManualStatus, PayoutAccount
from tests import people
from tests.factories.contracts import make_contract
from tests.factories.files import picture
from tests.factories.payouts import BANK, fin, make_bank, make_check, make_claimed, make_owed, make_queued, make_recorded
from tests.pages import errors, flashed, read, tables, words


def who(person) -> str:
    return f"person:{person.id}"


def test_what_i_pay_what_waits_what_is_due_and_what_was_decided(finance):
    third = people.person_named("Third Das", "third@example.com")
    make_recorded(people.sam(), people.eve())
    make_claimed(fin(), third)
    make_queued(people.person_named("Fourth Das", "fourth@example.com"), net=40_000)
    make_check(people.person_named("Fifth Das", "fifth@example.com"))
    account = make_bank()
    db.session.add_all([ManualPayout(account=account, manager=account.manager, rail=account.rail, status=status, amount_minor=100,
                                     reference=f"TRX10{number:02}", decided_at=clock.now())
                        for number, status in enumerate(["confirmed", "refused", "returned"] * 7)])
    answer = finance.get("/staff/payouts")
    mine, others, due, decided = tables(answer)
    assert [row[0] for row in mine] == ["Third Das"]
    assert [(row[0], row[2], row[3]) for row in others] == [("Eve Haque", "waits for a second person", "Sam Akter")]
    assert [(row[0], row[3], row[4]) for row in due] == [("Fourth Das", "gathers", "৳400")]
    assert [row[1] for row in decided] == [f"TRX10{number:02}" for number in range(20, 0, -1)]
    assert [row[2] for row in decided[:3]] == ["came back, owed again", "not paid, owed again", "arrived"]
    assert "Less than ৳500 is gathered" in words(answer)
    assert "Accounts and payouts to look at: 1" in words(answer)


def test_the_file_has_all_that_the_banks_page_asks_for_and_taking_it_is_on_record(finance):
    payout = make_claimed(fin())
    answer = finance.get("/staff/payouts.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="payouts.csv"'
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [
        ["Rail", "Holder", "Bank", "Branch", "Routing number", "Account number", "Amount", "Currency", "Our number"],
        ["manual_bank", "Ben Das", "City Bank", "Dhanmondi", "225261234", "1402567890123", "6300.00", "BDT", str(payout.id)]]
    taken = audit.history(payout)[0]
    assert (taken.action, taken.actor) == ("manual_payout.export", who(fin()))


def test_a_wallet_has_no_bank_in_the_file(finance):
    manual_payouts.claim(make_queued(rail="manual_bkash"), fin())
    [_columns, row] = csv.reader(io.StringIO(finance.get("/staff/payouts.csv").data.decode("utf-8-sig")))
    assert row[:6] == ["manual_bkash", "Ben Das", "", "", "", "01712345678"]


def test_the_account_is_shown_in_full_only_while_somebody_pays_or_confirms(finance):
    payout = make_queued()
    place = f"/staff/payouts/{payout.id}"
    seen = [BANK["number"].replace(" ", "") in words(finance.get(place))]
    for act in (lambda: manual_payouts.claim(payout, fin()),
                lambda: manual_payouts.record_paid(payout, fin(), "TRX1234", clock.today().date(), io.BytesIO(picture()), "a.png"),
                lambda: manual_payouts.confirm(payout, people.sam())):
        act()
        seen.append(BANK["number"].replace(" ", "") in words(finance.get(place)))
    assert seen == [False, True, True, False]
    assert tables(finance.get(place))[0][0][2] == "৳6,300"


def test_claiming_and_recording_lead_back_to_the_payout(finance):
    payout, today = make_queued(), clock.today().date()
    place = f"/staff/payouts/{payout.id}"
    answer = finance.post(f"{place}/claim")
    assert (answer.status_code, answer.location, payout.claimed_by) == (303, place, fin())
    assert read(finance.get(place)).find("input", {"name": "paid_on"})["value"] == today.isoformat()
    yesterday = {"reference": "TRX 5566", "paid_on": (today - timedelta(days=1)).isoformat(), "proof": (io.BytesIO(picture()), "slip.png")}
    refused = finance.post(f"{place}/payment", data=yesterday)
    assert (refused.status_code, set(errors(refused))) == (422, {"paid_on"})
    answer = finance.post(f"{place}/payment", data={"reference": "TRX 5566", "paid_on": today.isoformat(),
                                                    "proof": (io.BytesIO(picture()), "slip.png")})
    assert (answer.status_code, answer.location) == (303, place)
    db.session.expire_all()
    assert (payout.reference, payout.paid_on, payout.proof.name, payout.claimed_by) == ("TRX5566", today, "slip.png", fin())


def test_the_second_person_confirms_and_what_came_back_is_told_why(finance):
    payout = make_recorded(people.sam())
    place = f"/staff/payouts/{payout.id}"
    answer = finance.post(f"{place}/confirmation")
    assert (answer.status_code, answer.location) == (303, place)
    assert flashed(finance) == [("success", "Confirmed: it has arrived, and the manager is told.")]
    refused = finance.post(f"{place}/return", data={"why": ""})
    assert (refused.status_code, set(errors(refused))) == (422, {"why"})
    answer = finance.post(f"{place}/return", data={"why": "Account closed"})
    assert (answer.status_code, answer.location) == (303, place)
    assert (payout.status, payout.why, payout.decided_by) == (ManualStatus.returned, "Account closed", fin())


def test_a_refused_form_leaves_the_other_one_as_it_was(finance):
    place = f"/staff/payouts/{make_claimed(fin()).id}"
    refused = finance.post(f"{place}/refusal", data={"why": ""})
    assert set(errors(refused)) == {"why"}
    assert read(refused).find("input", {"name": "paid_on"})["value"] == clock.today().date().isoformat()


def test_what_was_not_paid_is_told_why(finance):
    payout = make_recorded(people.sam())
    place = f"/staff/payouts/{payout.id}"
    assert set(errors(finance.post(f"{place}/refusal", data={"why": ""}))) == {"why"}
    answer = finance.post(f"{place}/refusal", data={"why": "Not on our statement"})
    assert (answer.status_code, answer.location) == (303, place)
    assert (payout.status, payout.why, payout.decided_by) == (ManualStatus.refused, "Not on our statement", fin())


@pytest.mark.parametrize(("act", "status"), [("pass", "passed"), ("refusal", "refused")])
def test_a_doubt_is_looked_at_beside_all_that_is_known(finance, act, status):
    first = make_bank()
    second = make_bank(number="9999 888 777666")
    payout_accounts.doubt(second, Doubt.not_me)
    [check] = queries.open_checks_of(second)
    listed = finance.get("/staff/payout-checks")
    assert [row[:3] for row in tables(listed)[0]] == [
        ["Ben Das", "The manager says it was somebody else; nothing is sent meanwhile", "City Bank •••• 7666"]]
    page = finance.get(f"/staff/payout-checks/{check.id}")
    assert "The manager says it was somebody else" in words(page)
    assert "9999888777666" in words(page)
    assert [row[0] for row in tables(page)[0]] == [first.masked]
    assert set(errors(finance.post(f"/staff/payout-checks/{check.id}/{act}", data={"why": ""}))) == {"why"}
    answer = finance.post(f"/staff/payout-checks/{check.id}/{act}", data={"why": "Spoke with Ben"})
    assert (answer.status_code, answer.location) == (303, "/staff/payout-checks")
    assert (check.status, check.why, check.decided_by_id) == (status, "Spoke with Ben", fin().id)


def test_of_an_account_at_stripe_only_what_stripe_tells_is_shown(finance):
    account = PayoutAccount(manager=begin(people.ben()), rail="stripe_connect", status="current", masked="City Bank •••• 6789")
    payout_accounts.doubt(account, Doubt.shared)
    [check] = queries.open_checks_of(account)
    page = finance.get(f"/staff/payout-checks/{check.id}")
    assert "Another manager is paid to the same account" in words(page)
    assert "City Bank •••• 6789" in words(page)
    assert tables(page) == []


def test_a_payout_that_waits_leads_to_its_contract_and_is_let_go_by_name(finance):
    contract = make_contract()
    transfer = make_owed(make_bank().manager)
    transfer.contract, transfer.check_reason = f"contract:{contract.id}", "cash_out"
    place = f"/staff/payout-checks/transfers/{transfer.id}"
    assert tables(finance.get("/staff/payout-checks"))[0][0][1] == "Released within a day of the card's payment, with no work on record"
    page = finance.get(place)
    assert "Released within a day of the card's payment" in words(page)
    assert read(page).find("a", href=f"/contracts/{contract.id}")
    assert set(errors(finance.post(place, data={"why": ""}))) == {"why"}
    answer = finance.post(place, data={"why": "They met"})
    assert (answer.status_code, answer.location) == (303, "/staff/payout-checks")
    assert flashed(finance) == [("success", "It goes when its day has come.")]
    passed = audit.history(transfer)[0]
    assert (passed.actor, passed.details["why"]) == (who(fin()), "They met")


@pytest.mark.parametrize("act", ["pass", "refusal", "transfer"])
def test_looking_needs_the_password_of_a_moment_ago(finance, act):
    check = make_check()
    transfer = make_owed(check.manager, check_reason="cash_out")
    for session in db.session.query(Session):
        session.confirmed_at = clock.now() - timedelta(minutes=16)
    place = f"/staff/payout-checks/transfers/{transfer.id}" if act == "transfer" else f"/staff/payout-checks/{check.id}/{act}"
    assert finance.post(place, data={"why": "Because"}).location.startswith("/password-again")
    assert (check.status, transfer.check_reason) == ("open", "cash_out")
