"""What a person sees of the fictional Facebook: its world, its pages, its pictures."""

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.meta.comments import add_comment, visitor
from sandbox.meta.dialog import new_person
from sandbox.meta.images import drawn_avatar, kept_image
from sandbox.meta.logins import ACCOUNT_STATES, SESSION_ENDS, change_account, granted_scopes, withdraw_consent
from sandbox.meta.seed import role
from sandbox.meta.store import ALL_TASKS, FULL_CONTROL, TWIN, Store

LONGEST_NAME, LONGEST_MESSAGE = 60, 8_000
KNOWN_TASKS = {*ALL_TASKS, FULL_CONTROL, *(TWIN + task for task in ALL_TASKS)}


def add_pages(blueprint: Blueprint, store: Store) -> None:
    """Mount the public pages."""
    blueprint.add_app_template_filter(_moment, "moment")

    @blueprint.get("/")
    def world() -> str:
        people = [(person, granted_scopes(store, person["id"])) for person in store.people.all()]
        states = [*ACCOUNT_STATES, *SESSION_ENDS]
        return render_template("meta/world.html", people=people, pages=store.pages.all(), states=states, store=store)

    @blueprint.get("/pages/<page_id>")
    def page(page_id: str) -> str:
        posts = [post for post in store.posts_of(page_id) if post["is_published"]]
        return _page(page_id, posts)

    @blueprint.get("/pages/<page_id>/posts/<post_id>")
    def post(page_id: str, post_id: str) -> str:
        found = store.posts.get(post_id)
        if found is None or found["page"] != page_id or not found["is_published"]:
            abort(404)
        return _page(page_id, [found])

    def _page(page_id: str, posts: list[dict]) -> str:
        page = store.pages.get(page_id) or abort(404)
        return render_template("meta/page.html", page=page, posts=posts, store=store)

    @blueprint.get("/pages/<page_id>/picture")
    def picture(page_id: str) -> Response:
        page = store.pages.get(page_id) or abort(404)
        return Response(drawn_avatar(page), mimetype="image/png")

    @blueprint.get("/media/<photo_id>")
    def media(photo_id: str) -> Response:
        content, media_type = kept_image(store, photo_id) or abort(404)
        return Response(content, mimetype=media_type)


def add_controls(blueprint: Blueprint, store: Store) -> None:
    """Mount what makes things happen in the fictional Facebook; forms and JSON alike."""

    @blueprint.get("/world.json")
    def show_world() -> dict:
        return {name: store.collection(name).all() for name in ("people", "pages", "businesses", "posts", "comments")}

    @blueprint.post("/world/people")
    def arrive() -> Response | tuple:
        person = new_person(store, _given("name"), _given("page_name"))
        pages = store.pages_of(person["id"])
        return _done({"person": person, "page": pages[0]}, "/meta/")

    @blueprint.post("/world/people/<person_id>/state")
    def change_state(person_id: str) -> Response | tuple:
        """One of ok, checkpointed, unconfirmed, password_changed, signed_out."""
        if person_id not in store.people:
            abort(404)
        try:
            return _done(change_account(store, person_id, _given("state")), "/meta/")
        except ValueError as error:
            return {"error": str(error)}, 422

    @blueprint.post("/world/people/<person_id>/removal")
    def remove_app(person_id: str) -> Response | tuple:
        """The person removes the app in Facebook's settings."""
        if person_id not in store.people:
            abort(404)
        withdraw_consent(store, person_id)
        return _done({"removed": True}, "/meta/")

    @blueprint.post("/world/pages/<page_id>/roles")
    def change_role(page_id: str) -> Response | tuple:
        """Give `person` exactly these `tasks` on the page; none takes the role away."""
        page = store.pages.get(page_id) or abort(404)
        person, tasks = _given("person"), _given_list("tasks")
        if person not in store.people or not set(tasks) <= KNOWN_TASKS:
            return {"error": f"person must exist, tasks be of {', '.join(sorted(KNOWN_TASKS))}"}, 422
        page["roles"].pop(person, None)
        page["roles"] |= {person: role(tasks)} if tasks else {}
        store.pages[page_id] = page
        return _done(page, "/meta/")

    @blueprint.post("/world/pages/<page_id>/comments")
    def visit(page_id: str) -> Response | tuple:
        """A visitor named `from_name` writes `message` under `post_id`, or answers `comment_id`."""
        with store.world.transaction():
            target = store.comments.get(_given("comment_id")) or store.posts.get(_given("post_id"))
            if target is None or target["page"] != page_id:
                abort(404)
            name, message = _given("from_name")[:LONGEST_NAME], _given("message")[:LONGEST_MESSAGE]
            if not name or not message:
                return {"error": "from_name and message are required"}, 422
            comment = add_comment(store, target, visitor(name), message)
        return _done(comment, f"/meta/pages/{page_id}#comment-{comment['id']}")


def _moment(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%d %B %Y, %H:%M UTC")


def _given(name: str) -> str:
    """A text of the form or the JSON body, empty when absent."""
    body = request.get_json(silent=True) if request.is_json else request.form
    return str((body or {}).get(name) or "").strip()


def _given_list(name: str) -> list[str]:
    if not request.is_json:
        return request.form.getlist(name)
    value = (request.get_json(silent=True) or {}).get(name, [])
    return [str(entry) for entry in value] if isinstance(value, list) else []


def _done(document: dict, page: str) -> Response | tuple:
    """A browser's form goes back to the page; everyone else gets the document."""
    return (document, 201) if request.is_json else redirect(page, 303)
