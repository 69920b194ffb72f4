"""What finance sees of differences, of money that waits for a second person, and of Stripe at this moment."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands
from marketplace.payments.commands import proposals
from marketplace.payments.models import Mismatch, MismatchKind, MoneyProposalStatus, StripeEvent
from tests import people
from tests.factories.payments import compared, make_mismatch, make_paid, make_payment, make_proposal, make_row
from tests.people import sign_in
from tests.worker import letters, run_jobs, run_sweeps


def rita():
    return people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"], totp_since=people.sam().totp_since)


def soup(answer) -> BeautifulSoup:
    assert answer.status_code == 200, answer.text[-500:]
    return BeautifulSoup(answer.text, "html.parser")


def test_a_difference_says_what_happened_and_is_repaired_from_its_page(stripe_app, world, client):
    payment = make_paid(world)
    refund = world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=1000)
    compared(world)
    browser = sign_in(client, people.sam())
    link = soup(browser.get("/staff/reconciliation")).find("a", string="A refund is not in the ledger")
    page = soup(browser.get(link["href"]))
    text = page.get_text(" ", strip=True)
    assert "Money went back to a card, and the ledger does not know it." in text
    assert refund["id"] in text
    form = page.find("form", class_="dy-form")
    assert [choice["value"] for choice in form.find_all("input", {"name": "how"})] == ["fetch", "adjust", "explain"]
    assert browser.post(form["action"], data={"how": "fetch", "account": "losses", "reason": ""}).status_code == 422
    assert browser.post(form["action"], data={"how": "reverse", "account": "losses", "reason": "No."}).status_code == 422
    assert browser.post(form["action"], data={"how": "fetch", "account": "losses", "reason": "A webhook was lost."}).status_code == 303
    run_jobs()
    after = soup(browser.get(link["href"])).get_text(" ", strip=True)
    assert "A webhook was lost." in after
    assert "repaired" in after
    assert "Sam Akter" in after


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_kind_explains_itself(app, client, language):
    sam = people.sam()
    sam.language = language
    run = commands.reconcile()
    browser = sign_in(client, sam)
    seen = set()
    for number, kind in enumerate(MismatchKind):
        mismatch = make_mismatch(run, kind=kind, stripe_id=f"x_{number}", theirs_minor=5)
        seen.add(soup(browser.get(f"/staff/mismatches/{mismatch.id}")).find("section").find("p").get_text())
    assert len(seen) == len(MismatchKind)


def test_the_letter_names_what_differs_in_the_readers_language(stripe_app, world):
    people.sam().language = "bn"
    world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    compared(world)
    [letter] = letters("sam@example.com")
    assert "একটি টাকা ফেরত খাতায় নেই" in letter.get_body(("plain",)).get_content()


def test_two_people_confirm_on_the_page(app, client):
    mismatch = make_mismatch(commands.reconcile())
    db.session.commit()
    proposal = make_proposal(mismatch, people.sam())
    first = soup(sign_in(client, people.sam()).get(f"/staff/money-proposals/{proposal.id}"))
    assert first.find("form", action=f"/staff/money-proposals/{proposal.id}/confirmation") is None
    assert client.post(f"/staff/money-proposals/{proposal.id}/confirmation").status_code == 403
    browser = sign_in(client, rita())
    assert "Repair of a difference" in soup(browser.get("/staff/money-proposals")).get_text()
    page = soup(browser.get(f"/staff/money-proposals/{proposal.id}"))
    assert "I looked at it." in page.get_text()
    answer = browser.post(f"/staff/money-proposals/{proposal.id}/refusal", data={"reason": "It is real."})
    assert answer.status_code == 303
    db.session.expire_all()
    assert (proposal.status, proposal.answer) == (MoneyProposalStatus.declined, "It is real.")
    assert "Repair of a difference" in soup(browser.get("/staff/money-proposals?status=decided")).get_text()


def test_the_second_person_confirms_on_the_page(app, client):
    mismatch = make_mismatch(commands.reconcile(), kind="balance", stripe_id="balance")
    db.session.commit()
    proposal = make_proposal(mismatch, people.sam())
    browser = sign_in(client, rita())
    assert browser.post(f"/staff/money-proposals/{proposal.id}/confirmation").status_code == 303
    db.session.expire_all()
    assert (proposal.status, proposal.decided_by.name, mismatch.status) == (MoneyProposalStatus.done, "Rita Sen", "explained")


@pytest.mark.parametrize(("differs", "said"), [(TWO_PEOPLE_FROM_MINOR, "second person"), (1, "kept with its reason")])
def test_a_repair_says_whether_it_is_done_or_waits(app, client, differs, said):
    mismatch = make_mismatch(commands.reconcile(), kind="balance", stripe_id="balance", ours_minor=0, theirs_minor=differs)
    browser = sign_in(client, people.sam())
    answer = browser.post(f"/staff/mismatches/{mismatch.id}/repairs", data={"how": "explain", "account": "losses", "reason": "Known."})
    assert said in soup(browser.get(answer.location)).get_text()


def test_much_that_came_for_nothing_waits_for_a_second_person(app, client):
    payment = make_row(people.ada(), Money(TWO_PEOPLE_FROM_MINOR))
    payment.unclaimed = True
    browser = sign_in(client, people.sam())
    data = {"amount": f"{TWO_PEOPLE_FROM_MINOR // 100}", "reason": "It came for nothing.", "key": "k"}
    answer = browser.post(f"/staff/payments/{payment.id}/refunds", data=data)
    assert "second person" in soup(browser.get(answer.location)).get_text()
    assert proposals.find("payment_refund:k").status == MoneyProposalStatus.waiting
    assert books.held(payment.subject).minor == TWO_PEOPLE_FROM_MINOR


def test_one_of_stripes_objects_is_looked_at_now(stripe_app, world, client):
    payment = make_paid(world)
    browser = sign_in(client, people.sam())
    text = soup(browser.get(f"/staff/stripe/{payment.stripe_charge_id}")).get_text(" ", strip=True)
    assert "succeeded" in text
    assert str(payment.id) in text
    assert "client_secret" not in text
    assert "Stripe has nothing under this id." in soup(browser.get("/staff/stripe/ch_none")).get_text()


def test_a_silent_stripe_is_said_beside_our_own_records(stripe_app, world, client):
    payment = make_paid(world)
    world.fault("status:500", "/v1/charges", method="GET")
    text = soup(sign_in(client, people.sam()).get(f"/staff/stripe/{payment.stripe_charge_id}")).get_text(" ", strip=True)
    assert "Stripe does not answer just now." in text
    assert "৳7,203" in text


def test_a_posting_leads_to_stripe_and_to_why_finance_added_it(stripe_app, world, client):
    make_paid(world)
    world.do("settling")
    world.call("POST", "payouts", amount=5000, currency="bdt")
    compared(world)
    mismatch = db.session.query(Mismatch).one()
    commands.repair(mismatch, "adjust", people.sam(), "Our own payout of today.")
    posting = books.by_key(f"mend:{mismatch.id}")
    page = soup(sign_in(client, people.sam()).get(f"/staff/ledger/{posting.id}"))
    assert "Our own payout of today." in page.get_text()
    assert page.find("a", href=f"/staff/stripe/{mismatch.stripe_id}")


def test_missed_events_are_fetched_by_the_button(stripe_app, world, client):
    payment = make_payment()
    world.pay(payment.checkout_url)
    browser = sign_in(client, people.sam())
    assert "never" in soup(browser.get("/staff/reconciliation")).get_text()
    assert browser.post("/staff/stripe-events/readings").status_code == 303
    run_jobs()
    assert db.session.query(StripeEvent).count() > 0
    assert payment.succeeded_at
    assert "never" not in soup(browser.get("/staff/reconciliation")).get_text()


def test_a_payment_that_came_for_nothing_is_sent_back_by_staff(stripe_app, world, client):
    payment = make_payment()
    commands.cancel_checkout(payment, by=people.ada())
    world.pay(payment.checkout_url)
    world.fault("status:402", "/v1/refunds$", method="POST")
    run_sweeps()
    db.session.expire_all()
    assert payment.unclaimed
    browser = sign_in(client, people.sam())
    page = soup(browser.get(f"/staff/payments/{payment.id}/money"))
    key = page.find("input", {"name": "key"})["value"]
    data = {"amount": "7,203", "reason": "It came after they called it off.", "key": key}
    assert browser.post(f"/staff/payments/{payment.id}/refunds", data=data).status_code == 303
    run_jobs()
    db.session.expire_all()
    assert books.held(payment.holder) == Money(0)


def test_held_money_of_a_step_is_not_sent_back_past_it(stripe_app, world, client):
    payment = make_paid(world)
    data = {"amount": "100", "reason": "No.", "key": "k"}
    answer = sign_in(client, people.sam()).post(f"/staff/payments/{payment.id}/refunds", data=data)
    assert answer.status_code == 422
    assert proposals.find("payment_refund:k") is None


def unclaimed(world):
    """A payment that came after it was called off, and could not be sent back by itself."""
    payment = make_payment()
    commands.cancel_checkout(payment, by=people.ada())
    world.pay(payment.checkout_url)
    world.fault("status:402", "/v1/refunds$", method="POST")
    run_sweeps()
    db.session.expire_all()
    return payment


def test_staff_names_a_sum_and_a_reason_and_a_second_tap_is_the_same_refund(stripe_app, world, client):
    payment, sam = unclaimed(world), people.sam()
    facts = {"by": sam, "why": "It came for nothing.", "key": "k"}
    address = f"/staff/payments/{payment.id}/refunds"
    assert sign_in(client, sam).post(address, data={"amount": "", "reason": "No sum.", "key": "k"}).status_code == 422
    with pytest.raises(Invalid):
        commands.refund_by_staff(payment, Money(0), **facts)
    proposal = commands.refund_by_staff(payment, Money(100), **facts)
    assert commands.refund_by_staff(payment, Money(100), **facts) is proposal


def test_declining_needs_a_reason_and_a_repair_says_why_it_was_refused(app, client):
    mismatch = make_mismatch(commands.reconcile())
    db.session.commit()
    proposal = make_proposal(mismatch, people.sam())
    browser = sign_in(client, rita())
    assert browser.post(f"/staff/money-proposals/{proposal.id}/refusal", data={"reason": ""}).status_code == 422
    answer = browser.post(f"/staff/mismatches/{mismatch.id}/repairs", data={"how": "reverse", "reason": "It is forged."})
    assert answer.status_code in (409, 422)
    assert proposal.status == MoneyProposalStatus.waiting


def test_a_dispute_shows_how_many_movements_it_had(stripe_app, world, client):
    payment = make_paid(world)
    dispute = world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]
    cells = soup(sign_in(client, people.sam()).get(f"/staff/stripe/{dispute}")).find("main").get_text("|", strip=True)
    assert "balance_transactions|1" in cells
