"""What everybody reads: the list of open jobs, one job, its questions."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.core import vocabulary
from marketplace.core.authorisation import allow, can, public, visible
from marketplace.core.errors import Invalid
from marketplace.jobs import commands, policies, queries
from marketplace.jobs.forms import AnswerForm, QuestionForm
from marketplace.jobs.models import Job, JobStatus, Question
from marketplace.jobs.views.pages import found_in, marked, pages, person

FILTERS = {"kind": dict(vocabulary.KINDS), "trade": dict(vocabulary.TRADES), "platform": dict(vocabulary.PLATFORMS),
           "district": dict(vocabulary.DISTRICTS), "budget": queries.BUDGETS}
"""The codes that each filter knows; others are left out."""
SHORT = 160


@pages.get("/jobs")
@public
def index() -> str:
    """Open jobs, searched and filtered."""
    words = request.args.get("q", "").strip()[:100]
    chosen = {name: code for name, known in FILTERS.items() if (code := request.args.get(name)) in known}
    found = queries.list_open(words, chosen, request.args.get("after"))
    asked = {name: value for name, value in {"q": words, **chosen}.items() if value}
    return render_template("jobs/index.html", found=found, words=words, chosen=chosen, asked=asked, filters=FILTERS)


@pages.get("/jobs/<uuid:job_id>")
@visible(queries.job_seen_by)
def show(job: Job) -> Response:
    """One job: what is to be done, by whom it is offered, what others asked; for its business also what to do next."""
    return _show(job)


@pages.post("/jobs/<uuid:job_id>/questions")
@allow(policies.ask, queries.job_seen_by)
def create_question(job: Job) -> Response:
    """Ask the business something."""
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            commands.ask(job, person(), form.text.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Sent. It appears here with its answer."), "success")
            return redirect(url_for("jobs.show", job_id=job.id, _anchor="questions"), 303)
    return _show(job, question_form=form)


@pages.post("/job-questions/<uuid:question_id>/answer")
@allow(policies.answer, queries.question_seen_by)
def create_answer(question: Question) -> Response:
    """Answer a manager's question; then everybody reads both."""
    form = AnswerForm(prefix=f"{question.id}-")
    if form.validate_on_submit():
        try:
            commands.answer(question, form.answer.data, person())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("jobs.show", job_id=question.job_id, _anchor="questions"), 303)
    return _show(question.job, answer_forms={question.id: form})


def _show(job: Job, question_form: QuestionForm | None = None, answer_forms: Any = None) -> Response:
    role = queries.role_of(current_user, job)
    mine = role is not None
    decision = queries.last_sent_back(job) if mine else None
    questions = queries.questions_about(job) if mine else queries.answered(job)
    if question_form is None and not mine and can("jobs.ask", job):
        question_form = QuestionForm(formdata=None)
    page = render_template(
        "jobs/show.html", job=job, mine=mine, may_edit=role in policies.HIRING, decision=decision,
        invitations=queries.invitations_to(job) if mine else [], business=job.business,
        facts=tuple((str(label), str(value)) for label, value in queries.facts(job)), bid_questions=tuple(job.questions),
        questions=questions, answer_forms=_answer_forms(questions) | (answer_forms or {}), reasons=_reasons(job, mine, decision),
        marks=marked(commands.texts(job), found_in(job)) if decision else [], findings=found_in(job) if decision else [],
        question_form=question_form, about=" ".join(job.description.split())[:SHORT])
    return make_response(page, 200 if request.method == "GET" else 422)


def _answer_forms(questions: Iterable[Question]) -> dict[Any, AnswerForm]:
    """One for each open question, with names of its own."""
    return {question.id: AnswerForm(formdata=None, prefix=f"{question.id}-") for question in questions if not question.answered_at}


def _reasons(job: Job, mine: bool, decision: Any) -> list[Any]:
    """What a moderator wants changed, or why the listing was taken down, in words."""
    if not mine:
        return []
    if job.status == JobStatus.removed:
        decision = queries.decisions(job)[0]
    return queries.reasons_of(decision) if decision else []
