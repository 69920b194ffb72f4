"""The Graph endpoint: from a path to a handler, through every check Graph makes on the way."""

import json
import re

from flask import Blueprint, Response, request

from sandbox.meta.errors import GraphError, bad_parameter, lacks_permission, lacks_task, needs_page_token, unseen
from sandbox.meta.logins import check_proof, granted_scopes, read_token, ticked_pages
from sandbox.meta.oauth import OPEN_ENDPOINTS
from sandbox.meta.routes import COMMON_PARAMETERS, ROUTES, Call, Route
from sandbox.meta.store import Store

VERSIONS = ("v24.0", "v25.0", "v26.0")
METHODS = ["GET", "POST", "DELETE"]


def add_graph(blueprint: Blueprint, store: Store) -> None:
    """Mount Graph under `/graph`, with or without a version in the path."""

    @blueprint.route("/graph/<path:path>", methods=METHODS)
    def graph(path: str) -> Response:
        try:
            return _json(_answer(store, [part for part in path.split("/") if part]))
        except GraphError as error:
            return _error(error)


def _answer(store: Store, path: list[str]) -> object:
    """What Graph answers to the request in hand. GraphError when that is an error."""
    parts = _without_version(path)
    if endpoint := OPEN_ENDPOINTS.get("/".join(parts)):
        with store.world.transaction():
            return endpoint.handler(store, request.values.to_dict())
    prepared = _prepare(store, parts)
    with store.world.transaction():
        route, call = _admit(store, parts)
        call.prepared = prepared
        return route.handler(call)


def _prepare(store: Store, parts: list[str]) -> object:
    """Slow work of a route (fetching a picture), done while nobody waits for the world's lock."""
    route, call = _admit(store, parts)
    return route.prepare(call) if route.prepare else None


def _admit(store: Store, parts: list[str]) -> tuple[Route, Call]:
    """The route and its call, after every check on the way there."""
    method = request.values.get("method", request.method).upper()
    token = _living_token(store)
    kind, node = _node(store, parts[0] if parts else "", token, method)
    route, extra = _route(method, kind, parts)
    call = Call(store, method, node, token, request.values.to_dict() | extra, request.files.to_dict())
    _check_parameters(route, call)
    _check_access(route, call)
    return route, call


def _without_version(parts: list[str]) -> list[str]:
    if not parts or not re.fullmatch(r"v\d+\.\d+", parts[0]):
        return parts
    if parts[0] not in VERSIONS:
        raise GraphError(f"(#2635) You are calling a version of Graph that does not exist: {parts[0]}", 2635)
    return parts[1:]


def _living_token(store: Store) -> dict:
    text = request.values.get("access_token") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not text:
        raise GraphError("An access token is required to request this resource.", 104)
    token = read_token(store, text)
    check_proof(store, token, request.values.get("appsecret_proof"))
    return token


def _node(store: Store, node_id: str, token: dict, method: str) -> tuple[str, dict]:
    """The node of the path. `me` is whoever the token stands for."""
    if node_id == "me":
        node_id = token["page"] or token["person"] or ""
    found = store.find(node_id)
    if found is None or (found[0] == "user" and node_id != token["person"]):
        raise unseen(node_id, method)
    return found


def _route(method: str, kind: str, parts: list[str]) -> tuple[Route, dict[str, str]]:
    """The route, and the parameter its path carries (`/me/permissions/<permission>`)."""
    edge, rest = (parts[1] if len(parts) > 1 else ""), parts[2:]
    route = ROUTES.get((method, kind, edge))
    if route is None or len(rest) > 1 or (rest and "permission" not in route.parameters):
        message = f"Unknown path components: /{'/'.join(parts[1:])}" if edge else f"Unsupported {method.lower()} request."
        raise GraphError(message, 2500 if edge else 100)
    return route, {"permission": rest[0]} if rest else {}


def _check_parameters(route: Route, call: Call) -> None:
    """Stricter than Graph, which ignores names it does not know: here they are our own mistakes."""
    known = COMMON_PARAMETERS | set(route.parameters) | {"method"}
    unknown = [name for name in call.parameters if re.sub(r"\[.*", "", name) not in known]
    unknown += [name for name in call.files if name not in route.files]
    if unknown:
        raise bad_parameter(f"Unexpected parameter: {', '.join(sorted(unknown))}")


def _check_access(route: Route, call: Call) -> None:
    """The token's kind, then the app's permission, then the person's task on the page."""
    store, page = call.store, _page_of(call, route.node)
    if route.token == "page" and call.token["kind"] != "page":
        raise needs_page_token()
    if page and call.token["kind"] == "page" and call.token["page"] != page["id"]:
        raise unseen(call.node["id"], call.method)
    if route.permissions and not _has_permissions(route, call, page):
        raise lacks_permission(route.permissions, call.method)
    if page and route.task and not store.may(page, call.token["person"] or "", route.task):
        raise lacks_task(route.task)


def _has_permissions(route: Route, call: Call, page: dict | None) -> bool:
    """Whether the person gave them, and for this page: one they did not tick, or have no role on, is out of reach."""
    store, person = call.store, call.token["person"] or ""
    if page and not (page["id"] in ticked_pages(store, person) and store.tasks(page, person)):
        return False
    return set(route.permissions) <= set(granted_scopes(store, person))


def _page_of(call: Call, kind: str) -> dict | None:
    if kind == "page":
        return call.node
    return call.store.pages[call.node["page"]] if kind in ("post", "photo", "comment") else None


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    headers = {"facebook-api-version": VERSIONS[-1], "Cache-Control": "private, no-store"} | (headers or {})
    return Response(json.dumps(value), status, headers, content_type="application/json; charset=UTF-8")


def _error(error: GraphError) -> Response:
    reason = json.dumps(str(error))
    headers = {"WWW-Authenticate": f'OAuth "Facebook Platform" "invalid_request" {reason}'}
    return _json(error.body(), error.status, headers)
