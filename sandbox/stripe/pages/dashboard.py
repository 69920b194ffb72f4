"""The dashboard, and what a person or a test makes happen: disputes, failures, settlement."""

from collections.abc import Callable

from flask import Blueprint, abort, jsonify, redirect, render_template, request

from sandbox.stripe import balances, due, events
from sandbox.stripe.cards import is_valid
from sandbox.stripe.currencies import display, settle_in
from sandbox.stripe.errors import StripeError, api_error
from sandbox.stripe.resources import accounts, disputes, payouts, refunds
from sandbox.stripe.store import PLATFORM, Store, public
from sandbox.world import World

SHOWN = ("charge", "refund", "transfer", "transfer_reversal", "payout", "dispute")
NEWEST = 50


def register(stripe: Blueprint, world: World) -> None:
    store = Store(world)
    world.faults.describe_errors("stripe", lambda status: api_error(status).body())

    @stripe.get("/")
    def dashboard():
        return render_template(
            "stripe/dashboard.html", accounts=[_summary(owner) for owner in store.accounts()], display=display,
            things={kind: _everywhere(store, kind) for kind in SHOWN},
        )  # fmt: skip

    @stripe.get("/world/balances")
    def show_balances():
        return jsonify([_summary(owner) for owner in store.accounts()])

    controls: dict[str, Callable[..., dict]] = {
        "charges/<identifier>/dispute": _dispute,
        "disputes/<identifier>/decision": _decide,
        "payouts/<identifier>/failure": _fail_payout,
        "refunds/<identifier>/failure": _fail_refund,
        "accounts/<identifier>/restriction": _restrict,
        "accounts/<identifier>/onboarding": _onboard,
        "payment_methods/<identifier>/card": _change_card,
        "events/<identifier>/resend": _resend,
        "settlement": _settle_in,
        "settling": _settle_now,
        "payouts": _pay_out_now,
        "transfers/minimum": _least_transfer,
    }
    for path, control in controls.items():
        stripe.add_url_rule(f"/world/{path}", f"control {path}", _view(world, store, control), methods=["POST"])


def _view(world: World, store: Store, control: Callable[..., dict]):
    """A control in a transaction: JSON back, or the dashboard for those who pressed a button there."""

    def view(**ids: str):
        try:
            with world.transaction():
                answer = control(store, **ids)
        except StripeError as error:
            return error.body(), error.status
        return redirect("/stripe/", 303) if "page" in request.form else jsonify(public(answer))

    return view


def _dispute(store: Store, identifier: str) -> dict:
    charge = store.get("charge", identifier)
    reason = request.form.get("reason", "fraudulent")
    if reason not in disputes.REASONS:
        raise StripeError(f"reason must be one of {', '.join(disputes.REASONS)}", param="reason")
    if charge["status"] != "succeeded" or charge["disputed"] or charge["refunded"]:
        raise StripeError("Only a charge that succeeded, is not disputed and not wholly refunded can be disputed.")
    amount = request.form.get("amount", type=int)
    if amount is not None and not 0 < amount <= charge["amount"] - charge["amount_refunded"]:
        raise StripeError("amount must be within what was not refunded.", param="amount")
    return disputes.open_dispute(store, charge, reason, amount)


def _decide(store: Store, identifier: str) -> dict:
    dispute = store.get("dispute", identifier)
    outcome = request.form.get("outcome", "")
    if dispute["status"] not in disputes.OPEN or outcome not in ("won", "lost"):
        raise StripeError("outcome must be won or lost, of a dispute that is open.", param="outcome")
    disputes.close(store, dispute, outcome == "won")
    return dispute


def _fail_payout(store: Store, identifier: str) -> dict:
    owner, payout = _owned(store, "payout", identifier)
    code = request.form.get("code", "could_not_process")
    if code not in payouts.FAILURES:
        raise StripeError(f"code must be one of {', '.join(payouts.FAILURES)}", param="code")
    payouts.fail(owner, payout, code)
    return payout


def _fail_refund(store: Store, identifier: str) -> dict:
    refund = store.get("refund", identifier)
    if refund["status"] == "failed":
        raise StripeError("This refund has failed already.")
    refunds.fail(store, refund)
    return refund


def _restrict(store: Store, identifier: str) -> dict:
    account = store.get("account", identifier)
    accounts.restrict(store, account)
    return account


def _onboard(store: Store, identifier: str) -> dict:
    """Finish onboarding without the page: for tests that are about something else."""
    account = store.get("account", identifier)
    number = request.form.get("account_number", "000123456789")
    accounts.finish_onboarding(store, account, {"name": "Sandbox Person", "birthday": "1990-01-01"}, number)
    return account


def _change_card(store: Store, identifier: str) -> dict:
    """Let a saved card behave as another test card from now on, whose `number` is given: empty, blocked, asked about."""
    method = store.get("payment_method", identifier)
    number = request.form.get("number", "")
    if not is_valid(number):
        raise StripeError("number must be a card number", param="number")
    store.change(method, _number=number)
    return method


def _resend(store: Store, identifier: str) -> dict:
    owner, event = _owned(store, "event", identifier)
    events.send(owner, event)
    return event


def _settle_in(store: Store) -> dict:
    """`currency` paid, `settled` currency, `rate`: settle BDT as USD, or again as itself."""
    try:
        rate = float(request.form.get("rate", "1"))
    except ValueError as error:
        raise StripeError("rate must be a number", param="rate") from error
    if not 0 < rate < 1_000_000:
        raise StripeError("rate must be above 0", param="rate")
    paid, settled = request.form.get("currency", "bdt").lower(), request.form.get("settled", "bdt").lower()
    settle_in(store, paid, settled, rate)
    return {"currency": paid, "settled": settled, "rate": None if paid == settled else rate}


def _settle_now(store: Store) -> dict:
    """Let all pending money be available, and pay refunds that waited for it."""
    balances.settle_now(store)
    due.run(store.world)
    return {"settled": True}


def _pay_out_now(store: Store) -> dict:
    """Do today's automatic payouts at once."""
    for owner in store.accounts()[1:]:
        payouts.pay_out_daily(owner, owner.account)
    return {"paid_out": True}


def _least_transfer(store: Store) -> dict:
    """From now on transfers below this `amount`, in minor units of any currency, are refused; 0 ends that."""
    amount = request.form.get("amount", type=int)
    if amount is None or amount < 0:
        raise StripeError("amount must be a number from 0 up", param="amount")
    store.world.collection("stripe.settings")["least_transfer"] = {"amount": amount}
    return {"amount": amount}


def _owned(store: Store, kind: str, identifier: str) -> tuple[Store, dict]:
    """The object and the account that has it."""
    for owner in store.accounts():
        if thing := owner.find(kind, identifier):
            return owner, thing
    return abort(404)


def _everywhere(store: Store, kind: str) -> list[dict]:
    found = [thing | {"owner": owner.account} for owner in store.accounts() for thing in owner.all(kind)]
    return sorted(found, key=lambda thing: thing["created"], reverse=True)[:NEWEST]


def _summary(owner: Store) -> dict:
    """Balances of one account, with what its balance transactions sum up to."""
    account = owner.of(PLATFORM).find("account", owner.account) or {}
    entries = owner.all("balance_transaction")
    currencies = sorted({entry["currency"] for entry in entries})
    sums = {currency: sum(e["net"] for e in entries if e["currency"] == currency) for currency in currencies}
    balance = balances.balance(owner)
    return {
        "account": owner.account, "email": account.get("email"), "available": balance["available"],
        "pending": balance["pending"], "transactions": len(entries), "sums": sums,
        "transfers": account.get("capabilities", {}).get("transfers"),
    }  # fmt: skip
