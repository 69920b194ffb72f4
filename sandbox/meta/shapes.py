"""How a node is shown: its fields by name, those shown when none is asked for, and lists in pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from sandbox.meta.errors import GraphError, bad_parameter
from sandbox.meta.logins import page_token, ticked_pages
from sandbox.meta.routes import Call
from sandbox.meta.store import Store

FIELD = re.compile(r"\s*([a-z_]+)\s*(?:\{([^{}]*)\})?\s*(?:,|$)")
DEFAULT_LIMIT, MOST = 25, 100


@dataclass(frozen=True)
class Shape:
    """`sdk` names the class of the SDK whose fields these are."""

    sdk: str
    fields: dict[str, Callable[[Call, dict], object]]
    default: tuple[str, ...]


def show(call: Call, kind: str, node: dict) -> dict:
    """The node with the fields asked for; a field without a value is left out, as Graph does."""
    shape = SHAPES[kind]
    wanted = requested_fields(call.parameters.get("fields", "")) or dict.fromkeys(shape.default, ())
    shown = {}
    for name, inner in ({"id": ()} | wanted).items():
        if name not in shape.fields:
            raise bad_parameter(f"Tried accessing nonexisting field ({name}) on node type ({shape.sdk})")
        value = shape.fields[name](call, node)
        if value is not None:
            shown[name] = _only(value, inner)
    return shown


def show_list(call: Call, kind: str, nodes: list[dict]) -> dict:
    """One page of a list: `limit` nodes after the one whose id the cursor `after` names."""
    limit = call.number("limit", DEFAULT_LIMIT, MOST)
    start = _start(call, nodes)
    chosen = nodes[start : start + limit]
    answer: dict = {"data": [show(call, kind, node) for node in chosen]}
    if chosen:
        answer["paging"] = {"cursors": {"before": chosen[0]["id"], "after": chosen[-1]["id"]}}
        if start + limit < len(nodes):
            answer["paging"]["next"] = _next_url(call, chosen[-1]["id"])
    return answer


def requested_fields(text: str) -> dict[str, tuple[str, ...]]:
    """`id,from{name}` → {"id": (), "from": ("name",)}. Deeper nesting and modifiers are not played: error 2500."""
    found, end = {}, 0
    while end < len(text):
        match = FIELD.match(text, end)
        if not match:
            raise GraphError(f'Syntax error "Expected end of string instead of {text[end]!r}."', 2500)
        found[match[1]] = tuple(name.strip() for name in (match[2] or "").split(",") if name.strip())
        end = match.end()
    return found


def graph_time(moment: float | None) -> str | None:
    """Epoch seconds as Graph writes times."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def page_url(store: Store, page_id: str) -> str:
    return f"{store.world.base_url}/meta/pages/{page_id}"


def post_url(store: Store, post: dict) -> str:
    return f"{page_url(store, post['page'])}/posts/{post['id']}"


def media_url(store: Store, photo_id: str) -> str:
    return f"{store.world.base_url}/meta/media/{photo_id}"


def _only(value, inner: tuple[str, ...]):
    """The chosen inner fields; of an edge, those of its data."""
    if not inner or not isinstance(value, dict):
        return value
    if "data" in value:
        return {"data": _only(value["data"], inner)}
    return {name: value[name] for name in ("id", *inner) if name in value}


def _start(call: Call, nodes: list[dict]) -> int:
    after = call.parameters.get("after")
    if not after:
        return 0
    places = [place for place, node in enumerate(nodes) if node["id"] == after]
    if not places:
        raise bad_parameter("Invalid cursors values in after cursor")
    return places[0] + 1


def _next_url(call: Call, after: str) -> str:
    parameters = {name: value for name, value in call.parameters.items() if name != "appsecret_proof"}
    return f"{call.store.world.base_url}/meta/graph/next?{urlencode(parameters | {'after': after})}"


def _own(name: str) -> Callable[[Call, dict], object]:
    """A field that is kept under its own name."""
    return lambda call, node: node.get(name)


def _time(name: str) -> Callable[[Call, dict], object]:
    return lambda call, node: graph_time(node.get(name))


def _picture(call: Call, page: dict) -> dict:
    url = page_url(call.store, page["id"]) + "/picture"
    return {"data": {"url": url, "width": 200, "height": 200, "is_silhouette": False}}


def _access_token(call: Call, page: dict) -> str | None:
    """Only for a page the person ticked and works on; the same page token is shown again to itself."""
    store, token = call.store, call.token
    if token["kind"] == "page":
        return token["token"] if token["page"] == page["id"] else None
    if token["kind"] != "user" or page["id"] not in ticked_pages(store, token["person"]):
        return None
    return page_token(store, token, page["id"])["token"] if store.tasks(page, token["person"]) else None


def _tasks(call: Call, page: dict) -> list[str] | None:
    return call.store.tasks(page, call.token["person"]) or None


def _from_page(call: Call, node: dict) -> dict:
    page = call.store.pages[node["page"]]
    return {"id": page["id"], "name": page["name"]}


def _full_picture(call: Call, post: dict) -> str | None:
    return media_url(call.store, post["photos"][0]) if post["photos"] else None


def _parent_comment(call: Call, comment: dict) -> dict | None:
    parent = call.store.comments.get(comment["parent"])
    return parent and {"id": parent["id"], "message": parent["message"], "from": parent["from"]}


def _images(call: Call, photo: dict) -> list[dict]:
    return [{"source": media_url(call.store, photo["id"]), "width": photo["width"], "height": photo["height"]}]


SHAPES = {
    "user": Shape("User", {"id": _own("id"), "name": _own("name")}, ("id", "name")),
    "business": Shape("Business", {"id": _own("id"), "name": _own("name")}, ("id", "name")),
    "page": Shape("Page", {
        **{name: _own(name) for name in ("id", "name", "category", "about", "followers_count", "fan_count")},
        "link": lambda call, page: page_url(call.store, page["id"]),
        "picture": _picture, "access_token": _access_token, "tasks": _tasks,
    }, ("id", "name")),
    "adaccount": Shape("AdAccount", {name: _own(name) for name in ("id", "name", "account_status", "currency")}, ("id",)),
    "campaign": Shape("Campaign", {name: _own(name) for name in ("id", "name", "objective", "status")}, ("id",)),
    "adset": Shape("AdSet", {name: _own(name) for name in ("id", "name", "campaign_id", "lifetime_budget", "status")}, ("id",)),
    "adcreative": Shape("AdCreative", {name: _own(name) for name in ("id", "name", "object_story_id")}, ("id",)),
    "ad": Shape("Ad", {name: _own(name) for name in ("id", "name", "adset_id", "status")}, ("id",)),
    "insight": Shape("AdsInsights", {"id": lambda call, row: None, "spend": _own("spend")}, ("spend",)),
    "account": Shape("Page", {}, ("access_token", "category", "name", "id", "tasks")),
    "post": Shape("PagePost", {
        **{name: _own(name) for name in ("id", "message", "is_published", "is_hidden", "status_type")},
        "created_time": _time("created"), "updated_time": _time("updated"), "from": _from_page,
        "permalink_url": lambda call, post: post_url(call.store, post), "full_picture": _full_picture,
    }, ("created_time", "message", "id")),
    "photo": Shape("Photo", {
        "id": _own("id"), "name": _own("caption"), "created_time": _time("created"), "from": _from_page,
        "link": lambda call, photo: media_url(call.store, photo["id"]), "images": _images, "width": _own("width"),
        "height": _own("height"), "page_story_id": _own("post"),
    }, ("created_time", "name", "id")),
    "comment": Shape("Comment", {
        **{name: _own(name) for name in ("id", "message", "from", "is_hidden", "like_count")},
        "created_time": _time("created"), "parent": _parent_comment,
        "comment_count": lambda call, comment: len(call.store.comments_on(comment["id"])),
        "can_hide": lambda call, comment: comment["from"]["id"] != comment["page"],
        "permalink_url": lambda call, comment: (
            f"{page_url(call.store, comment['page'])}/posts/{comment['post']}#comment-{comment['id']}"
        ),
    }, ("created_time", "from", "message", "id")),
}  # fmt: skip
SHAPES["account"].fields.update(SHAPES["page"].fields)
