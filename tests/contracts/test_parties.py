"""Nobody hires themselves: what says that both sides are the same people, and what the team says to that."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.businesses.models import Role
from marketplace.contracts.commands import bonuses, contracts, funding, parties, retainers, settlements
from marketplace.contracts.commands.parties import PartiesAlike
from marketplace.contracts.models import Bonus, BonusStatus, ContractStatus, MilestoneStatus, PartyCheck, PartyCheckStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.party_check import Sign
from marketplace.contracts.queries.parties import blocking_signs
from marketplace.core import audit, clock, i18n
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.moderation.commands import clear_parties, decide
from marketplace.moderation.models import Report
from marketplace.payments import commands as payments
from marketplace.payments.models import PaymentStatus, Rail
from marketplace.payments.queries import payments_for
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.factories.contracts import make_approved, make_milestone
from tests.factories.payments import make_paid, make_row
from tests.factories.payouts import BKASH, make_bank
from tests.factories.retainers import make_consent, make_next_month
from tests.pages import words
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.people import sign_in
from tests.worker import body, letters, run_jobs, run_sweeps

__all__ = ["sandbox_program", "stripe_app", "world"]
HERE = "https://dayitto.example/here"
MASTERCARD = "5555555555554444"
WHY = "I spoke with both of them."


def pay(milestone):
    return funding.start_funding(milestone, people.ada(), HERE, HERE)


def blocked(milestone):
    with pytest.raises(PartiesAlike) as refusal:
        pay(milestone)
    with i18n.speaking("en"):
        return str(refusal.value.message)


def of_both(milestone):
    """The manager belongs to the business."""
    make_member(milestone.contract.business, people.ben())
    return milestone


def one(table):
    return db.session.scalars(select(table).execution_options(populate_existing=True)).one()


def decided(uphold, by=None):
    report, check = one(Report), one(PartyCheck)
    decide(report, by or people.sam(), uphold, WHY, check)
    return check


def subjects_to(address):
    run_jobs()
    return [letter["Subject"] for letter in letters(address)]


def test_who_belongs_to_the_business_is_not_paid_by_it_before_the_team_has_looked(app):
    milestone = of_both(make_milestone())
    for _try in range(2):
        assert "help@dayitto.example" in blocked(milestone)
    check, report = one(PartyCheck), one(Report)
    assert (milestone.status, check.status, check.signs) == (MilestoneStatus.planned, PartyCheckStatus.open, [Sign.person])
    assert (report.reason, report.subject, report.title) == ("same_people", f"party_check:{check.id}", "Ada's Boutique – Ben Das")
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == report.subject)).all() == ["party_check.ask"]


@pytest.mark.parametrize(("payer", "role", "signs"), [
    ("ben", None, [Sign.card]), ("eve", Role.finance, [Sign.card]), ("eve", Role.viewer, []), ("eve", None, [])])
def test_a_card_that_the_manager_has_paid_with_counts_wherever_it_was(app, payer, role, signs):
    milestone = make_milestone()
    theirs, his = make_row(people.ada()), make_row(getattr(people, payer)())
    theirs.card_key, his.card_key = "same", "same"
    if role:
        make_member(his.business, people.ben(), role)
    assert blocking_signs(milestone.contract) == signs
    his.card_key = "another"
    assert blocking_signs(milestone.contract) == []


def test_who_spends_for_the_business_is_not_paid_to_the_managers_account(app):
    milestone = make_milestone()
    for person in (people.ben(), people.eve()):
        make_bank(person, Rail.manual_bkash, number=BKASH["number"])
    member = make_member(milestone.contract.business, people.eve(), Role.approver)
    assert blocking_signs(milestone.contract) == [], "who does not spend"
    member.role = Role.finance
    assert blocking_signs(milestone.contract) == [Sign.payout_account]
    assert blocked(milestone)


def test_a_card_that_is_known_only_when_it_has_paid_gives_the_money_back_at_once(stripe_app, world):
    make_paid(world, business=make_business(people.ben()), person=people.ben())
    milestone = make_milestone()
    payment = pay(milestone)
    world.pay(payment.checkout_url)
    payments.look(payment)
    assert (milestone.status, milestone.funded_at) == (MilestoneStatus.planned, None)
    assert (one(PartyCheck).signs, one(Report).reason) == ([Sign.card], "same_people")
    run_jobs()
    db.session.refresh(payment)
    assert (payment.status, payment.turned_away) == (PaymentStatus.refunded, True)
    assert books.held(payment.subject) == books.held(payment.source) == Money(0)
    assert "Your payment goes back: our team has a look first" in subjects_to("ada@example.com")
    assert blocked(milestone)


def test_another_card_pays_as_ever(stripe_app, world):
    make_paid(world, business=make_business(people.ben()), person=people.ben())
    milestone = make_milestone()
    payment = pay(milestone)
    world.pay(payment.checkout_url, MASTERCARD)
    payments.look(payment)
    assert (milestone.status, payment.turned_away) == (MilestoneStatus.funded, False)


def test_a_page_that_was_open_when_the_team_was_asked_brings_nothing(stripe_app, world):
    milestone = make_milestone()
    payment = pay(milestone)
    of_both(milestone)
    world.pay(payment.checkout_url, MASTERCARD)
    payments.look(payment)
    assert (milestone.status, payment.turned_away, one(PartyCheck).signs) == (MilestoneStatus.planned, True, [Sign.person])


def test_who_was_cleared_pays_in_and_is_not_asked_again(stripe_app, world):
    milestone = of_both(make_milestone())
    blocked(milestone)
    check = decided(uphold=False)
    assert check.status == PartyCheckStatus.cleared
    assert "You can pay in now" in subjects_to("ada@example.com")
    payment = pay(milestone)
    world.pay(payment.checkout_url)
    payments.look(payment)
    assert (milestone.status, one(Report).status) == (MilestoneStatus.funded, "dismissed")


def test_who_was_refused_reads_it_and_may_be_cleared_after_all(app):
    milestone = of_both(make_milestone())
    blocked(milestone)
    decided(uphold=True)
    assert "no money can be paid in" in blocked(milestone)
    assert len(db.session.scalars(select(Report)).all()) == 1, "the team is not asked again"
    assert {letter["To"] for letter in letters_about("No money can be paid in")} == {"ada@example.com", "ben@example.com"}
    clear_parties(one(PartyCheck), people.sam(), "They showed me their papers.")
    assert one(PartyCheck).status == PartyCheckStatus.cleared


def letters_about(start):
    run_jobs()
    return [letter for person in ("ada", "ben") for letter in letters(f"{person}@example.com") if letter["Subject"].startswith(start)]


def test_neither_side_decides_about_itself(app):
    milestone = of_both(make_milestone())
    blocked(milestone)
    for person in (people.ada(), people.ben()):
        person.staff_roles = ["moderator"]
        with pytest.raises(NotAllowed):
            decided(uphold=False, by=person)
        with pytest.raises(NotAllowed):
            clear_parties(one(PartyCheck), person, WHY)


def test_what_was_only_noted_is_cleared_once_and_without_a_letter(app):
    contract = make_approved().contract
    make_member(contract.business, people.ben())
    for _twice in range(2):
        parties.clear_sides(contract, people.sam(), WHY)
    assert one(PartyCheck).status == PartyCheckStatus.cleared
    assert [entry.action for entry in audit.history(one(PartyCheck))] == ["party_check.clear"]
    assert not [subject for subject in subjects_to("ada@example.com") if "pay" in subject]


def test_sides_whose_review_was_held_with_right_pay_nothing_in(app):
    milestone = make_milestone()
    for _twice in range(2):
        parties.refuse_sides(milestone.contract, people.sam(), WHY)
    assert one(PartyCheck).status == PartyCheckStatus.refused
    assert "no money can be paid in" in blocked(milestone)


def test_a_contract_between_sides_that_may_be_alike_is_clean_only_when_the_team_has_cleared_them(app):
    milestone = make_approved()
    contract = milestone.contract
    parties._noted(contract, Sign.home)
    run_jobs()
    settlements.mark_sent(milestone)
    contracts.end_contract(contract, people.ada(), Side.business, "Done.")
    clock.move(timedelta(days=9))
    run_sweeps()
    run_jobs()
    assert (contract.status, contract.clean, contract.manager.clean_contracts) == (ContractStatus.closed, None, 0)
    parties.clear_sides(contract, people.sam(), WHY)
    run_jobs()
    contracts.judge_cleared(str(one(PartyCheck).id))
    assert (contract.clean, contract.manager.clean_contracts) == (True, 1)


def test_two_who_ask_at_once_ask_the_team_once(app):
    contract = of_both(make_milestone()).contract
    for _twice in range(2):
        parties._ask(db.session(), signs=[Sign.person], **parties._pair(contract))
    assert (one(PartyCheck).status, one(Report).reason) == (PartyCheckStatus.open, "same_people")


def test_a_bonus_is_not_paid_in_either(app):
    contract = of_both(make_approved()).contract
    with pytest.raises(PartiesAlike):
        bonuses.give_bonus(contract, people.ada(), Money(100_000), "", HERE, HERE)
    assert one(PartyCheck).status == PartyCheckStatus.open


def test_a_card_of_a_bonus_that_is_known_only_when_it_has_paid_gives_the_money_back(stripe_app, world):
    make_paid(world, business=make_business(people.ben()), person=people.ben())
    payment = bonuses.give_bonus(make_approved().contract, people.ada(), Money(100_000), "", HERE, HERE)
    run_jobs()
    world.pay(payment.checkout_url)
    payments.look(payment)
    assert (one(Bonus).status, payment.turned_away) == (BonusStatus.unpaid, True)
    run_jobs()
    assert "Your payment goes back: our team has a look first" in subjects_to("ada@example.com")


def test_a_month_is_not_charged_by_itself_and_the_business_reads_why(committed):
    month = make_next_month()
    contract = of_both(month.milestone).contract
    make_consent(contract)
    month.announced_at = month.reminded_at = clock.now() - timedelta(days=1)
    month.charge_at = clock.now()
    db.session.commit()
    retainers.charge_month(str(month.id))
    assert (month.milestone.status, one(PartyCheck).signs) == (MilestoneStatus.planned, [Sign.person])
    assert payments_for(f"milestone:{month.milestone_id}") == []
    run_jobs()
    assert "somebody of our team has a look" in body(letters("ada@example.com")[-1])


def test_the_page_says_it_without_accusing_and_the_team_decides_on_theirs(app, client):
    milestone = of_both(make_milestone())
    browser, address = sign_in(client, people.ada()), f"/milestones/{milestone.id}/funding"
    assert "has a look" not in words(browser.get(address))
    refused = browser.post(address, data={"card": ""})
    assert refused.status_code == 422
    for answer in (refused, browser.get(address)):
        assert "somebody of our team has a look" in words(answer)
        assert "same" not in words(answer)
        assert "Pay ৳" not in words(answer)
    shown = browser.get(f"/contracts/{milestone.contract_id}")
    assert "somebody of our team has a look" in words(shown)
    assert "your turn" not in words(shown)
    assert address not in shown.text
    shown = words(sign_in(client, people.ben()).get(f"/contracts/{milestone.contract_id}"))
    assert "Before the business pays in here, somebody of our team has a look" in shown
    assert "turn" not in shown
    report = one(Report)
    browser = sign_in(client, people.sam())
    shown = words(browser.get(f"/staff/reports/{report.id}"))
    assert "The manager is a member of the business" in shown
    assert "Ben Das" in shown
    browser.post(f"/staff/reports/{report.id}/decision", data={"outcome": "uphold", "why": WHY})
    assert one(PartyCheck).status == PartyCheckStatus.refused
    assert browser.post(f"/staff/party-checks/{one(PartyCheck).id}/clearance", data={"why": ""}).status_code == 422
    assert browser.post(f"/staff/party-checks/{one(PartyCheck).id}/clearance", data={"why": WHY}).status_code == 303
    assert one(PartyCheck).status == PartyCheckStatus.cleared
