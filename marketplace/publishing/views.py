"""The calendar, and posts from draft to page."""
from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.access import queries as access
from marketplace.access.models import Grant, Right
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock, navigation, subjects
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import DomainError
from marketplace.core.forms import answer
from marketplace.core.slots import panel
from marketplace.firewall.models import Finding
from marketplace.publishing import commands, policies, queries
from marketplace.publishing.forms import ChangesForm, PostForm
from marketplace.publishing.models import Post

pages = Blueprint("publishing", __name__)
USUAL_HOUR = 18

for audience in ("business", "manager"):
    navigation.add(audience, 30, _l("Calendar"), "publishing.index", "calendar-week")


def address(post: Post) -> str:
    """The post's page."""
    return url_for("publishing.show", post_id=post.id)


subjects.register("post", queries.post_seen_by, lambda row: " ".join(row.text.split())[:60], address)


@pages.get("/calendar")
@signed_in
def index() -> str:
    """A week, and what waits for the reader."""
    today = clock.today().date()
    start = queries.week_start(_date("week", _date("day", today)))
    chosen = _date("day", today if start <= today < start + timedelta(days=7) else start)
    yours = queries.waiting_for(current_user)
    return render_template("publishing/index.html", days=queries.week(current_user, start), start=start, chosen=chosen, yours=yours,
                           approvable=_approvable(yours), week=timedelta(days=7))


@pages.get("/contracts/<uuid:contract_id>/posts/new")
@allow(policies.write_posts, contracts.contract_seen_by)
def new(contract: Contract) -> Any:
    """Write a post."""
    evening = (clock.today() + timedelta(days=1)).replace(hour=USUAL_HOUR, minute=0, tzinfo=None)
    grants = _grants(contract)
    return _writing(PostForm(data={"publish_at": evening, "grant": str(grants[0].id) if grants else None}), contract, grants)


@pages.post("/contracts/<uuid:contract_id>/posts")
@allow(policies.write_posts, contracts.contract_seen_by)
def create(contract: Contract) -> Any:
    """Keep it as a draft, or send it for approval at once."""
    form, grants = PostForm(), _grants(contract)
    form.offer(grants)
    if form.validate_on_submit():
        try:
            grant = next(one for one in grants if str(one.id) == form.grant.data)
            post = commands.draft(grant, current_user, form.text.data, form.moment, form.upload)
            return _kept(post)
        except DomainError as refusal:
            form.refuse(refusal)
    return _writing(form, contract, grants)


@pages.get("/posts/<uuid:post_id>")
@allow(policies.see_post, queries.post_seen_by)
def show(post: Post) -> str:
    """As it will look, where it is, and what is next."""
    findings = [Finding.of(row) for row in post.findings]
    return render_template("publishing/post.html", post=post, findings=findings)


@pages.get("/posts/<uuid:post_id>/edit")
@allow(policies.edit_post, queries.post_seen_by)
def edit(post: Post) -> Any:
    """Write it differently."""
    local = post.publish_at.astimezone(clock.DHAKA).replace(tzinfo=None)
    form = PostForm(data={"text": post.text, "publish_at": local, "grant": str(post.grant_id)})
    return _writing(form, post.contract, [post.grant], post)


@pages.post("/posts/<uuid:post_id>/edit")
@allow(policies.edit_post, queries.post_seen_by)
def update(post: Post) -> Any:
    """Keep the new text; an approval that was given is void."""
    form = PostForm()
    form.offer([post.grant])
    if form.validate_on_submit():
        try:
            commands.edit(post, current_user, form.text.data, form.moment, form.upload)
            return _kept(post)
        except DomainError as refusal:
            form.refuse(refusal)
    return _writing(form, post.contract, [post.grant], post)


@pages.post("/posts/<uuid:post_id>/submission")
@allow(policies.edit_post, queries.post_seen_by)
def create_submission(post: Post) -> Response:
    """To the business."""
    commands.submit(post, current_user)
    flash(_("Sent for approval."), "success")
    return redirect(address(post), 303)


@pages.post("/posts/<uuid:post_id>/approval")
@allow(policies.approve_post, queries.post_seen_by)
def create_approval(post: Post) -> Response:
    """Exactly this, at its time."""
    commands.approve(post, current_user, request.form.get("hash", ""))
    flash(_("Approved. It goes out by itself at its time."), "success")
    return redirect(url_for("publishing.index") if request.form.get("back") == "calendar" else address(post), 303)


@pages.get("/posts/<uuid:post_id>/changes")
@allow(policies.decide_post, queries.post_seen_by)
def new_change_request(post: Post) -> Any:
    """What should be different?"""
    return answer("publishing/changes.html", ChangesForm(), post=post)


@pages.post("/posts/<uuid:post_id>/changes")
@allow(policies.decide_post, queries.post_seen_by)
def create_change_request(post: Post) -> Any:
    """Back to the manager."""
    form = ChangesForm()
    if not form.validate_on_submit():
        return answer("publishing/changes.html", form, post=post)
    commands.ask_changes(post, current_user, form.note.data)
    flash(_("Sent back to the manager."), "success")
    return redirect(address(post), 303)


@pages.post("/posts/<uuid:post_id>/retry")
@allow(policies.edit_post, queries.post_seen_by)
def create_retry(post: Post) -> Response:
    """Once more, as approved."""
    commands.retry(post, current_user)
    flash(_("We try again in a moment."), "success")
    return redirect(address(post), 303)


@panel("contracts.page")
def contract_week(contract: Contract) -> str:
    """This week's posts of a contract."""
    days = queries.week_of_contract(current_user, contract, queries.week_start(clock.today().date()))
    return render_template("publishing/_contract.html", contract=contract, days=days)


def _approvable(posts: list[Post]) -> set[uuid.UUID]:
    """Those the reader may approve; asked once for each business, and once more where an owner is needed."""
    answers: dict[tuple[uuid.UUID, bool], bool] = {}
    for post in posts:
        key = post.contract.business_id, bool(post.findings)
        answers[key] = answers[key] if key in answers else policies.approve_post(current_user, post)
    return {post.id for post in posts if answers[post.contract.business_id, bool(post.findings)]}


def _kept(post: Post) -> Response:
    """Sent for approval with the same button, when that was the one."""
    if request.form.get("act") == "submit":
        commands.submit(post, current_user)
        flash(_("Sent for approval."), "success")
    return redirect(address(post), 303)


def _grants(contract: Contract) -> list[Grant]:
    return [grant for grant in access.usable_by(current_user, Right.draft) if grant.contract_id == contract.id]


def _writing(form: PostForm, contract: Contract, grants: list[Grant], post: Post | None = None) -> Any:
    form.offer(grants)
    return answer("publishing/write.html", form, contract=contract, grants=grants, post=post)


def _date(name: str, otherwise: date) -> date:
    try:
        return datetime.strptime(request.args.get(name, ""), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        return otherwise
