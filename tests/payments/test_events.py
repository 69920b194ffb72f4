"""Webhooks: proven, stored once, worked until done; whatever order, however often."""
from __future__ import annotations

import json
import threading
import time
from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select, text

from marketplace.core import tasks
from marketplace.core.db import db
from marketplace.ledger import queries as books
from marketplace.payments import commands, signals
from marketplace.payments.commands import events, looking
from marketplace.payments.models import Payment, PaymentStatus, StripeEvent, TransferStatus
from tests.factories.payments import AMOUNT, make_account, make_paid, make_payment, make_released, new_subject
from tests.factories.payouts import make_bank
from tests.sandbox_program import SECRETS
from tests.worker import run_jobs, run_sweeps

PLATFORM_SECRET = SECRETS["STRIPE_WEBHOOK_SECRET"]


def signature(body: bytes, secret: str = PLATFORM_SECRET, shift: int = 0) -> str:
    """Stripe's own way of signing, at a moment."""
    import stripe

    moment = int(time.time()) + shift
    digest = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)
    return f"t={moment},v1={digest}"


def an_event(name: str = "evt_1", kind: str = "charge.updated") -> bytes:
    return json.dumps({"id": name, "object": "event", "type": kind, "created": int(time.time()), "api_version": "2026-10-28.endive",
                       "data": {"object": {"id": "ch_1", "object": "charge", "metadata": {}}}}).encode()


def post(client, body, header, path="/webhooks/stripe"):
    return client.post(path, data=body, headers={"Stripe-Signature": header}).status_code


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(StripeEvent))


def test_a_signed_event_is_stored_once(stripe_app, client):
    body = an_event()
    assert post(client, body, signature(body)) == 200
    assert post(client, body, signature(body)) == 200
    assert stored() == 1


@pytest.mark.parametrize(("header", "why"), [
    (lambda body: signature(body, "whsec_wrong"), "another secret"),
    (lambda body: signature(body + b" "), "another body"),
    (lambda body: signature(body, shift=-301), "too old"),
    (lambda body: signature(body, shift=310), "from the future"),
    (lambda body: "", "none"), (lambda body: "t=1,v1=zz", "nonsense"), (lambda body: "t=now", "not even that"),
])
def test_what_stripe_did_not_sign_now_is_refused(stripe_app, client, header, why):
    body = an_event()
    assert post(client, body, header(body)) == 400, why
    assert stored() == 0


@pytest.mark.parametrize("shift", [-290, 290])
def test_clocks_may_differ_by_five_minutes(stripe_app, client, shift):
    body = an_event()
    assert post(client, body, signature(body, shift=shift)) == 200


def test_each_door_has_a_secret_of_its_own(stripe_app, client):
    body = an_event(kind="account.updated")
    assert post(client, body, signature(body), "/webhooks/stripe/connect") == 400
    assert post(client, body, signature(body, SECRETS["STRIPE_CONNECT_WEBHOOK_SECRET"]), "/webhooks/stripe/connect") == 200


def test_a_webhook_without_a_session_or_token_needs_neither(stripe_app, client):
    body = an_event()
    answer = client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature(body)})
    assert answer.json == {"new": True}


def test_webhook_and_redirect_fund_once(stripe_app, world, client):
    """MONEY.md case 2, one after the other; at once: below."""
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.deliver(client)
    commands.look(payment)
    run_jobs()
    assert books.held(payment.subject) == AMOUNT
    assert payment.status == PaymentStatus.succeeded


def test_the_same_events_three_times_at_once_post_once(committed_stripe, world):
    """MONEY.md cases 1 and 2: three deliveries of each event and two browsers that come back, all at the same moment."""
    payment = make_payment()
    db.session.commit()
    subject, payment_id = payment.subject, payment.id
    world.pay(payment.checkout_url)
    webhooks, statuses, errors = world.webhooks(), [], []

    def deliver():
        statuses.extend(world.deliver(committed_stripe.test_client(), webhooks))

    def work():
        with committed_stripe.app_context():
            for event_id in db.session.scalars(select(StripeEvent.id)).all():
                attempt(lambda event_id=event_id: tasks.perform(events.handle_event, {"event_id": str(event_id)}))

    def come_back():
        with committed_stripe.app_context():
            attempt(lambda: tasks.perform(commands.look_again, {"payment_id": str(payment_id)}))

    def attempt(act):
        try:
            act()
        except Exception as error:
            errors.append(error)

    together(*[deliver] * 3)
    assert set(statuses) == {200}
    assert stored() == len(webhooks)
    together(work, work, work, come_back, come_back)
    assert errors == []
    db.session.rollback()
    assert books.held(subject) == AMOUNT
    assert db.session.scalar(select(func.count()).where(StripeEvent.handled_at.is_(None))) == 0


def test_two_payments_for_one_thing_that_succeed_at_the_same_moment_fund_it_once(committed_stripe, world):
    """The surplus one is held under its own name, and goes back."""
    subject = new_subject()
    payments = [make_payment(subject=subject) for _twice in range(2)]
    db.session.commit()
    names, holders = [str(payment.id) for payment in payments], [f"payment:{payment.id}" for payment in payments]
    for payment in payments:
        world.pay(payment.checkout_url)

    def look(name):
        with committed_stripe.app_context():
            tasks.perform(commands.look_again, {"payment_id": name})

    together(*[lambda name=name: look(name) for name in names])
    db.session.rollback()
    assert books.held(subject) == AMOUNT
    assert db.session.scalars(select(Payment.unclaimed).order_by(Payment.unclaimed)).all() == [False, True]
    assert [books.held(holder).minor for holder in holders] == [0, 0]


def test_an_event_that_was_worked_is_not_worked_again(stripe_app, world, client):
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.deliver(client)
    run_jobs()
    asked = len(world.calls("GET", "/v1/"))
    for event_id in db.session.scalars(select(StripeEvent.id)).all():
        events.handle_event(str(event_id))
    assert len(world.calls("GET", "/v1/")) == asked


def test_a_failure_between_storing_and_effect_leaves_it_to_the_next_try(stripe_app, world, client):
    """MONEY.md case 3: `handled_at` is committed with the effect, or neither is."""
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.deliver(client)
    times = []

    def fails_once(payment):
        times.append(payment.id)
        if len(times) == 1:
            raise RuntimeError("power cut")

    completed = db.session.scalars(select(StripeEvent).where(StripeEvent.type == "checkout.session.completed")).one()
    with signals.payment_succeeded.connected_to(fails_once):
        db.session.commit()
        with stripe_app.app_context(), pytest.raises(RuntimeError):
            tasks.perform(events.handle_event, {"event_id": str(completed.id)})
        db.session.expire_all()
        assert completed.handled_at is None
        assert books.held(payment.subject).minor == 0
        run_jobs()
    db.session.expire_all()
    assert completed.handled_at is not None
    assert books.held(payment.subject) == AMOUNT
    assert len(times) == 2


def test_an_event_that_is_quicker_than_our_commit_waits_for_it(committed_stripe, world):
    """MONEY.md case 4: nothing is lost, nothing is guessed."""
    payment = make_payment()
    world.pay(payment.checkout_url)
    together(lambda: world.deliver(committed_stripe.test_client()))  # a thread has a session of its own
    with committed_stripe.app_context(), pytest.raises(tasks.NotYet):
        tasks.perform(events.handle_event, {"event_id": str(db.session.scalars(_completed()).one().id)})
    db.session.commit()
    with committed_stripe.app_context():
        tasks.perform(events.handle_event, {"event_id": str(db.session.scalars(_completed()).one().id)})
    db.session.expire_all()
    assert payment.status == PaymentStatus.succeeded
    assert books.held(payment.subject) == AMOUNT


def _completed():
    return select(StripeEvent).where(StripeEvent.type == "checkout.session.completed")


def test_stripe_silent_while_an_event_is_worked(stripe_app, world, client):
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.deliver(client)
    world.fault("status:503", "/v1/checkout/sessions/", method="GET", times=20)
    run_jobs()
    assert payment.status == PaymentStatus.pending
    requests.delete(f"{world.url}/faults", timeout=5)
    world.advance(timedelta(minutes=3))
    db.session.execute(text("delete from procrastinate_jobs"))
    run_sweeps()
    assert payment.status == PaymentStatus.succeeded


def test_what_no_webhook_brought_is_found_in_stripes_list(stripe_app, world):
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.webhooks()
    run_sweeps()
    assert payment.status == PaymentStatus.succeeded
    kinds = set(db.session.scalars(select(StripeEvent.type)))
    assert "checkout.session.completed" in kinds
    assert "charge.succeeded" not in kinds
    before = stored()
    world.advance(timedelta(minutes=6))
    run_sweeps()
    assert stored() == before


def test_the_list_of_a_managers_account_is_read_while_we_wait_for_it(stripe_app, world):
    account = make_account(world)
    account.transfers_active = False
    world.webhooks()
    run_sweeps()
    assert account.transfers_active


def test_events_about_other_peoples_business_are_let_go(stripe_app, world, client):
    """Somebody uses the same Stripe account for something else."""
    world.call("POST", "checkout/sessions", mode="payment", success_url="http://localhost/", **{
        "line_items[0][quantity]": 1, "line_items[0][price_data][currency]": "bdt", "line_items[0][price_data][unit_amount]": 50000,
        "line_items[0][price_data][product_data][name]": "A mug"})
    [page] = world.call("GET", "checkout/sessions")["data"]
    world.pay(page["url"])
    world.deliver(client)
    run_jobs()
    assert db.session.scalar(select(func.count()).where(StripeEvent.handled_at.is_(None))) == 0
    assert db.session.scalars(select(Payment)).all() == []


def test_events_in_any_order_end_the_same(stripe_app, world, client):
    payment = make_paid(world)
    commands.refund(subject=payment.subject, amount=AMOUNT - AMOUNT.share(5000), key="a")
    run_jobs()
    world.deliver(client, world.webhooks()[::-1])
    run_jobs()
    assert payment.status == PaymentStatus.partly_refunded
    assert books.held(payment.subject) == AMOUNT.share(5000)


def together(*works):
    """All at the same moment."""
    barrier = threading.Barrier(len(works))

    def begin(work):
        barrier.wait()
        work()

    threads = [threading.Thread(target=begin, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("kind", ["charge.refunded", "transfer.reversed", "payment_intent.succeeded"])
def test_what_carries_no_mark_of_ours_is_let_go_without_asking(stripe_app, world, client, kind):
    body = an_event(kind=kind)
    post(client, body, signature(body))
    asked = len(world.calls("GET", "/v1/"))
    run_jobs()
    [event] = db.session.scalars(select(StripeEvent))
    assert (event.outcome, len(world.calls("GET", "/v1/"))) == ("done", asked)


def test_an_event_that_names_nothing_of_ours_is_given_up_after_days(stripe_app, client):
    body = an_event(kind="refund.updated").replace(b'"object": "charge"', b'"object": "refund", "charge": "ch_none"')
    post(client, body, signature(body))
    run_jobs()
    [event] = db.session.scalars(select(StripeEvent))
    assert event.handled_at is None
    event.created_at -= timedelta(days=3)
    run_jobs()
    assert (event.outcome, event.handled_at is None) == ("names nothing of ours", False)


def test_a_kind_of_thing_that_is_nothing_of_ours_is_not_looked_at(stripe_app):
    assert not looking.look_at({"object": "coupon", "id": "25_OFF"})


def test_a_transfer_whose_answer_was_lost_is_found_by_looking_at_stripes(stripe_app, world):
    payment, account = make_paid(world), make_account(world)
    transfer = make_released(payment, account.manager)
    world.fault("drop_after_commit", "/v1/transfers$", method="POST")
    run_sweeps()
    assert transfer.status == TransferStatus.sending
    [made] = world.call("GET", "transfers")["data"]
    assert looking.look_at(made)
    assert (transfer.status, transfer.stripe_transfer_id) == (TransferStatus.sent, made["id"])


def test_what_happens_to_a_charge_we_have_not_heard_of_makes_us_look_at_its_payment(stripe_app, world, client):
    """Its own events were lost; those of its refund and of its charge-back wait for no other."""
    for act in (lambda charge: world.call("POST", "refunds", charge=charge, amount=1000),
                lambda charge: world.do(f"charges/{charge}/dispute")):
        payment = make_payment()
        world.pay(payment.checkout_url)
        world.webhooks()
        act(world.call("GET", "charges")["data"][0]["id"])
        about = (b'"type": "charge.dispute.', b'"type": "refund.')
        world.deliver(client, [one for one in world.webhooks() if any(kind in one.body for kind in about)])
        run_jobs()
        assert payment.status in (PaymentStatus.partly_refunded, PaymentStatus.charged_back)
    assert all(event.handled_at for event in db.session.scalars(select(StripeEvent)))


def test_what_is_taken_back_of_a_transfer_whose_answer_was_lost_waits_for_nothing(stripe_app, world, client):
    transfer = make_released(make_paid(world), make_account(world).manager)
    world.fault("drop_after_commit", "/v1/transfers$", method="POST")
    run_sweeps()
    [made] = world.call("GET", "transfers")["data"]
    world.webhooks()
    world.call("POST", f"transfers/{made['id']}/reversals", amount=1)
    db.session.execute(text("delete from procrastinate_jobs"))
    world.deliver(client)
    run_jobs()
    assert (transfer.status, transfer.stripe_transfer_id, transfer.reversed_minor) == (TransferStatus.sent, made["id"], 1)


def test_an_event_without_an_account_is_of_nobody_and_not_of_who_has_none_at_stripe(stripe_app, client):
    make_bank()
    body = an_event(kind="account.updated")
    post(client, body, signature(body))
    run_jobs()
    [event] = db.session.scalars(select(StripeEvent))
    assert event.handled_at is None
