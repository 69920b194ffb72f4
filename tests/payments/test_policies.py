"""Who may do what with payments, beyond what their pages try: each policy with everybody who is near it."""
from __future__ import annotations

import pytest

from marketplace.businesses.models import Role
from marketplace.managers.commands import begin
from marketplace.payments import commands, policies
from marketplace.payments.commands import manual_payouts
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.factories.payments import make_chargeback, make_mismatch, make_proposal, make_row
from tests.factories.payouts import fin, make_bank, make_check, make_owed, make_queued, make_recorded
from tests.factories.retainers import make_saved_card

NAMES = ("ada", "nila", "omar", "ben", "fin", "vera", "sam")


@pytest.fixture
def cast(app):
    """Ada's business with an accountant and an approver; a manager; of the team finance, a vetter and who is in all roles."""
    business = make_business(people.ada())
    nila, omar, vera = (people.person_named(name, f"{name[:4].lower()}@example.com") for name in ("Nila Khan", "Omar Ali", "Vera Roy"))
    vera.staff_roles = ["vetter"]
    make_member(business, nila, Role.finance)
    make_member(business, omar, Role.approver)
    return dict(zip(NAMES, (people.ada(), nila, omar, people.ben(), fin(), vera, people.sam()), strict=True))


def who(policy, cast, *row) -> set[str]:
    return {name for name, person in cast.items() if policy(person, *row)}


def test_the_businesss_own_money(cast):
    business = make_business(people.ada())
    for policy, row in ((policies.see_cards, business), (policies.remove_card, make_saved_card(business)), (policies.pay_debt, business)):
        assert who(policy, cast, row) == {"ada", "nila"}
    assert who(policies.be_paid, cast) == {"ben"}
    assert who(policies.take_statement, cast) == {"ada", "nila", "omar", "ben"}


def test_what_only_finance_does(cast):
    for policy in (policies.mend_money, policies.pay_by_hand, policies.check_payouts):
        assert who(policy, cast) == {"fin", "sam"}


def test_a_payout_by_hand_takes_two_and_nobody_pays_themselves(cast):
    queued = make_queued(people.person_named("Third Das", "third@example.com"))
    own = make_queued(cast["fin"])
    assert who(policies.pay_by_hand, cast, queued) == {"fin", "sam"}
    assert who(policies.pay_by_hand, cast, own) == {"sam"}
    manual_payouts.claim(queued, cast["fin"])
    assert who(policies.send_back_payout, cast, queued) == {"fin", "sam"}
    third = people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])
    assert not policies.send_back_payout(third, queued), "only who claimed it, or a superadmin"
    superadmins = make_queued(cast["sam"])
    manual_payouts.claim(superadmins, cast["fin"])
    assert who(policies.send_back_payout, cast, superadmins) == {"fin"}
    paid = make_recorded(cast["fin"])
    for policy in (policies.confirm_payout, policies.send_back_payout):
        assert who(policy, cast, paid) == {"sam"}
        assert policy(third, paid)


def test_nobody_looks_at_their_own_account_or_their_own_pay(cast):
    assert who(policies.check_payouts, cast, make_check(cast["fin"])) == {"sam"}
    own, others = make_owed(make_bank(cast["sam"]).manager), make_owed(make_bank(cast["ben"]).manager)
    assert who(policies.check_transfer, cast, own) == {"fin"}
    assert who(policies.check_transfer, cast, others) == {"fin", "sam"}
    make_member(others.payment.business, cast["fin"], Role.viewer)
    assert who(policies.check_transfer, cast, others) == {"sam"}
    others.payment = None
    assert who(policies.check_transfer, cast, others) == {"fin", "sam"}


def test_a_change_of_account_is_taken_back_by_its_manager(cast):
    assert who(policies.take_back_account, cast, make_bank(cast["ben"])) == {"ben"}


def test_who_proposed_is_not_the_second_person(cast):
    proposal = make_proposal(make_mismatch(commands.reconcile()), cast["fin"])
    assert who(policies.confirm_proposal, cast, proposal) == {"sam"}


def test_money_is_sent_back_by_nobody_of_the_business_that_paid(cast):
    payment = make_row(cast["ada"])
    assert who(policies.refund_payment, cast, payment) == {"fin", "sam"}
    make_member(payment.business, cast["fin"], Role.viewer)
    assert who(policies.refund_payment, cast, payment) == {"sam"}


def test_a_charge_back_is_decided_by_neither_party(cast):
    chargeback = make_chargeback(make_row(cast["ada"]), cast["sam"])
    assert who(policies.decide_chargeback, cast, chargeback) == {"fin"}
    chargeback.manager = begin(cast["ben"])
    assert who(policies.decide_chargeback, cast, chargeback) == {"fin", "sam"}
    make_member(chargeback.payment.business, cast["fin"], Role.viewer)
    chargeback.manager = None
    assert who(policies.decide_chargeback, cast, chargeback) == {"sam"}
    assert who(policies.see_chargeback, cast, chargeback) == who(policies.see_payment, cast, chargeback.payment) == set(cast)
