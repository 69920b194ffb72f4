"""What a page publishes: posts and photos."""

import json
import re

from sandbox.meta.accounts import SUCCESS
from sandbox.meta.errors import bad_parameter, unseen
from sandbox.meta.hooks import announce
from sandbox.meta.images import Picture, keep_image, read_image
from sandbox.meta.routes import Call, route
from sandbox.meta.shapes import post_url, show, show_list
from sandbox.meta.store import Store

PUBLISH = ("pages_manage_posts",)
READ = ("pages_read_engagement",)
FIRST_POST, FIRST_PHOTO = 122100000000000, 122200000000000
LIST_PARAMETERS = ("include_hidden", "show_expired", "with")


@route("POST", "page", "feed", origin="sdk", sdk="Page.create_feed", parameters=("message", "link", "published", "attached_media"),
       permissions=PUBLISH, task="CREATE_CONTENT", token="page")  # fmt: skip
def create_post(call: Call) -> dict:
    """Text, link and photos uploaded before with `published=false`."""
    photos = _attached_photos(call)
    message, link = call.text("message"), call.text("link")
    if not (message or link or photos):
        raise bad_parameter("The post is empty. Give message, link or attached_media")
    if link and not re.match(r"https?://\S+$", link):
        raise bad_parameter("Param link must be a URL")
    post = publish(call.store, call.node, message or "", photos, published=call.flag("published", True), link=link)
    return {"id": post["id"]}


def _read_upload(call: Call) -> Picture:
    return read_image(call.files.get("source"), call.text("url"))


@route("POST", "page", "photos", prepare=_read_upload, origin="sdk", sdk="Page.create_photo", files=("source",),
       parameters=("url", "caption", "message", "published", "alt_text_custom", "no_story"),
       permissions=PUBLISH, task="CREATE_CONTENT", token="page")  # fmt: skip
def create_photo(call: Call) -> dict:
    """One picture, uploaded as `source` or fetched from `url`; published, it is a post of its own."""
    caption = call.text("message") or call.text("caption")
    photo = _new_photo(call, call.prepared, caption)
    if not call.flag("published", True):
        return {"id": photo["id"]}
    post = publish(call.store, call.node, caption, [photo["id"]])
    return {"id": photo["id"], "post_id": post["id"]}


def publish(store: Store, page: dict, message: str, photos: list[str], published: bool = True, link: str = "") -> dict:
    """Put a post on the page and tell who subscribed."""
    post_id = f"{page['id']}_{store.new_number(FIRST_POST)}"
    post = {
        "id": post_id, "page": page["id"], "message": message, "link": link, "photos": photos, "is_hidden": False,
        "is_published": published, "created": store.now(), "updated": store.now(),
        "status_type": "added_photos" if photos else "mobile_status_update",
    }  # fmt: skip
    store.posts[post_id] = post
    for photo_id in photos:
        store.photos.change(photo_id, post=post_id)
    if published:
        _announce(store, page, post, "add")
    return post


@route("GET", "page", "feed", origin="sdk", sdk="Page.get_feed", parameters=LIST_PARAMETERS, permissions=READ, answers="post")
@route("GET", "page", "posts", origin="sdk", sdk="Page.get_posts", parameters=LIST_PARAMETERS, permissions=READ, answers="post")
@route("GET", "page", "published_posts", origin="sdk", sdk="Page.get_published_posts", parameters=LIST_PARAMETERS,
       permissions=READ, answers="post", token="page")  # fmt: skip
def list_posts(call: Call) -> dict:
    posts = call.store.posts_of(call.node["id"])
    return show_list(call, "post", [post for post in posts if post["is_published"]])


@route("GET", "post", origin="sdk", sdk="PagePost.api_get", permissions=READ, answers="post")
def read_post(call: Call) -> dict:
    if not call.node["is_published"] and call.token["page"] != call.node["page"]:
        raise unseen(call.node["id"], call.method)
    return show(call, "post", call.node)


@route("DELETE", "post", origin="sdk", sdk="PagePost.api_delete", permissions=PUBLISH, task="CREATE_CONTENT", token="page")
def delete_post(call: Call) -> dict:
    store, post = call.store, call.node
    for comment in store.comments.where(post=post["id"]):
        del store.comments[comment["id"]]
    del store.posts[post["id"]]
    _announce(store, store.pages[post["page"]], post, "remove")
    return SUCCESS


@route("GET", "photo", origin="sdk", sdk="Photo.api_get", permissions=READ, answers="photo")
def read_photo(call: Call) -> dict:
    return show(call, "photo", call.node)


def _new_photo(call: Call, image: Picture, caption: str) -> dict:
    store = call.store
    photo_id = store.new_number(FIRST_PHOTO)
    photo = {"id": photo_id, "page": call.node["id"], "caption": caption, "alt": call.text("alt_text_custom"), "post": None}
    store.photos[photo_id] = photo = photo | {"created": store.now(), "width": image.width, "height": image.height}
    keep_image(store, photo_id, image)
    return photo


def _attached_photos(call: Call) -> list[str]:
    """`attached_media` as one JSON list, or as `attached_media[0]`, `attached_media[1]`, …"""
    texts = [text for name, text in call.parameters.items() if name.startswith("attached_media[")]
    try:
        media = json.loads(call.parameters.get("attached_media", "[]")) + [json.loads(text) for text in texts]
        photos = [entry["media_fbid"] for entry in media]
    except (ValueError, TypeError, KeyError) as error:
        raise bad_parameter("Param attached_media must be an array of objects with media_fbid") from error
    for photo_id in photos:
        _check_attachable(call, photo_id)
    return photos


def _check_attachable(call: Call, photo_id: str) -> None:
    photo = call.store.photos.get(str(photo_id))
    if photo is None or photo["page"] != call.node["id"] or photo["post"]:
        raise bad_parameter(f"Param attached_media: {photo_id} is no unpublished photo of this page")


def _announce(store: Store, page: dict, post: dict, verb: str) -> None:
    value = {
        "item": "photo" if post["photos"] else "status", "verb": verb, "post_id": post["id"], "message": post["message"],
        "from": {"id": page["id"], "name": page["name"]}, "created_time": int(post["created"]), "published": 1,
        "link": post_url(store, post),
    }  # fmt: skip
    announce(store, page["id"], "feed", value)
