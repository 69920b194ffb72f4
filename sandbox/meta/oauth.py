"""Endpoints that need no living token: exchanging codes and tokens, and looking at a token."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.meta.errors import GraphError
from sandbox.meta.logins import (
    LONG_LIFE,
    SHORT_LIFE,
    granted_scopes,
    new_user_token,
    read_token,
    ticked_pages,
    use_code,
)
from sandbox.meta.store import Store

DATA_ACCESS = 90 * 24 * 3600
PAGE_SCOPES = "pages_"


def exchange(store: Store, parameters: dict[str, str]) -> dict:
    """`/oauth/access_token`: a code, a short-lived user token, or the app's own credentials for a token."""
    _check_app(store, parameters)
    grant = parameters.get("grant_type", "authorization_code")
    if grant == "client_credentials":
        return {"access_token": f"{store.app_id}|{store.app_secret}", "token_type": "bearer"}
    if grant == "fb_exchange_token":
        return _long_lived(store, parameters.get("fb_exchange_token", ""))
    return _from_code(store, parameters)


def inspect(store: Store, parameters: dict[str, str]) -> dict:
    """`/debug_token`: what a token is worth, asked with the app's token or one of the app's users."""
    asking = parameters.get("access_token", "")
    if not asking:
        raise GraphError("An access token is required to request this resource.", 104)
    read_token(store, asking)
    text = parameters.get("input_token", "")
    try:
        return {"data": _facts(store, read_token(store, text)) | {"is_valid": True}}
    except GraphError as error:
        return {"data": _facts_of_dead(store, text, error)}


@dataclass(frozen=True)
class Endpoint:
    """`origin` says where we know it from, as in the table of routes."""

    handler: Callable[[Store, dict[str, str]], dict]
    origin: str


OPEN_ENDPOINTS = {"oauth/access_token": Endpoint(exchange, "doc"), "debug_token": Endpoint(inspect, "doc")}


def _check_app(store: Store, parameters: dict[str, str]) -> None:
    if parameters.get("client_id") != store.app_id:
        raise GraphError("Error validating application. Cannot get application info due to a system error.", 101)
    if not hmac.compare_digest(parameters.get("client_secret", "").encode(), store.app_secret.encode()):
        raise GraphError("Error validating client secret.", 1)


def _from_code(store: Store, parameters: dict[str, str]) -> dict:
    if not parameters.get("code"):
        raise GraphError("Missing authorization code", 1)
    person = use_code(store, parameters["code"], parameters.get("redirect_uri", ""), parameters.get("code_verifier", ""))
    return _answer(new_user_token(store, person, SHORT_LIFE))


def _long_lived(store: Store, text: str) -> dict:
    token = read_token(store, text)
    if token["kind"] != "user":
        raise GraphError("Only a user access token can be exchanged.", 1)
    return _answer(new_user_token(store, token["person"], LONG_LIFE))


def _answer(token: dict) -> dict:
    return {"access_token": token["token"], "token_type": "bearer", "expires_in": token["life"]}


def _facts(store: Store, token: dict) -> dict:
    facts = {
        "app_id": store.app_id, "type": token["kind"].upper(), "application": "Dayitto", "issued_at": int(token["issued"]),
        "expires_at": int(token["expires"] or 0), "data_access_expires_at": int(token["issued"]) + DATA_ACCESS,
    }  # fmt: skip
    if token["person"]:
        scopes = granted_scopes(store, token["person"])
        facts |= {"user_id": token["person"], "scopes": scopes, "granular_scopes": _granular(store, token, scopes)}
    return facts | ({"profile_id": token["page"]} if token["page"] else {})


def _granular(store: Store, token: dict, scopes: list[str]) -> list[dict]:
    """For page permissions, the pages they were given for."""
    pages = ticked_pages(store, token["person"])
    return [{"scope": s, "target_ids": pages} if s.startswith(PAGE_SCOPES) else {"scope": s} for s in scopes]


def _facts_of_dead(store: Store, text: str, error: GraphError) -> dict:
    problem = {"code": error.code, "message": str(error)} | ({"subcode": error.subcode} if error.subcode else {})
    facts = {"app_id": store.app_id, "error": problem, "is_valid": False, "scopes": []}
    token = store.collection("tokens").get(text)
    return facts | ({"user_id": token["person"], "type": token["kind"].upper()} if token else {})
