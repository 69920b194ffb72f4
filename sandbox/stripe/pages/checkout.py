"""The hosted payment page and the bank's 3-D Secure challenge, as plain forms."""

from flask import Blueprint, abort, redirect, render_template, request

from sandbox.stripe.cards import KNOWN
from sandbox.stripe.currencies import display
from sandbox.stripe.pages.card_form import CardForm
from sandbox.stripe.resources import checkout_sessions, payment_intents, payment_methods
from sandbox.stripe.store import Store
from sandbox.world import World


def register(stripe: Blueprint, world: World) -> None:
    store = Store(world)

    @stripe.get("/checkout/<identifier>")
    def checkout(identifier: str):
        session = _session(store, identifier)
        if session["status"] == "complete":
            return redirect(_success_url(session), 303)
        if not checkout_sessions.is_open(store, session):
            return render_template("stripe/expired.html", session=session), 410
        return _page(store, session, CardForm())

    @stripe.post("/checkout/<identifier>")
    def pay(identifier: str):
        with world.transaction():
            session = _session(store, identifier)
            if not checkout_sessions.is_open(store, session):
                return redirect(_own_url(session), 303)
            return _pay(store, session, CardForm.read(request.form))

    @stripe.get("/challenges/<identifier>")
    def challenge(identifier: str):
        intent = store.find("payment_intent", identifier) or abort(404)
        if intent["status"] != "requires_action":
            return redirect(_after(store, intent), 303)
        amount = display(intent["amount"], intent["currency"])
        return render_template("stripe/challenge.html", intent=intent, amount=amount)

    @stripe.post("/challenges/<identifier>")
    def answer_challenge(identifier: str):
        with world.transaction():
            intent = store.find("payment_intent", identifier) or abort(404)
            if intent["status"] == "requires_action":
                _answer(store, intent, is_passed="complete" in request.form)
            return redirect(_after(store, intent), 303)


def _session(store: Store, identifier: str) -> dict:
    return store.find("checkout.session", identifier) or abort(404)


def _pay(store: Store, session: dict, form: CardForm):
    """Try the card; the person ends at the shop, at the challenge, or here again with the reason."""
    if not form.is_complete(store.world.now(), wants_email=_wants_email(session)):
        return _page(store, session, form), 422
    intent = checkout_sessions.intent_of(store, session)
    if intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"], 303)
    email = form.email or session["customer_email"]
    method = payment_methods.create(store, form.number, form.month_and_year, name=form.name, email=email)
    payment_intents.attempt(store, intent, method, ask=session["_ask"])
    return _outcome(store, session, intent, form, method)


def _outcome(store: Store, session: dict, intent: dict, form: CardForm, method: dict):
    if intent["status"] in ("succeeded", "processing"):
        _complete(store, session, method, is_paid=intent["status"] == "succeeded")
        return redirect(_success_url(session), 303)
    if intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"], 303)
    return _page(store, session, form, intent["last_payment_error"]["message"]), 402


def _answer(store: Store, intent: dict, is_passed: bool) -> None:
    method = store.get("payment_method", intent["payment_method"])
    payment_intents.answer_challenge(store, intent, is_passed)
    session = _session_of(store, intent)
    if session and intent["status"] == "succeeded":
        _complete(store, session, method)


def _complete(store: Store, session: dict, method: dict, is_paid: bool = True) -> None:
    billing = method["billing_details"]
    checkout_sessions.complete(store, session, billing["email"], billing["name"], is_paid)


def _after(store: Store, intent: dict) -> str:
    """Where the person goes once the challenge is over."""
    session = _session_of(store, intent)
    if session is None:
        return f"{store.world.base_url}/stripe/"
    return _success_url(session) if session["status"] == "complete" else _own_url(session)


def _session_of(store: Store, intent: dict) -> dict | None:
    return next(iter(store.all("checkout.session", payment_intent=intent["id"])), None)


def _page(store: Store, session: dict, form: CardForm, refusal: str = ""):
    intent = store.find("payment_intent", session["payment_intent"])
    if not refusal and request.method == "GET" and intent and intent["last_payment_error"]:
        refusal = intent["last_payment_error"]["message"]
    return render_template(
        "stripe/checkout.html", session=session, lines=session["_line_items"], form=form, refusal=refusal,
        display=display, wants_email=_wants_email(session), cards=KNOWN.values(),
    )  # fmt: skip


def _wants_email(session: dict) -> bool:
    return not (session["customer_email"] or session["customer"])


def _own_url(session: dict) -> str:
    return f"/stripe/checkout/{session['id']}"


def _success_url(session: dict) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
