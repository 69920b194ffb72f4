"""The consent screen: choose a person, tick pages and permissions, agree or cancel."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.meta.logins import SCOPES, give_consent, granted_scopes, new_code
from sandbox.meta.seed import add_account, add_page, add_person, role
from sandbox.meta.store import ALL_TASKS, Store

CANCELLED = {
    "error": "access_denied", "error_code": "200", "error_description": "Permissions error", "error_reason": "user_denied",
}  # fmt: skip


class BadRequest(Exception):
    """The app asked wrongly; the person is told and not sent back."""


@dataclass(frozen=True)
class Wish:
    """What the app asks for."""

    redirect_uri: str
    state: str | None
    scopes: list[str]
    challenge: str


def add_dialog(blueprint: Blueprint, store: Store) -> None:
    """Mount `/dialog/oauth`, with or without a version in the path.

    POST to the same address with `person`, `pages` (any number), `scopes` (any number) and `action` (`continue` or
    `cancel`) is what the screen's form sends.
    """

    @blueprint.get("/dialog/oauth")
    @blueprint.get("/<version>/dialog/oauth")
    def ask(version: str = "") -> Response | tuple | str:
        try:
            wish = _wish(store)
        except BadRequest as error:
            return _refusal(error)
        person = store.people.get(request.args.get("person", ""))
        return _consent_page(store, wish, person) if person else _people_page(store)

    @blueprint.post("/dialog/people")
    def create_person() -> Response:
        """A new fictional person with a page of their own, then on to the consent screen."""
        person = new_person(store, request.form.get("name", ""), request.form.get("page_name", ""))
        query = request.query_string.decode()
        return redirect(f"/meta/dialog/oauth?{query}&{urlencode({'person': person['id']})}", 303)

    @blueprint.post("/dialog/oauth")
    @blueprint.post("/<version>/dialog/oauth")
    def decide(version: str = "") -> Response | tuple:
        try:
            wish = _wish(store)
            if request.form.get("action") == "cancel":
                return _back(wish, CANCELLED)
            return _back(wish, {"code": _consent(store, wish)})
        except BadRequest as error:
            return _refusal(error)


def new_person(store: Store, name: str, page_name: str) -> dict:
    """Somebody new who fully controls one new page, and can pay for its ads."""
    with store.world.transaction():
        person = add_person(store, name.strip()[:60] or "Someone New")
        page_name = page_name.strip()[:75] or f"{person['name']}'s page"
        add_page(store, page_name, {person["id"]: role(ALL_TASKS)}, followers_count=120, fan_count=118)
        add_account(store, f"act_{person['id']}", page_name, [person["id"]])
    return person


def _wish(store: Store) -> Wish:
    given = request.args
    if given.get("client_id") != store.app_id:
        raise BadRequest("Invalid App ID: the provided app ID does not look like a valid app ID.")
    if not given.get("redirect_uri", "").startswith(store.world.web_url + "/"):
        raise BadRequest("URL blocked: the redirect URI is not in the app's client OAuth settings.")
    if given.get("response_type", "code") != "code":
        raise BadRequest("Only response_type=code is played here.")
    scopes = given.get("scope", "").replace(",", " ").split()
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise BadRequest(f"Invalid Scopes: {', '.join(unknown)}.")
    return Wish(given["redirect_uri"], given.get("state"), ["public_profile", *scopes], _challenge())


def _challenge() -> str:
    """The PKCE challenge, empty when the app sends none."""
    challenge = request.args.get("code_challenge", "")
    if challenge and request.args.get("code_challenge_method") != "S256":
        raise BadRequest("Only code_challenge_method=S256 is played here.")
    return challenge


def _people_page(store: Store) -> str:
    query = request.args.to_dict()
    people = [(person, urlencode(query | {"person": person["id"]})) for person in store.people.all()]
    return render_template("meta/people.html", people=people, query=request.query_string.decode())


def _consent_page(store: Store, wish: Wish, person: dict) -> str:
    scopes = [(scope, SCOPES[scope]) for scope in dict.fromkeys(wish.scopes)]
    pages = store.pages_of(person["id"])
    again = granted_scopes(store, person["id"])
    return render_template("meta/consent.html", person=person, pages=pages, scopes=scopes, again=again)


def _consent(store: Store, wish: Wish) -> str:
    """Keep what was ticked and make the code for it."""
    with store.world.transaction():
        person = store.people.get(request.form.get("person", ""))
        if person is None:
            raise BadRequest("There is no such person.")
        ticked = request.form.getlist("scopes")
        pages = [page["id"] for page in store.pages_of(person["id"]) if page["id"] in request.form.getlist("pages")]
        granted = [scope for scope in wish.scopes if scope in ticked]
        declined = [scope for scope in wish.scopes if scope not in ticked]
        give_consent(store, person["id"], granted, declined, pages)
        return new_code(store, person["id"], wish.redirect_uri, wish.challenge)


def _back(wish: Wish, answer: dict[str, str]) -> Response:
    """Send the browser back with the answer; `state` comes back as it was given. Facebook adds `#_=_`."""
    answer = answer | ({"state": wish.state} if wish.state is not None else {})
    joint = "&" if "?" in wish.redirect_uri else "?"
    return redirect(f"{wish.redirect_uri}{joint}{urlencode(answer)}#_=_", 302)


def _refusal(error: BadRequest) -> tuple[str, int]:
    return render_template("meta/refusal.html", message=str(error)), 400
