"""Which question each kind of event, and each of Stripe's objects, makes us ask Stripe; it is silent here."""
from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.core.tasks import NotYet
from marketplace.gateways import stripe
from marketplace.managers.commands import begin
from marketplace.payments.commands import incoming, looking
from marketplace.payments.models import PaymentStatus, PayoutAccount, Rail, Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_released, make_row
from tests.factories.payouts import make_bank

ASKED = ("account", "dispute", "payout", "refunds_of", "reversals_of", "session", "thing")


@pytest.fixture
def questions(app, monkeypatch) -> list[tuple]:
    asked = []

    def silent(name):
        def ask(*args):
            asked.append((name, *args))
            raise stripe.Unanswered(name)
        return ask

    for name in ASKED:
        monkeypatch.setattr(stripe, name, silent(name))
    return asked


@pytest.fixture
def paid(app):
    """Charge ch_1, whose money is ben's and was sent as tr_1 to acct_1."""
    make_bank(people.eve())
    payment = make_row(people.ada())
    payment.stripe_charge_id = "ch_1"
    transfer = make_released(payment, begin(people.ben()))
    transfer.status, transfer.stripe_transfer_id = TransferStatus.sent, "tr_1"
    db.session.add(PayoutAccount(manager_id=transfer.manager_id, rail=Rail.stripe_connect, stripe_account_id="acct_1"))
    db.session.flush()
    return payment


@pytest.fixture
def pending(app):
    payment = make_row(people.eve())
    payment.status, payment.succeeded_at, payment.stripe_charge_id = PaymentStatus.pending, None, None
    db.session.flush()
    return payment


def ask(look, thing, account=None) -> None:
    with pytest.raises(stripe.Unanswered):
        look(thing, account)


@pytest.mark.parametrize(("kind", "thing", "account", "question"), [
    ("charge.refunded", {"id": "ch_1", "metadata": {"payment": "x"}}, None, ("refunds_of", "ch_1")),
    ("refund.created", {"charge": "ch_1"}, None, ("refunds_of", "ch_1")),
    ("refund.created", {"charge": "ch_2"}, None, ("thing", "ch_2")),
    ("charge.dispute.created", {"id": "du_1", "charge": "ch_1"}, None, ("dispute", "du_1")),
    ("account.updated", {"id": "x"}, "acct_1", ("account", "acct_1")),
    ("capability.updated", {"id": "transfers"}, "acct_1", ("account", "acct_1")),
    ("payout.paid", {"id": "po_1"}, "acct_1", ("payout", "po_1", "acct_1")),
    ("payout.paid", {"id": "po_1"}, None, ("payout", "po_1"))])
def test_each_event_asks_one_question(paid, questions, kind, thing, account, question):
    ask(looking.HANDLERS[kind], thing, account)
    assert questions == [question]


@pytest.mark.parametrize(("thing", "question"), [
    ({"object": "charge", "id": "ch_1"}, ("refunds_of", "ch_1")),
    ({"object": "refund", "charge": "ch_1"}, ("refunds_of", "ch_1")),
    ({"object": "dispute", "id": "du_1", "charge": "ch_1"}, ("dispute", "du_1")),
    ({"object": "transfer_reversal", "transfer": "tr_1"}, ("reversals_of", "tr_1")),
    ({"object": "payout", "id": "po_1"}, ("payout", "po_1"))])
def test_each_of_stripes_objects_asks_one_question(paid, questions, thing, question):
    ask(lambda one, _account: looking.look_at(one), thing)
    assert questions == [question]


@pytest.mark.parametrize("look", [looking.HANDLERS["transfer.reversed"], looking.LOOKS["transfer"]])
def test_of_a_transfer_that_was_sent_what_was_taken_back_is_asked(paid, questions, look):
    transfer = db.session.query(Transfer).one()
    ask(look, {"object": "transfer", "id": "tr_1", "metadata": {"transfer": str(transfer.id)}})
    assert questions == [("reversals_of", "tr_1")]


@pytest.mark.parametrize(("known", "asked"), [(None, "cs_9"), ("cs_1", "cs_1")])
def test_a_page_is_asked_for_by_its_own_name_where_we_know_none(pending, questions, known, asked):
    pending.stripe_session_id = known
    ask(looking.HANDLERS["checkout.session.completed"], {"id": "cs_9", "client_reference_id": str(pending.id)})
    assert questions == [("session", asked)]


def test_a_payment_of_which_no_page_is_known_asks_nothing(pending, questions):
    incoming.look(pending)
    assert questions == []


def test_an_intent_leads_to_its_payments_page(pending, questions):
    pending.stripe_session_id = "cs_1"
    ask(looking.HANDLERS["payment_intent.succeeded"], {"metadata": {"payment": str(pending.id)}})
    assert questions == [("session", "cs_1")]


def test_a_charge_we_have_not_heard_of_leads_to_its_payment(pending, questions, monkeypatch):
    pending.stripe_session_id = "cs_1"
    monkeypatch.setattr(stripe, "thing", lambda charge_id: {"id": charge_id, "metadata": {"payment": str(pending.id)}})
    ask(looking.HANDLERS["refund.created"], {"charge": "ch_2"})
    assert questions == [("session", "cs_1")]


@pytest.mark.parametrize("found", [None, {"metadata": {}}])
def test_a_charge_that_names_no_payment_is_waited_for(questions, monkeypatch, found):
    monkeypatch.setattr(stripe, "thing", lambda charge_id: found)
    with pytest.raises(NotYet, match="no payment for None yet"):
        looking.HANDLERS["refund.created"]({"charge": "ch_2"}, None)


def test_a_charge_that_stripe_does_not_know_is_waited_for(questions, monkeypatch):
    def refuse(charge_id):
        raise stripe.Refused(f"No such charge: {charge_id}")

    monkeypatch.setattr(stripe, "thing", refuse)
    with pytest.raises(NotYet, match="No such charge: ch_2"):
        looking.HANDLERS["refund.created"]({"charge": "ch_2"}, None)


@pytest.mark.parametrize(("kind", "thing", "account"), [
    ("checkout.session.completed", {"id": "cs_9", "client_reference_id": None}, None), ("checkout.session.expired", {"id": "cs_9"}, None),
    ("payment_intent.succeeded", {"metadata": {}}, None), ("charge.refunded", {"id": "ch_1", "metadata": {}}, None),
    ("transfer.reversed", {"id": "tr_1", "metadata": {}}, None)])
def test_what_carries_no_mark_of_ours_asks_nothing(paid, questions, kind, thing, account):
    looking.HANDLERS[kind](thing, account)
    assert questions == []


@pytest.mark.parametrize(("kind", "thing", "account"), [
    ("account.updated", {}, "acct_2"), ("account.updated", {}, None), ("payout.paid", {"id": "po_1"}, "acct_2")])
def test_an_account_we_do_not_know_is_waited_for(paid, questions, kind, thing, account):
    with pytest.raises(NotYet, match=f"no payout_account for {account} yet"):
        looking.HANDLERS[kind](thing, account)
    assert questions == []
