"""What people are told about money, and who is told: each notice with its letter, word for word."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.businesses.models import Role
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.notifications.models import Notice
from marketplace.payments import commands, notices
from marketplace.payments.models import ChargebackStatus, Doubt, EventCursor, MoneyProposalStatus, Payout
from tests import people
from tests.factories.businesses import make_member
from tests.factories.payments import (
    make_chargeback,
    make_failed_refund,
    make_failed_transfer,
    make_mismatch,
    make_proposal,
    make_reversal,
    make_row,
)
from tests.factories.payouts import fin, make_bank, make_check, make_recorded
from tests.factories.retainers import make_saved_card
from tests.trail import trail


@pytest.fixture
def team(app):
    """Two people of finance, and one of the team who has nothing to do with money."""
    people.person_named("Vera Roy", "vera@example.com", staff_roles=["vetter"])
    return people.sam(), fin()


@pytest.fixture
def payment(team):
    """Ada's, whose business has an accountant, and somebody who may not see its money."""
    payment = make_row(people.ada())
    make_member(payment.business, people.person_named("Nila Khan", "nila@example.com"), Role.finance)
    make_member(payment.business, people.person_named("Omar Ali", "omar@example.com"), Role.approver)
    return payment


def test_of_pay_that_goes_on_waits_or_is_refused(team):
    transfer = make_failed_transfer(people.ben())
    transfer.failure = "No such account"
    with trail("told_of_pay"):
        notices.transfer_passed(transfer)
        notices.transfer_held(transfer)
        notices.transfer_failed(transfer)


def test_of_where_pay_goes(team):
    check = make_check()
    account = check.account
    payout = Payout(account=account, stripe_payout_id="po_1", amount_minor=4200, currency="USD")
    with trail("told_of_payout_account"):
        notices.payouts_stopped(account)
        notices.payout_failed(payout)
        notices.account_took_over(account)
        notices.account_doubted(account, [Doubt.name])
        notices.account_doubted(account, [Doubt.shared, Doubt.not_me])
        for status in ("passed", "refused"):
            check.status = status
            notices.account_decided(check)


def test_of_an_account_that_was_given(team):
    account = make_bank()
    told = db.session.scalars(select(Notice).where(Notice.person_id == people.ben().id)).one()
    assert (told.subject, told.title) == (f"payout_account:{account.id}", "Where you are paid was given or changed")


def test_of_pay_by_hand(team):
    payout = make_recorded(fin())
    with trail("told_of_pay_by_hand"):
        notices.paid_by_hand(payout)
        notices.payout_returned(payout)


def test_of_a_payment_that_a_bank_took_back(payment):
    chargeback = make_chargeback(payment, people.ben())
    with trail("told_of_chargeback"):
        notices.charged_back(chargeback)
        notices.evidence_due(chargeback)
        notices.evidence_refused(chargeback, "The file is too large")
    chargeback.fault_minor, chargeback.fault_why, chargeback.currency = 300, "Nothing was delivered.", "USD"
    with trail("told_of_chargeback_decided"):
        notices.fault_found(chargeback)
        for status in (ChargebackStatus.won, ChargebackStatus.lost):
            chargeback.status = status
            notices.chargeback_decided(chargeback)


def test_of_a_payment_taken_back_whose_work_nobody_knows(payment):
    chargeback = make_chargeback(payment, people.ben())
    chargeback.manager = None
    with trail("told_of_chargeback_without_a_manager"):
        notices.charged_back(chargeback)
        notices.chargeback_decided(chargeback)


def test_of_debts_and_of_what_goes_back(payment):
    transfer = make_failed_transfer(people.ben())
    reversal = make_reversal(transfer, payment)
    reversal.owed_minor = 40
    refund = make_failed_refund(payment)
    refund.failure = "The card is closed"
    with trail("told_of_debts"):
        notices.refund_failed(refund)
        notices.taken_back(reversal)
        notices.reversal_waits(reversal)
        notices.debt_withheld(transfer.manager, Money(500), Money(700))
        notices.debt_paid(payment)
        notices.card_expires(make_saved_card(payment.business))


def test_finance_of_what_does_not_agree_and_what_waits_for_a_second_person(team):
    """The letter names ten differences; the rest is on the page."""
    run = commands.reconcile()
    fresh = [make_mismatch(run, stripe_id=f"ch_{number}") for number in range(11)]
    proposal = make_proposal(fresh[0], people.sam())
    proposal.decided_by, proposal.answer = fin(), "Stripe has it."
    db.session.flush()
    with trail("told_to_finance"):
        notices.mismatches(run, fresh)
        notices.events_unread(EventCursor(looked_at=clock.now()))
        notices.proposal_waits(proposal)
        for status in (MoneyProposalStatus.done, MoneyProposalStatus.declined):
            proposal.status = status
            notices.proposal_decided(proposal)


def test_each_notice_leads_to_a_page_of_its_reader(team, client):
    """Finance looks after pay elsewhere than the manager whose it is."""
    transfer = make_failed_transfer(people.ben())
    notices.transfer_failed(transfer)
    notices.account_doubted(make_check().account, [Doubt.not_me])
    db.session.flush()
    for person, places in ((people.ben(), {"/payments/payout-account"}), (fin(), {"/staff/reconciliation", "/staff/payout-checks"})):
        browser = people.sign_in(client, person)
        told = db.session.scalars(select(Notice).where(Notice.person_id == person.id)).all()
        opened = {browser.post(f"/notices/{one.id}/opening").location for one in told}
        assert opened == places
        assert {browser.get(place).status_code for place in places} == {200}
