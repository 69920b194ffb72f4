"""The page of a contract's reviews, what a profile shows of them, and the reminders on other pages."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.contracts.models import Contract
from marketplace.contracts.models.retainer import monthly
from marketplace.core import subjects
from marketplace.core.authorisation import allow, visible
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.fragments import fragment
from marketplace.core.slots import panel
from marketplace.managers import queries as managers
from marketplace.managers.models import Manager
from marketplace.reviews import commands, policies, queries
from marketplace.reviews.forms import FORMS, ReplyForm
from marketplace.reviews.models import CRITERIA, Review
from marketplace.reviews.queries import Round

pages = Blueprint("reviews", __name__)
subjects.register("review", queries.review_seen_by, lambda review: review.contract.title,
                  lambda review: url_for("reviews.show", contract_id=review.contract_id, month=review.month))
ALL = 20


@pages.get("/contracts/<uuid:contract_id>/review", defaults={"month": 0})
@pages.get("/contracts/<uuid:contract_id>/review/<int:month>")
@allow(policies.look, queries.round_seen_by)
def show(found: Round) -> Response:
    """One's own review to write, or what has become of both."""
    return _page(found)


@pages.post("/contracts/<uuid:contract_id>/review", defaults={"month": 0})
@pages.post("/contracts/<uuid:contract_id>/review/<int:month>")
@allow(policies.write, queries.round_seen_by)
def create(found: Round) -> Response:
    """Write it; it cannot be changed."""
    form = FORMS[found.side]()
    if form.validate_on_submit():
        try:
            goods = bool(getattr(form, "about_goods", None) and form.about_goods.data)  # type: ignore[attr-defined]
            commands.write(found.mine, _person(), form.marks, form.text.data, goods)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your review is kept."), "success")
            return _back(found.mine)
    return _page(found, form)


@pages.post("/reviews/<uuid:review_id>/reply")
@allow(policies.reply, queries.review_seen_by)
def create_reply(review: Review) -> Response:
    """Answer what was said about one."""
    form = ReplyForm()
    if form.validate_on_submit():
        try:
            commands.reply(review, _person(), form.text.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your reply stands under the review."), "success")
            return _back(review)
    return _page(queries.round_seen_by(current_user, review.contract_id, review.month), reply_form=form)


@pages.get("/managers/<slug>/reviews")
@visible(managers.by_slug)
def index(manager: Manager) -> str:
    """Every review of a manager, newest first."""
    found = queries.about_manager(manager, request.args.get("after"), ALL)
    return render_template("reviews/index.html", manager=manager, found=found, criteria=CRITERIA,
                           next_url=url_for("reviews.index", slug=manager.slug, after=found.next) if found.next else None)


@panel("managers.profile")
def on_profile(manager: Manager) -> str:
    """What businesses said, and how the score comes about."""
    if not manager.review_count:
        return render_template("reviews/_none_yet.html", manager=manager)
    return render_template("reviews/_of_manager.html", manager=manager, found=queries.about_manager(manager),
                           standing=queries.standing(manager), criteria=CRITERIA)


@panel("businesses.public")
def on_business(business: Business) -> str:
    """What managers said of a business, in one line."""
    count, stars = queries.stars_of_business(business)
    return fragment("reviews/_of_business.html", count, stars)


@panel("contracts.page")
def on_contract(contract: Contract) -> str:
    """What there is to write, or to wait for; of a contract that goes month by month each time."""
    rounds = queries.rounds_seen_by(current_user, contract.id) if contract.closed_at or monthly(contract.terms) else []
    return render_template("reviews/_on_contract.html", rounds=rounds) if rounds else ""


@panel("site.home")
def on_home(person: Person) -> str:
    """Reviews that may still be written."""
    waiting = queries.waiting_for(person) if person.acts_as_business or person.acts_as_manager else []
    return render_template("reviews/_on_home.html", waiting=waiting) if waiting else ""


def _page(found: Any, form: Any = None, reply_form: Any = None) -> Response:
    return answer("reviews/show.html", form or reply_form or FORMS[found.side](formdata=None), found=found, contract=found.contract,
                  criteria=CRITERIA, write_form=form or FORMS[found.side](formdata=None), reply_form=reply_form or ReplyForm(formdata=None))


def _back(review: Review) -> Response:
    return redirect(url_for("reviews.show", contract_id=review.contract_id, month=review.month), 303)


def _person() -> Person:
    return current_user._get_current_object()
