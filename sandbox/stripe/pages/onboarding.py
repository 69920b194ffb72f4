"""The hosted onboarding of a connected account: name, bank, done, or left unfinished."""

import re

from flask import Blueprint, abort, redirect, render_template, request

from sandbox.stripe.resources import accounts
from sandbox.stripe.store import PLATFORM, Store
from sandbox.world import World

VISIT_LASTS = 3600


def register(stripe: Blueprint, world: World) -> None:
    store = Store(world)

    @stripe.get("/onboarding/<token>")
    def enter(token: str):
        """A link opens once, within its minutes; afterwards the platform must give a new one."""
        with world.transaction():
            link = store.find("account_link", token) or abort(404)
            if link["_used"] or store.now() >= link["expires_at"]:
                return redirect(link["_refresh_url"], 303)
            store.change(link, _used=True)
        return redirect(f"/stripe/onboarding/{token}/form", 303)

    @stripe.get("/onboarding/<token>/form")
    def onboarding(token: str):
        link = _visit(store, token)
        return _page(store, link, {}, {}) if link else _gone(store, token)

    @stripe.post("/onboarding/<token>/form")
    def submit(token: str):
        with world.transaction():
            link = _visit(store, token)
            if link is None:
                return _gone(store, token)
            return _submitted(store, link)


def _visit(store: Store, token: str) -> dict | None:
    """The link's visit, while it lasts."""
    link = store.find("account_link", token) or abort(404)
    is_open = link["_used"] and store.now() < link["created"] + VISIT_LASTS
    return link if is_open else None


def _gone(store: Store, token: str):
    return redirect(store.get("account_link", token)["_refresh_url"], 303)


def _submitted(store: Store, link: dict):
    if "later" in request.form:
        return redirect(link["_return_url"], 303)
    typed = {name: request.form.get(name, "").strip() for name in ("name", "birthday", "account_number")}
    errors = _errors(typed)
    if errors:
        return _page(store, link, typed, errors), 422
    person = {"name": typed["name"], "birthday": typed["birthday"]}
    accounts.finish_onboarding(store, _account(store, link), person, _digits(typed["account_number"]))
    return redirect(link["_return_url"], 303)


def _errors(typed: dict[str, str]) -> dict[str, str]:
    checks = {
        "name": (typed["name"], "Tell us your legal name."),
        "birthday": (re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed["birthday"], re.ASCII), "Give a date as 1990-12-31."),
        "account_number": (
            re.fullmatch(r"\d{6,20}", _digits(typed["account_number"]), re.ASCII), "Give 6 to 20 digits."
        ),
    }  # fmt: skip
    return {name: message for name, (is_right, message) in checks.items() if not is_right}


def _digits(number: str) -> str:
    return number.replace(" ", "").replace("-", "")


def _page(store: Store, link: dict, typed: dict, errors: dict):
    account = _account(store, link)
    return render_template("stripe/onboarding.html", account=account, typed=typed, errors=errors)


def _account(store: Store, link: dict) -> dict:
    return store.of(PLATFORM).find("account", link["_account"]) or abort(404)
