"""Comments on posts and answers to them, by the page and by visitors."""

import hashlib

from sandbox.meta.accounts import SUCCESS
from sandbox.meta.errors import bad_parameter
from sandbox.meta.hooks import announce
from sandbox.meta.routes import Call, route
from sandbox.meta.shapes import post_url, show, show_list
from sandbox.meta.store import Store

READ = ("pages_read_engagement", "pages_read_user_content")
ENGAGE = ("pages_manage_engagement",)
FIRST_COMMENT = 122300000000000
LONGEST = 8_000
VISITORS = 500_000_000_000_000


@route("GET", "post", "comments", origin="sdk", sdk="PagePost.get_comments", parameters=("filter", "order", "since"),
       permissions=READ, answers="comment")  # fmt: skip
@route("GET", "comment", "comments", origin="sdk", sdk="Comment.get_comments", parameters=("filter", "order", "since"),
       permissions=READ, answers="comment")  # fmt: skip
def list_comments(call: Call) -> dict:
    """Top level by default, every level with `filter=stream`; `since` is epoch seconds."""
    store, object_id = call.store, call.node["id"]
    whole = call.choice("filter", ("toplevel", "stream")) == "stream" and "post" not in call.node
    found = store.comments.where(post=object_id) if whole else store.comments_on(object_id)
    since = call.number("since", 1, 10**11)
    found = [comment for comment in found if comment["created"] >= since]
    if call.choice("order", ("chronological", "reverse_chronological")) == "reverse_chronological":
        found.reverse()
    return show_list(call, "comment", found)


@route("GET", "comment", origin="sdk", sdk="Comment.api_get", permissions=READ, answers="comment")
def read_comment(call: Call) -> dict:
    return show(call, "comment", call.node)


@route("POST", "post", "comments", origin="sdk", sdk="PagePost.create_comment", parameters=("message",),
       permissions=ENGAGE, task="MODERATE", token="page")  # fmt: skip
@route("POST", "comment", "comments", origin="sdk", sdk="Comment.create_comment", parameters=("message",),
       permissions=ENGAGE, task="MODERATE", token="page")  # fmt: skip
def create_comment(call: Call) -> dict:
    """The page comments on its post, or answers a comment."""
    page = call.store.pages[call.node["page"]]
    author = {"id": page["id"], "name": page["name"]}
    return {"id": add_comment(call.store, call.node, author, _message(call))["id"]}


@route("POST", "comment", origin="sdk", sdk="Comment.api_update", parameters=("is_hidden", "message"), permissions=ENGAGE,
       task="MODERATE", token="page")  # fmt: skip
def update_comment(call: Call) -> dict:
    """Hide or show anybody's comment; change the text of the page's own."""
    store, comment = call.store, dict(call.node)
    own = comment["from"]["id"] == comment["page"]
    if "is_hidden" in call.parameters:
        if own:
            raise bad_parameter("A page cannot hide its own comment")
        comment["is_hidden"] = call.flag("is_hidden", False)
        _announce(store, comment, "hide" if comment["is_hidden"] else "unhide")
    if "message" in call.parameters:
        if not own:
            raise bad_parameter("Only the author can change the text of a comment")
        comment["message"] = _message(call)
        _announce(store, comment, "edited")
    store.comments[comment["id"]] = comment
    return SUCCESS


@route("DELETE", "comment", origin="sdk", sdk="Comment.api_delete", permissions=ENGAGE, task="MODERATE", token="page")
def delete_comment(call: Call) -> dict:
    for comment in [*call.store.comments_on(call.node["id"]), call.node]:
        del call.store.comments[comment["id"]]
        _announce(call.store, comment, "remove")
    return SUCCESS


def add_comment(store: Store, target: dict, author: dict, message: str) -> dict:
    """A comment on a post or under a comment. An answer to an answer lands beside it, as on Facebook."""
    post_id = target.get("post") or target["id"]
    parent = target["parent"] if store.comments.get(target.get("parent", "")) else target["id"]
    comment_id = f"{post_id.split('_')[1]}_{store.new_number(FIRST_COMMENT)}"
    comment = {
        "id": comment_id, "page": target["page"], "post": post_id, "parent": parent, "from": author, "message": message,
        "created": store.now(), "is_hidden": False, "like_count": 0,
    }  # fmt: skip
    store.comments[comment_id] = comment
    _announce(store, comment, "add")
    return comment


def visitor(name: str) -> dict:
    """A passer-by of that name; the same name is the same person."""
    number = int(hashlib.sha256(name.encode()).hexdigest()[:10], 16)
    return {"id": str(VISITORS + number), "name": name}


def _message(call: Call) -> str:
    message = call.text("message", LONGEST).strip()
    if not message:
        raise bad_parameter("The comment is empty. Param message is required")
    return message


def _announce(store: Store, comment: dict, verb: str) -> None:
    post = store.posts[comment["post"]]
    value = {
        "item": "comment", "verb": verb, "comment_id": comment["id"], "post_id": comment["post"],
        "parent_id": comment["parent"], "message": comment["message"], "from": comment["from"],
        "created_time": int(comment["created"]),
        "post": {"id": post["id"], "permalink_url": post_url(store, post), "is_published": post["is_published"]},
    }  # fmt: skip
    announce(store, comment["page"], "feed", value)
