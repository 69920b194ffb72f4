"""Pages of bids: a manager's own, and a business's comparison."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.models import Person
from marketplace.bids import commands, policies, queries
from marketplace.bids.commands import DECLINE_REASONS, HasBid, Warned
from marketplace.bids.forms import AnswerForm, BidForm, DeclineForm, QuestionForm, blank, stored
from marketplace.bids.models import Bid, BidStatus
from marketplace.core import navigation, subjects, vocabulary
from marketplace.core.authorisation import allow, can, signed_in
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.forms import answer
from marketplace.core.pricing import total_cost
from marketplace.core.slots import panel
from marketplace.firewall.queries import pieces
from marketplace.jobs.commands import MOST_QUESTIONS
from marketplace.jobs.models import Job
from marketplace.jobs.queries import facts, invitation_of, job_seen_by, lines
from marketplace.jobs.queries import own as own_job

pages = Blueprint("bids", __name__)
navigation.add("manager", 25, _l("My bids"), "bids.index", "clipboard-list")
subjects.register("bid", queries.bid_seen_by, lambda bid: bid.job.title, lambda bid: url_for("bids.show", bid_id=bid.id))


@pages.get("/bids")
@signed_in
def index() -> Response:
    """A manager's own bids and invitations."""
    manager = queries.own_manager(_person())
    if manager is None:
        return redirect(url_for("jobs.index"), 303)
    found = queries.bids_of(manager, request.args.get("after"))
    return make_response(render_template("bids/index.html", found=found, invitations=queries.invitations_of(manager),
                                         most=queries.BIDS_A_MANAGER))


@pages.route("/jobs/<uuid:job_id>/bid", methods=["GET", "POST"])
@allow(policies.bid_on, job_seen_by)
def create(job: Job) -> Response:
    """Bid on a job."""
    manager = queries.own_manager(_person())
    before = queries.bid_of(manager, job) if request.method == "GET" else None
    if before and before.status in queries.PLACES:
        return redirect(url_for("bids.show", bid_id=before.id), 303)
    if not job.listed:
        raise WrongState(_("This job takes no bids now."))
    try:
        return _write(BidForm(data=blank(job)).about(job), job,
                      lambda values, keep: commands.submit_bid(job, manager, values, _person(), keep))
    except HasBid as found:
        return redirect(url_for("bids.show", bid_id=found.bid_id), 303)


@pages.route("/bids/<uuid:bid_id>/edit", methods=["GET", "POST"])
@allow(policies.edit, queries.bid_seen_by)
def edit(bid: Bid) -> Response:
    """Change a bid while the business has not shortlisted it."""
    if not bid.may("edit") or not bid.job.listed:
        raise WrongState()
    form = BidForm(data=stored(bid)).about(bid.job)
    return _write(form, bid.job, lambda values, keep: commands.edit_bid(bid, values, _person(), keep), bid)


@pages.get("/bids/<uuid:bid_id>")
@allow(policies.read, queries.bid_seen_by)
def show(bid: Bid) -> str:
    """One bid, for either side."""
    return _shown(bid, DeclineForm(formdata=None))


@pages.get("/jobs/<uuid:job_id>/bids")
@allow(policies.read_all, own_job)
def listing(job: Job) -> str:
    """All bids on the business's job."""
    return render_template("bids/listing.html", job=job, columns=queries.columns(job, queries.bids_on(job)))


@pages.get("/jobs/<uuid:job_id>/compare")
@allow(policies.read_all, own_job)
def compare(job: Job) -> Response:
    """Bids side by side under the same headings: the short list, or all that are live while it is shorter than two."""
    return _side_by_side(job, QuestionForm(formdata=None))


@pages.post("/jobs/<uuid:job_id>/bidder-questions")
@allow(policies.ask_all, own_job)
def create_question(job: Job) -> Response:
    """One question to all who have bid."""
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            commands.ask_all(job, form.text.data, _person())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Asked. The answers appear here side by side."), "success")
            return redirect(url_for("bids.compare", job_id=job.id), 303)
    return _side_by_side(job, form)


@pages.post("/bids/<uuid:bid_id>/answers")
@allow(policies.edit, queries.bid_seen_by)
def create_answer(bid: Bid) -> Response:
    """Answer what the business asked later."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            commands.answer_question(bid, form.question.data, form.answer.data, _person())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("bids.show", bid_id=bid.id), 303)
    return make_response(_shown(bid, DeclineForm(formdata=None), form), 422)


def _side_by_side(job: Job, form: QuestionForm) -> Response:
    live = [bid for bid in queries.bids_on(job) if bid.live]
    kept = [bid for bid in live if bid.status != BidStatus.submitted]
    chosen = kept if len(kept) > 1 else live
    columns = queries.columns(job, chosen)
    return answer("bids/compare.html", form, job=job, columns=columns, lines=lines(job), most=MOST_QUESTIONS,
                  cheapest=_least(column.per_post for column in columns), lowest=_least(bid.price_minor for bid in chosen))


@pages.post("/bids/<uuid:bid_id>/withdrawal")
@allow(policies.edit, queries.bid_seen_by)
def create_withdrawal(bid: Bid) -> Response:
    """Take the bid back."""
    commands.withdraw(bid, _person())
    flash(_("Your bid is taken back."), "success")
    return redirect(url_for("bids.index"), 303)


@pages.post("/bids/<uuid:bid_id>/shortlisting")
@allow(policies.decide, queries.bid_seen_by)
def create_shortlisting(bid: Bid) -> Response:
    """Keep the bid for comparison."""
    commands.shortlist(bid, _person())
    return redirect(url_for("bids.listing", job_id=bid.job_id), 303)


@pages.post("/bids/<uuid:bid_id>/unlisting")
@allow(policies.decide, queries.bid_seen_by)
def create_unlisting(bid: Bid) -> Response:
    """Take the bid from the short list."""
    commands.unlist(bid, _person())
    return redirect(url_for("bids.listing", job_id=bid.job_id), 303)


@pages.post("/bids/<uuid:bid_id>/refusal")
@allow(policies.decide, queries.bid_seen_by)
def create_refusal(bid: Bid) -> Response:
    """Say no with a reason."""
    form = DeclineForm()
    if form.validate_on_submit():
        try:
            commands.decline(bid, _person(), form.reason.data, form.note.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Declined. The manager reads your reason."), "success")
            return redirect(url_for("bids.listing", job_id=bid.job_id), 303)
    return make_response(_shown(bid, form), 422)


@panel("jobs.actions")
def actions(job: Job) -> str:
    """What a reader of a job may do about bids: read them, write one, look at their own; or why not."""
    manager = queries.own_manager(current_user) if current_user.is_authenticated and current_user.acts_as_manager else None
    mine = queries.bid_of(manager, job)
    invitation = invitation_of(manager, job) if manager and job.listed and not mine else None
    return render_template("bids/_actions.html", job=job, manager=manager, mine=mine, invitation=invitation,
                           full=_full(job, manager) and not invitation)


@panel("site.home")
def on_home(person: Person) -> str:
    """Invitations that wait for a bid or a no."""
    manager = queries.own_manager(person) if person.acts_as_manager else None
    invitations = queries.invitations_of(manager) if manager else []
    return render_template("bids/_on_home.html", invitations=invitations) if invitations else ""


def _full(job: Job, manager: Any) -> bool:
    """Whether a further manager finds no place; counted only where there may be none."""
    return manager is not None and job.bid_count >= queries.BIDS_A_JOB and queries.places_taken(job) >= queries.BIDS_A_JOB


def _write(form: BidForm, job: Job, save: Any, bid: Bid | None = None) -> Response:
    """Show the form, work out the cost, or save; nothing typed is lost."""
    findings: Any = ()
    if request.form.get("act") == "work_out":
        return _form_page(form, job, bid, (), 200)
    if form.validate_on_submit():
        try:
            saved = save(form.values(), form.keep.data) or bid
        except Warned as warned:
            findings = warned.findings
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your bid is with the business."), "success")
            return redirect(url_for("bids.show", bid_id=saved.id), 303)
    return _form_page(form, job, bid, findings, 200 if request.method == "GET" else 422)


def _form_page(form: BidForm, job: Job, bid: Bid | None, findings: Any, code: int) -> Response:
    values = form.values()
    cost = total_cost(form.price_minor.data or 0, job.ad_spend_minor, job.currency)
    page = render_template("bids/form.html", form=form, job=job, bid=bid, cost=cost, findings=findings,
                           marks=_marks(commands.texts(values), findings), final=any(found.held for found in findings),
                           facts=facts(job))
    return make_response(page, code)


def _marks(texts: dict[str, str], findings: Any) -> list[dict[str, Any]]:
    labels = {"strategy": _("How you will do it"), "competing_pages": _("Competing pages you run"), "milestones": _("Steps")}
    numbers = {id(found): number for number, found in enumerate(findings, 1)}
    names = dict.fromkeys(found.field for found in findings)
    cut = {name: pieces(texts[name], [found for found in findings if found.field == name]) for name in names}
    return [{"label": labels.get(name, _("Your answer")), "pieces": [(piece, found, numbers.get(id(found))) for piece, found in parts]}
            for name, parts in cut.items()]


def _shown(bid: Bid, form: DeclineForm, answer_form: AnswerForm | None = None) -> str:
    column, mine = queries.columns(bid.job, [bid])[0], queries.is_of(current_user, bid)
    waiting = queries.unanswered(bid) if mine and bid.live else []
    return render_template("bids/show.html", bid=bid, job=bid.job, column=column, form=form, mine=mine,
                           answer_form=(answer_form or AnswerForm(formdata=None, question=waiting[0])) if waiting else None,
                           outside=not mine and bid.live and queries.leads_outside(bid),
                           business_side=can("bids.decide", bid), reason=vocabulary.label(DECLINE_REASONS, bid.decline_reason),
                           covered=[label for code, label in lines(bid.job) if code in bid.covers])


def _least(values: Any) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _person() -> Person:
    return current_user._get_current_object()
