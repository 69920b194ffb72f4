"""A person's consent to the app, the tokens that follow from it, and what makes them die."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from sandbox.meta.errors import GraphError, bad_token
from sandbox.meta.store import Store

CODE_LIFE = 600
SHORT_LIFE = 90 * 60
LONG_LIFE = 60 * 24 * 3600
# What a person's account can be in, and the subcode its tokens then fail with.
ACCOUNT_STATES = {
    "ok": (None, ""),
    "checkpointed": (459, "The user is enrolled in a blocking, logged-in checkpoint"),
    "unconfirmed": (464, "Sessions for the user are not allowed because the user is not a confirmed user."),
}
# What ends the sessions there are at that moment; a new consent gives working tokens again.
SESSION_ENDS = {
    "password_changed": (460, "The session has been invalidated because the user changed their password or Facebook"
                              " has changed the session for security reasons."),
    "signed_out": (467, "The session is invalid because the user logged out."),
}  # fmt: skip
SCOPES = {
    "public_profile": "your name and picture",
    "email": "your e-mail address",
    "pages_show_list": "the list of pages you manage",
    "pages_read_engagement": "what your pages publish",
    "pages_read_user_content": "what people write on your pages",
    "pages_manage_posts": "creating and removing posts on your pages",
    "pages_manage_engagement": "answering and hiding comments on your pages",
    "pages_manage_metadata": "settings and notices of your pages",
    "pages_messaging": "messages of your pages",
    "pages_manage_ads": "advertisements of your pages",
    "read_insights": "figures of your pages",
    "business_management": "your Business and its pages",
    "ads_management": "your advertising accounts",
    "ads_read": "figures of your advertising accounts",
}


def give_consent(store: Store, person_id: str, granted: list[str], declined: list[str], pages: list[str]) -> dict:
    """Keep what a person ticked. Permissions add up over several consents; pages are as ticked last."""
    logins = store.collection("logins")
    login = logins.get(person_id) or {"person": person_id, "authorisation": secrets.token_hex(8), "scopes": {}}
    login["scopes"] |= dict.fromkeys(declined, "declined") | dict.fromkeys(["public_profile", *granted], "granted")
    logins[person_id] = login = login | {"pages": pages}
    return login


def withdraw_consent(store: Store, person_id: str) -> None:
    """The person removes the app: every token of this consent is dead."""
    store.collection("logins").pop(person_id, None)


def withdraw_permission(store: Store, person_id: str, scope: str) -> None:
    logins = store.collection("logins")
    login = logins[person_id]
    login["scopes"].pop(scope, None)
    logins[person_id] = login


def granted_scopes(store: Store, person_id: str) -> list[str]:
    login = store.collection("logins").get(person_id, {"scopes": {}})
    return [scope for scope, status in login["scopes"].items() if status == "granted"]


def ticked_pages(store: Store, person_id: str) -> list[str]:
    return store.collection("logins").get(person_id, {"pages": []})["pages"]


# Codes


def new_code(store: Store, person_id: str, redirect_uri: str, challenge: str) -> str:
    code = "AQ" + secrets.token_urlsafe(60)
    store.collection("codes")[code] = {
        "person": person_id, "redirect_uri": redirect_uri, "challenge": challenge, "issued": store.now(), "used": False,
    }  # fmt: skip
    return code


def use_code(store: Store, code: str, redirect_uri: str, verifier: str) -> str:
    """The person whose code it is. Each works once, for ten minutes, with its redirect address and its verifier."""
    kept = store.collection("codes").get(code)
    if kept is None:
        raise GraphError("Invalid verification code format.", 100)
    if kept["used"]:
        raise GraphError("This authorization code has been used.", 100, 36009)
    if store.now() > kept["issued"] + CODE_LIFE:
        raise GraphError("This authorization code has expired.", 100, 36007)
    if redirect_uri != kept["redirect_uri"]:
        message = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        raise GraphError(f"{message} in the OAuth dialog request", 100, 36008)
    if kept["challenge"] and not hmac.compare_digest(challenge_of(verifier), kept["challenge"]):
        raise GraphError("Invalid code verifier.", 1)
    store.collection("codes").change(code, used=True)
    return kept["person"]


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


# Tokens


def new_user_token(store: Store, person_id: str, life: int) -> dict:
    """A token of the person's present consent that lives so many seconds."""
    return _issue(store, {"kind": "user", "person": person_id, "page": None, "expires": store.now() + life, "life": life})


def page_token(store: Store, user_token: dict, page_id: str) -> dict:
    """The page's token as this person; without expiry when the user's token is a long-lived one. The same each time."""
    long_lived = user_token["life"] == LONG_LIFE
    expires = None if long_lived else user_token["expires"]
    facts = {"kind": "page", "person": user_token["person"], "page": page_id, "expires": expires}
    facts["authorisation"] = user_token["authorisation"]
    same = [t for t in store.collection("tokens").where(**facts) if not _problem(store, t)]
    return same[0] if same else _issue(store, facts)


def _issue(store: Store, facts: dict) -> dict:
    token = "EAA" + secrets.token_urlsafe(90).replace("-", "A").replace("_", "Z")
    authorisation = store.collection("logins")[facts["person"]]["authorisation"]
    document = {"token": token, "authorisation": authorisation, "issued": store.now()} | facts
    store.collection("tokens")[token] = document
    return document


def read_token(store: Store, text: str) -> dict:
    """The token, when it is alive; otherwise the GraphError 190 with the subcode that says why not."""
    if text == f"{store.app_id}|{store.app_secret}":
        return {"token": text, "kind": "app", "person": None, "page": None, "issued": 0, "expires": None}
    token = store.collection("tokens").get(text)
    if token is None:
        raise GraphError("Invalid OAuth access token - Cannot parse access token", 190)
    if problem := _problem(store, token):
        raise problem
    return token


def _problem(store: Store, token: dict) -> GraphError | None:
    return _consent_problem(store, token) or _session_problem(store, token) or _role_problem(store, token)


def _consent_problem(store: Store, token: dict) -> GraphError | None:
    login = store.collection("logins").get(token["person"])
    if login is None:
        return bad_token(f"The user has not authorized application {store.app_id}.", 458)
    if login["authorisation"] != token["authorisation"]:
        return bad_token("The session is invalid because it belongs to an earlier authorization.", 467)
    return None


def _session_problem(store: Store, token: dict) -> GraphError | None:
    person = store.people[token["person"]]
    subcode, message = ACCOUNT_STATES[person["state"]]
    if subcode:
        return bad_token(message, subcode)
    for end, moment in person["sessions_end"].items():
        if token["issued"] <= moment:
            subcode, message = SESSION_ENDS[end]
            return bad_token(message, subcode)
    if token["expires"] is not None and store.now() >= token["expires"]:
        return bad_token(f"Session has expired on {_said(token['expires'])}. {_current(store)}", 463)
    return None


def _role_problem(store: Store, token: dict) -> GraphError | None:
    if token["kind"] != "page" or store.tasks(store.pages[token["page"]], token["person"]):
        return None
    return bad_token("The user associated with the Page access token does not have an appropriate role on the Page.", 492)


def _said(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%A, %d-%b-%y %H:%M:%S UTC")


def _current(store: Store) -> str:
    return f"The current time is {_said(store.now())}."


def check_proof(store: Store, token: dict, proof: str | None) -> None:
    """The app requires the proof on every call from a server."""
    if token["kind"] == "app" and not proof:
        return
    if not proof:
        raise GraphError("API calls from the server require an appsecret_proof argument", 100, kind="GraphMethodException")
    right = hmac.new(store.app_secret.encode(), token["token"].encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, proof):
        message = "Invalid appsecret_proof provided in the API argument"
        raise GraphError(message, 100, kind="GraphMethodException")


def change_account(store: Store, person_id: str, state: str) -> dict:
    """Put a person's account into a state, or end the sessions it has. ValueError for an unknown one."""
    person = store.people[person_id]
    if state in ACCOUNT_STATES:
        person["state"] = state
    elif state in SESSION_ENDS:
        person["sessions_end"][state] = store.now()
    else:
        raise ValueError(f"{state!r} is none of {', '.join([*ACCOUNT_STATES, *SESSION_ENDS])}")
    store.people[person_id] = person
    return person
