"""The pages a person works on, and one page: who controls it, what we are told of it."""
from __future__ import annotations

from typing import Any

from marketplace.gateways.meta.asking import NotAllowed, ask, fetch

FULL_CONTROL = {"MANAGE", "PROFILE_PLUS_MANAGE", "PROFILE_PLUS_FULL_CONTROL"}
PAGE_FIELDS = ["id", "name", "followers_count", "link", "tasks", "access_token"]


def pages(person_id: str, token: str) -> list[dict[str, Any]]:
    """The pages a person works on, also those only a Business leads to. One not ticked has no `access_token`."""
    found = {page["id"]: page for page in [*_own_pages(person_id, token), *_pages_through_businesses(person_id, token)]}
    return list(found.values())


def page(page_id: str, token: str) -> dict[str, Any]:
    """Name, link and followers as they are now."""
    return ask(token, lambda api: api.call("GET", (page_id,), params={"fields": "id,name,followers_count,link"}).json())


def controllers(page_id: str, token: str) -> list[dict[str, Any]]:
    """People who fully control a page: id and name. NotAllowed when the token's person may not read that."""
    listed = [one for edge in ("roles", "assigned_users") for one in _holders(page_id, edge, token)]
    return [{"id": one["id"], "name": one["name"]} for one in listed if FULL_CONTROL & set(one["tasks"])]


def subscribe(page_id: str, token: str) -> None:
    """Let Facebook tell us what happens on the page."""
    ask(token, lambda api: api.call("POST", (page_id, "subscribed_apps"), params={"subscribed_fields": ["feed"]}))


def unsubscribe(page_id: str, token: str) -> None:
    """Let it be silent again."""
    ask(token, lambda api: api.call("DELETE", (page_id, "subscribed_apps")))


def _holders(page_id: str, edge: str, token: str) -> list[dict[str, Any]]:
    return ask(token, lambda api: api.call("GET", (page_id, edge)).json())["data"]


def _own_pages(person_id: str, token: str) -> list[dict[str, Any]]:
    return fetch(token, (person_id, "accounts"), PAGE_FIELDS)


def _pages_through_businesses(person_id: str, token: str) -> list[dict[str, Any]]:
    """`/me/accounts` leaves out pages that are reached only through a Business; without that permission there are none."""
    try:
        businesses = fetch(token, (person_id, "businesses"), ["id"])
    except NotAllowed:
        return []
    return [page for business in businesses for edge in ("owned_pages", "client_pages")
            for page in fetch(token, (business["id"], edge), PAGE_FIELDS)]
