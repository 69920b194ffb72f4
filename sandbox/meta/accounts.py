"""People, their pages and businesses, who has a role on a page, and what a page tells us about."""

import json

from sandbox.meta.errors import bad_parameter
from sandbox.meta.logins import withdraw_consent, withdraw_permission
from sandbox.meta.routes import Call, route
from sandbox.meta.shapes import show, show_list

SUBSCRIBABLE = ("feed", "mention", "messages", "message_reactions", "ratings")
SUCCESS = {"success": True}


@route("GET", "user", origin="sdk", sdk="User.api_get", answers="user")
def read_user(call: Call) -> dict:
    return show(call, "user", call.node)


@route("GET", "user", "accounts", origin="sdk", sdk="User.get_accounts", permissions=("pages_show_list",), token="user",
       answers="account")  # fmt: skip
def list_accounts(call: Call) -> dict:
    """Pages of the person; one reachable only through a Business is missing, one not ticked has no token."""
    pages = call.store.pages_of(call.node["id"])
    return show_list(call, "account", [page for page in pages if not page["only_through_business"]])


@route("GET", "user", "businesses", origin="sdk", sdk="User.get_businesses", permissions=("business_management",),
       answers="business")  # fmt: skip
def list_businesses(call: Call) -> dict:
    found = [b for b in call.store.businesses.all() if call.node["id"] in b["people"]]
    return show_list(call, "business", found)


@route("GET", "business", "owned_pages", origin="sdk", sdk="Business.get_owned_pages",
       permissions=("business_management",), answers="page")  # fmt: skip
def list_owned_pages(call: Call) -> dict:
    return _pages_of_business(call, "owned_pages")


@route("GET", "business", "client_pages", origin="sdk", sdk="Business.get_client_pages",
       permissions=("business_management",), answers="page")  # fmt: skip
def list_client_pages(call: Call) -> dict:
    return _pages_of_business(call, "client_pages")


def _pages_of_business(call: Call, name: str) -> dict:
    pages = call.node[name] if call.token["person"] in call.node["people"] else []
    return show_list(call, "page", [call.store.pages[page_id] for page_id in pages])


@route("GET", "user", "permissions", origin="sdk", sdk="User.get_permissions", parameters=("permission", "status"))
def list_permissions(call: Call) -> dict:
    scopes = call.store.collection("logins")[call.node["id"]]["scopes"]
    listed = [{"permission": scope, "status": status} for scope, status in scopes.items()]
    wanted = {name: call.parameters[name] for name in ("permission", "status") if name in call.parameters}
    return {"data": [entry for entry in listed if wanted.items() <= entry.items()]}


@route("DELETE", "user", "permissions", origin="sdk", sdk="User.delete_permissions", parameters=("permission",))
def delete_permissions(call: Call) -> dict:
    """One permission, or without a name the whole consent: then every token of it is dead."""
    if permission := call.text("permission"):
        withdraw_permission(call.store, call.node["id"], permission)
    else:
        withdraw_consent(call.store, call.node["id"])
    return SUCCESS


@route("GET", "page", origin="sdk", sdk="Page.api_get", answers="page")
def read_page(call: Call) -> dict:
    return show(call, "page", call.node)


@route("GET", "page", "roles", origin="doc", sdk="Page.get_roles", permissions=("pages_manage_metadata",), task="MANAGE",
       token="page")  # fmt: skip
def list_roles(call: Call) -> dict:
    """People with a role of their own; those who have it through a Business are under assigned_users."""
    return {"data": [_role(call, person, role) for person, role in call.node["roles"].items() if not role["business"]]}


@route("GET", "page", "assigned_users", origin="doc", sdk="Page.get_assigned_users", parameters=("business",),
       permissions=("pages_manage_metadata",), task="MANAGE", token="page")  # fmt: skip
def list_assigned_users(call: Call) -> dict:
    wanted = call.text("business")
    roles = call.node["roles"].items()
    chosen = [(p, r) for p, r in roles if r["business"] and wanted in ("", r["business"])]
    return {"data": [_role(call, person, role) for person, role in chosen]}


def _role(call: Call, person_id: str, role: dict) -> dict:
    return {"id": person_id, "name": call.store.people[person_id]["name"], "tasks": role["tasks"]}


@route("GET", "page", "subscribed_apps", origin="sdk", sdk="Page.get_subscribed_apps",
       permissions=("pages_manage_metadata",), token="page")  # fmt: skip
def list_subscribed_apps(call: Call) -> dict:
    fields = call.store.collection("subscriptions").get(call.node["id"])
    app = {"id": call.store.app_id, "name": "Dayitto"}
    return {"data": [app | {"subscribed_fields": fields["fields"]}] if fields else []}


@route("POST", "page", "subscribed_apps", origin="sdk", sdk="Page.create_subscribed_app",
       parameters=("subscribed_fields",), permissions=("pages_manage_metadata",), task="MODERATE", token="page")  # fmt: skip
def subscribe_app(call: Call) -> dict:
    wanted = _listed(call.text("subscribed_fields"))
    if not wanted or not set(wanted) <= set(SUBSCRIBABLE):
        raise bad_parameter(f"Param subscribed_fields must be some of {{{', '.join(SUBSCRIBABLE)}}}")
    call.store.collection("subscriptions")[call.node["id"]] = {"page": call.node["id"], "fields": wanted}
    return SUCCESS


@route("DELETE", "page", "subscribed_apps", origin="sdk", sdk="Page.delete_subscribed_apps",
       permissions=("pages_manage_metadata",), token="page")  # fmt: skip
def unsubscribe_app(call: Call) -> dict:
    call.store.collection("subscriptions").pop(call.node["id"], None)
    return SUCCESS


def _listed(text: str) -> list[str]:
    """A list parameter: JSON, or separated by commas."""
    if text.startswith("["):
        try:
            return [str(entry) for entry in json.loads(text)]
        except ValueError:
            return []
    return [entry.strip() for entry in text.split(",") if entry.strip()]
