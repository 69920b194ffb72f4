"""The inbox: what customers wrote, and the answers."""
from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.core import navigation, subjects
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import answer
from marketplace.inbox import commands, policies, queries
from marketplace.inbox.forms import ReplyForm
from marketplace.inbox.models import Comment, Reply

pages = Blueprint("inbox", __name__)

for audience in ("business", "manager"):
    navigation.add(audience, 40, _l("Inbox"), "inbox.index", "inbox")


def address(comment: Comment) -> str:
    """The comment's page."""
    return url_for("inbox.show", comment_id=comment.id)


subjects.register("comment", queries.comment_seen_by, lambda row: f"{row.from_name}: {' '.join(row.text.split())[:50]}", address)
subjects.register("reply", queries.reply_seen_by, lambda row: " ".join(row.text.split())[:60],
                  lambda row: url_for("inbox.show", comment_id=row.comment_id))


@pages.get("/inbox")
@signed_in
def index() -> str:
    """What waits first, then the newest."""
    channel_id = _channel_id()
    found = queries.inbox(current_user, channel_id, request.args.get("after"))
    more = url_for("inbox.index", channel=channel_id, after=found.next) if found.next else None
    return render_template("inbox/index.html", comments=found, next=more, channels=queries.pages_of(current_user), chosen=channel_id)


@pages.get("/comments/<uuid:comment_id>")
@allow(policies.see_comment, queries.comment_seen_by)
def show(comment: Comment) -> Any:
    """One comment with its answers."""
    return _page(comment, ReplyForm())


@pages.post("/comments/<uuid:comment_id>/replies")
@allow(policies.answer_comment, queries.comment_seen_by)
def create_reply(comment: Comment) -> Any:
    """Answer as the page."""
    form = ReplyForm()
    if form.validate_on_submit():
        try:
            reply = commands.reply(comment, current_user, form.text.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("It holds a number or a link, so an owner must let it go first.") if reply.status == "held"
                  else _("Your answer is on its way."), "info" if reply.status == "held" else "success")
            return redirect(address(comment), 303)
    return _page(comment, form)


@pages.post("/comments/<uuid:comment_id>/hiding")
@allow(policies.hide_comment, queries.comment_seen_by)
def create_hiding(comment: Comment) -> Any:
    """Hide it from everybody but its writer, or show it again."""
    form, hidden = ReplyForm(formdata=None), request.form.get("hidden") != "no"
    try:
        commands.hide(comment, current_user, hidden)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(comment, form)
    flash(_("Hidden from everybody but its writer.") if hidden else _("Everybody sees it again."), "success")
    return redirect(address(comment), 303)


@pages.post("/replies/<uuid:reply_id>/approval")
@allow(policies.decide_reply, queries.reply_seen_by)
def create_approval(reply: Reply) -> Response:
    """A held answer goes out."""
    commands.let_go(reply, current_user)
    flash(_("The answer is on its way."), "success")
    return redirect(url_for("inbox.show", comment_id=reply.comment_id), 303)


@pages.post("/replies/<uuid:reply_id>/refusal")
@allow(policies.decide_reply, queries.reply_seen_by)
def create_refusal(reply: Reply) -> Response:
    """A held answer does not go out."""
    commands.stop(reply, current_user)
    flash(_("The answer does not go out. Its writer has been told."), "success")
    return redirect(url_for("inbox.show", comment_id=reply.comment_id), 303)


def _page(comment: Comment, form: ReplyForm) -> Any:
    return answer("inbox/comment.html", form, comment=comment, replies=queries.replies_to(comment))


def _channel_id() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("channel", ""))
    except ValueError:
        return None
