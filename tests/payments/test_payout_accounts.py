"""Where managers are paid: first at once, changes told and waited for, doubts looked at by staff, one link that stops it all."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from marketplace.accounts.commands import emails, links, sign_ins
from marketplace.accounts.models import LinkPurpose, Session
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError, Invalid, NotAllowed, WrongState
from marketplace.managers.commands import begin
from marketplace.payments import commands, queries
from marketplace.payments.commands import manual_payouts, payout_accounts
from marketplace.payments.commands.rails.manual import details_of
from marketplace.payments.models import Doubt, ManualPayout, ManualStatus, PayoutCheck, Rail, Transfer, TransferStatus
from tests import people
from tests.factories.managers import make_manager
from tests.factories.payments import make_account
from tests.factories.payouts import BANK, fin, make_bank, make_check, make_owed, make_queued, newest
from tests.people import sign_in
from tests.worker import body, letters, run_jobs, run_sweeps

WAIT = timedelta(days=4)
"""Longer than the wait: it ends within the hours in which clocks end."""


def soup(answer, status=200) -> BeautifulSoup:
    assert answer.status_code == status, answer.text[-600:]
    return BeautifulSoup(answer.text, "html.parser")


def link_of(address="ben@example.com"):
    run_jobs()
    return re.search(r"http://\S+(/payments/payout-account/stop/\S+)", body(letters(address)[-1]))[1]


def changed(**details):
    """A second account beside the first."""
    return make_bank(number="9999 888 777666", **details)


def statuses(*accounts):
    return [str(account.status) for account in accounts]


def test_the_first_one_is_used_at_once_and_told(app):
    account = make_bank()
    assert (account.status, queries.payout_account(account.manager_id)) == ("current", account)
    run_jobs()
    [letter] = letters("ben@example.com")
    assert "City Bank •••• 0123" in body(letter)
    assert "1402567890123" not in body(letter)


def test_an_address_left_a_short_while_ago_hears_of_a_change_and_can_stop_it(app, client):
    account, ben = make_bank(), people.ben()
    leave_for(ben, "thief@example.com")
    second = make_bank(ben, number="9999 888 777666")
    client.post(link_of("ben@example.com"))
    db.session.expire_all()
    assert (second.status, queries.payouts_stopped(account.manager_id)) == ("cancelled", True)


def test_an_address_left_long_ago_or_taken_by_somebody_else_hears_nothing(app):
    ben = people.ben()
    make_bank(ben)
    leave_for(ben, "second@example.com")
    clock.move(emails.FORMER)
    run_sweeps()
    leave_for(ben, "third@example.com")
    people.person_named("Second", "second@example.com")
    run_jobs()
    before = [len(letters(address)) for address in ("ben@example.com", "second@example.com", "third@example.com")]
    make_bank(ben, number="9999 888 777666")
    run_jobs()
    after = [len(letters(address)) for address in ("ben@example.com", "second@example.com", "third@example.com")]
    assert [more - less for more, less in zip(after, before, strict=True)] == [0, 0, 1]


def leave_for(person, address):
    """Take another address, as the link sent there does."""
    emails.change(person, links.issue(person, LinkPurpose.change_email, emails.LASTS, address))


def test_a_change_is_told_and_waits_and_the_old_one_is_used_meanwhile(app):
    before = clock.now()
    first, second = make_bank(), changed()
    assert statuses(first, second) == ["current", "waiting"]
    assert before + timedelta(days=3) <= second.takes_over_at < clock.now() + WAIT
    assert "stop" in link_of()
    make_owed(first.manager)
    run_sweeps()
    assert newest().account is first
    clock.move(timedelta(days=2))
    run_sweeps()
    assert statuses(first, second) == ["current", "waiting"]
    clock.move(WAIT)
    run_sweeps()
    assert statuses(first, second) == ["former", "current"]
    assert second.replaces_id == first.id
    run_sweeps()
    assert newest().account is second, "what nobody had claimed moves along"


def test_what_is_on_its_way_goes_to_the_account_it_began_with(app):
    payout, second = make_queued(), changed()
    manual_payouts.claim(payout, fin())
    clock.move(WAIT)
    run_sweeps()
    [transfer] = queries.transfers_in(payout)
    assert (second.status, payout.status) == ("current", ManualStatus.claimed)
    assert transfer.account_id == payout.account_id != second.id


def test_nothing_is_claimed_for_an_account_that_rests(app):
    payout, second = make_queued(), changed()
    clock.move(WAIT)
    payout_accounts.take_over(str(second.id))
    with pytest.raises(WrongState):
        manual_payouts.claim(payout, fin())


def test_a_queue_left_behind_is_emptied(app):
    """A job that read the old account just before the new one took over."""
    payout, second = make_queued(), changed()
    clock.move(WAIT)
    payout.account.move("replace")
    db.session.flush()
    second.move("take_over")
    run_sweeps()
    run_sweeps()
    assert payout.status == ManualStatus.cancelled
    assert newest().account is second


def test_the_link_stops_it_all(app, client):
    """Opened by a scanner it changes nothing; its button drops the change, empties the queue, and nothing is sent."""
    payout, second = make_queued(), changed()
    link = link_of()
    assert "আপনি না হলে এখনই থামান" in soup(client.get(link)).get_text()
    assert second.status == "waiting"
    assert "থামানো হলো" in soup(client.post(link)).get_text()
    assert client.post(link).status_code == 200
    db.session.expire_all()
    assert (second.status, payout.status) == ("cancelled", ManualStatus.cancelled)
    run_sweeps()
    assert db.session.scalars(select(Transfer.status)).all() == [TransferStatus.held]
    with pytest.raises(WrongState):
        payout_accounts.choose(payout.manager, Rail.manual_bank, BANK | {"number": "5555444433332"}, people.ben())
    run_jobs()
    assert letters("ben@example.com")[-1]["Subject"] == "Our team looks at where you are paid"


def test_a_forged_link_leads_nowhere(app, client):
    make_bank()
    link = link_of()
    assert client.get(f"{link}x").status_code == 404
    assert client.post(f"{link[:-3]}abc").status_code == 404


def test_staff_looks_and_payouts_go_on(app, client):
    make_bank()
    link = link_of()
    client.post(link)
    [check] = db.session.scalars(select(PayoutCheck))
    make_owed(check.manager)
    run_sweeps()
    assert db.session.scalars(select(ManualPayout)).all() == []
    browser = sign_in(client, people.sam())
    assert "The manager says it was somebody else" in soup(browser.get("/staff/payout-checks")).get_text()
    page = soup(browser.get(f"/staff/payout-checks/{check.id}"))
    assert "1402567890123" in page.get_text()
    assert "Write why" in soup(browser.post(f"/staff/payout-checks/{check.id}/pass", data={}), 422).get_text()
    assert browser.post(f"/staff/payout-checks/{check.id}/pass", data={"why": "Spoke with Ben"}).status_code == 303
    assert browser.post(f"/staff/payout-checks/{check.id}/pass", data={"why": "Again"}).status_code == 409
    run_sweeps()
    assert newest().status == ManualStatus.queued


def test_refused_after_it_took_over_the_one_before_is_used_again(app):
    first, second = make_bank(), changed()
    clock.move(WAIT)
    run_sweeps()
    payout_accounts.disown(second)
    [check] = queries.open_checks_of(second)
    payout_accounts.refuse_check(check, fin(), "It was her cousin")
    assert statuses(first, second) == ["current", "refused"]
    assert not queries.payouts_stopped(first.manager_id)


def test_nobody_of_finance_looks_at_themselves(app):
    check = make_check(people.sam())
    for decide in (payout_accounts.pass_check, payout_accounts.refuse_check):
        with pytest.raises(NotAllowed):
            decide(check, people.sam(), "It was me")


def test_another_name_than_the_id_s_is_explained_and_waits_for_staff(app, client):
    ben = people.ben()
    manager = make_manager(ben, name="Ben Das")
    browser = sign_in(client, ben)
    typed = BANK | {"holder": "Rahim Das"}
    page = soup(browser.post("/payments/payout-account/bank", data=typed), 422)
    assert "Ben Das" in page.find(id="holder-error").get_text()
    assert page.find("input", {"name": "number"})["value"] == BANK["number"]
    assert page.find("input", {"name": "ask_check"})
    assert queries.next_payout_account(manager.id) is None
    assert browser.post("/payments/payout-account/bank", data=typed | {"ask_check": "y"}).status_code == 303
    account = queries.next_payout_account(manager.id)
    assert (account.status, queries.payout_account(manager.id)) == ("checking", None)
    [check] = queries.open_checks_of(account)
    assert check.doubt == "name"
    payout_accounts.pass_check(check, fin(), "Rahim is the name on the NID's back")
    assert account.status == "current"
    [approved] = [entry for entry in audit.history(account) if entry.action.endswith(".approve")]
    assert (approved.actor, approved.details["why"]) == (f"person:{fin().id}", "Rahim is the name on the NID's back")


@pytest.mark.parametrize("holder", ["ben das", "Ben  Das.", "BEN DAS"])
def test_dots_case_and_spaces_are_no_other_name(app, holder):
    make_manager(people.ben(), name="Ben Das")
    assert make_bank(holder=holder).status == "current"


def test_a_profile_renamed_after_vetting_does_not_rename_the_id(app):
    make_manager(people.ben(), name="Ben Das")
    make_manager(people.ben(), name="Rahim Das", vetted=())
    with pytest.raises(Invalid):
        make_bank(holder="Rahim Das")


def test_a_change_that_was_checked_still_waits(app):
    first = make_bank()
    second = changed(holder="B. Das", ask_check=True)
    payout_accounts.pass_check(queries.open_checks_of(second)[0], fin(), "Seen on the NID")
    assert statuses(first, second) == ["current", "waiting"]


def test_an_account_of_another_manager_is_looked_at(app):
    make_bank()
    shared = make_bank(people.eve(), number=BANK["number"], routing=BANK["routing"])
    assert (shared.status, [check.doubt for check in queries.open_checks_of(shared)]) == ("checking", ["shared"])
    assert not queries.payouts_stopped(shared.manager_id)


def test_a_new_browser_and_a_new_account_stop_payouts(app):
    """As the sign-in page finds: a browser that never signed in as this person."""
    first = make_bank()
    ben = people.ben()
    ben.signed_in_at = clock.now() - timedelta(days=30)
    sign_ins.enter(ben, sign_ins.Browser(address="203.0.113.9", device="New phone"))
    second = changed()
    assert (statuses(first, second), queries.payouts_stopped(first.manager_id)) == (["current", "checking"], True)
    payout_accounts.refuse_check(queries.open_checks_of(second)[0], fin(), "Not Ben")
    assert (statuses(first, second), queries.payouts_stopped(first.manager_id)) == (["current", "refused"], False)


def test_after_a_week_a_browser_is_new_no_more(app):
    make_bank()
    ben = people.ben()
    ben.signed_in_at = clock.now()
    sign_ins.enter(ben, sign_ins.Browser(address="203.0.113.9", device="New phone"))
    clock.move(timedelta(days=7, seconds=1))
    assert changed().status == "waiting"


def test_a_known_browser_stops_nothing(app):
    make_bank()
    ben = people.ben()
    ben.signed_in_at = clock.now()
    sign_ins.enter(ben, sign_ins.Browser(address="203.0.113.9", device="Own phone", people=(str(ben.id),)))
    assert changed().status == "waiting"


def test_a_later_change_takes_the_place_of_the_one_that_waits(app):
    first, second, third = make_bank(), changed(), make_bank(rail=Rail.manual_bkash)
    assert statuses(first, second, third) == ["current", "cancelled", "waiting"]


def test_the_same_account_again_is_said(app):
    make_bank()
    with pytest.raises(Invalid) as refusal:
        make_bank()
    assert refusal.value.field == "number"


def test_a_manager_takes_the_change_back(app, client):
    first, second = make_bank(), changed()
    browser = sign_in(client, people.ben())
    page = soup(browser.get("/payments/payout-account"))
    assert "City Bank •••• 7666" in page.get_text()
    action = page.find("form", action=re.compile("cancellation"))["action"]
    assert browser.post(action).status_code == 303
    assert browser.post(action).status_code == 409
    db.session.expire_all()
    assert statuses(first, second) == ["current", "cancelled"]


@pytest.mark.parametrize("address", ["bank", "bkash"])
def test_giving_an_account_needs_the_password_of_a_moment_ago(app, client, address):
    manager = make_bank().manager
    browser = sign_in(client, manager.person)
    for session in db.session.scalars(select(Session)):
        session.confirmed_at = clock.now() - timedelta(minutes=16)
    answer = browser.post(f"/payments/payout-account/{address}", data=BANK | {"number": "01712345678"})
    assert answer.location.startswith("/password-again")
    assert queries.next_payout_account(manager.id) is None


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_pages_in_both_languages(app, client, language):
    account = make_bank()
    account.manager.person.language = language
    link = link_of()
    browser = sign_in(client, account.manager.person)
    for address in ("/payments/payout-account", "/payments/payout-account/bank", "/payments/payout-account/bkash", link):
        assert soup(browser.get(address)).html["lang"] == language


def test_a_bkash_number_is_given_on_its_page(app, client):
    ben = people.ben()
    make_manager(ben, name="Ben Das")
    browser, typed = sign_in(client, ben), {"holder": "Ben Das", "number": "123"}
    assert "begins with 01" in soup(browser.post("/payments/payout-account/bkash", data=typed), 422).get_text()
    assert browser.post("/payments/payout-account/bkash", data=typed | {"number": "০১৭১২৩৪৫৬৭৮"}).status_code == 303
    text = soup(browser.get("/payments/payout-account")).get_text(" ", strip=True)
    assert "bKash •••• 5678" in text
    assert "From ৳500; beyond ৳25,000 it comes in several transfers." in text
    assert browser.post("/payments/payout-account/bank", data=BANK).status_code == 303
    assert "until then you are paid as before" in soup(browser.get("/payments/payout-account")).get_text()


def test_from_stripe_to_a_bank_and_back(stripe_app, world):
    at_stripe = make_account(world)
    in_bank = make_bank()
    assert statuses(at_stripe, in_bank) == ["current", "waiting"]
    clock.move(WAIT)
    run_sweeps()
    assert statuses(at_stripe, in_bank) == ["former", "current"]
    commands.onboard(at_stripe.manager)
    assert statuses(at_stripe, in_bank) == ["waiting", "current"]
    clock.move(WAIT)
    run_sweeps()
    assert statuses(at_stripe, in_bank) == ["current", "former"]


def test_another_bank_at_stripe_is_told_and_waits(stripe_app, world):
    """Stripe's own pages change it; we hear of it, and send nothing for some days."""
    account = make_account(world)
    transfer = make_owed(account.manager)
    world.do(f"accounts/{account.stripe_account_id}/onboarding", account_number="000777777777")
    commands.sync_account(account)
    assert account.masked.endswith("7777")
    run_sweeps()
    assert transfer.status == TransferStatus.held
    assert "7777" in body(letters("ben@example.com")[1])
    world.advance(WAIT)
    assert account.manager_id in set(db.session.scalars(queries.payable_managers()))


def test_hearing_of_the_same_bank_again_changes_nothing(stripe_app, world):
    account = make_account(world)
    world.do(f"accounts/{account.stripe_account_id}/onboarding", account_number="000123456789")
    commands.sync_account(account)
    assert account.takes_over_at is None


def test_what_stripe_refuses_to_open_is_said(stripe_app, world):
    world.fault("status:402", "/v1/account_links$", method="POST")
    with pytest.raises(DomainError):
        commands.onboard(begin(people.ben()))


def test_while_one_change_waits_stripe_is_no_second_one(stripe_app, world):
    waiting = changed(person=make_bank().manager.person)
    with pytest.raises(WrongState):
        commands.onboard(waiting.manager)
    assert queries.stripe_account(waiting.manager_id) is None


def test_while_one_change_waits_the_account_at_stripe_does_not_come_back(stripe_app, world):
    at_stripe, in_bank = make_account(world), make_bank()
    clock.move(WAIT)
    run_sweeps()
    waiting = changed()
    with pytest.raises(WrongState):
        commands.onboard(at_stripe.manager)
    assert statuses(at_stripe, in_bank, waiting) == ["former", "current", "waiting"]


def test_while_payouts_are_stopped_nothing_takes_over(app):
    first, second = make_bank(), changed()
    payout_accounts.doubt(first, Doubt.not_me)
    clock.move(WAIT)
    payout_accounts.take_over(str(second.id))
    payout_accounts.take_over(str(first.id))
    assert statuses(first, second) == ["current", "waiting"]


def test_one_refusal_ends_every_doubt_about_an_account_and_the_next_takes_its_place(app):
    """With none before it nothing is used, until the one that waits takes over."""
    first, second = make_bank(), changed()
    payout_accounts.doubt(first, Doubt.not_me, Doubt.name)
    payout_accounts.refuse_check(queries.open_checks_of(first)[0], fin(), "Somebody else's")
    assert (queries.open_checks_of(first), statuses(first, second)) == ([], ["refused", "waiting"])
    assert queries.payout_account(first.manager_id) is None
    clock.move(WAIT)
    run_sweeps()
    assert statuses(first, second) == ["refused", "current"]


def test_a_dropped_change_stays_dropped_when_finance_refuses_it(app):
    make_bank()
    second = changed()
    payout_accounts.disown(second)
    payout_accounts.refuse_check(queries.open_checks_of(second)[0], fin(), "Somebody else's")
    assert second.status == "cancelled"


def test_details_are_sealed_anew_by_one_command(app):
    account = make_bank()
    sealed = account.sealed
    said = app.test_cli_runner().invoke(args=["payout-accounts", "reseal"])
    assert said.output == "1 payout accounts sealed anew\n"
    db.session.expire_all()
    assert (account.sealed != sealed, details_of(account)["holder"]) == (True, "Ben Das")
