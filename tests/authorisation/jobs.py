"""Who may open the pages of jobs."""
from __future__ import annotations

from marketplace.jobs import commands, queries
from tests.authorisation.routes import Route
from tests.factories.jobs import MANAGEMENT, make_draft, make_job, make_submitted
from tests.factories.managers import make_manager

ANYONE = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)
SIGNED_IN = dict.fromkeys(ANYONE, 303)
OWNER = {"visitor": 303, "ada": 200, "ben": 404, "eve": 404, "sam": 404}
OWNER_ACTS = {**OWNER, "ada": 303}
DESK = {"visitor": 303, "ada": 404, "ben": 404, "eve": 404, "sam": 200}
DESK_ACTS = {**DESK, "sam": 303}


def _at(name):
    return lambda world: {"job_id": getattr(world, name).id}


def _filled(world, **changes):
    """The management form as a browser sends it."""
    values = MANAGEMENT | {"brand_id": str(world.draft.brand_id), "questions": "", "budget_minor": "7000"}
    return {name: value for name, value in (values | changes).items() if value not in (None, [])}


def _paused(world):
    job = make_job(world.business)
    commands.pause(job, world.ada)
    return job


def _invited(job, manager):
    commands.invite(job, manager, job.author)
    return queries.invitation_of(manager, job)


def _invitation(world):
    return _invited(world.job, world.manager)


def _business_with_a_job(world):
    assert world.job
    return {"slug": world.manager.slug}


THINGS = {
    "job": lambda world: make_job(world.business),
    "draft": lambda world: make_draft(world.business),
    "submitted": lambda world: make_submitted(world.business),
    "paused": _paused,
    "question": lambda world: commands.ask(world.job, world.ben, "Who edits the videos?"),
    "job_invitation": _invitation,
    "other_job_invitation": lambda world: _invited(world.other_open_job, make_manager(world.sam)),
    "other_draft": lambda world: make_draft(world.other_business),
    "other_open_job": lambda world: make_job(world.other_business),
    "other_question": lambda world: commands.ask(world.other_open_job, world.ben, "Who edits the videos?"),
}
# The frame of a signed-in page takes up to five of these: the session, the notices and the queues that staff see counted.
ROUTES = [
    Route("jobs.index", "GET", ANYONE, ids=lambda world: world.job and {}, statements=7),
    Route("jobs.show", "GET", ANYONE, ids=_at("job"), other=_at("other_draft"), statements=9),
    Route("jobs.create_question", "POST", {**SIGNED_IN, "ada": 403, "sam": 403}, ids=_at("job"), other=_at("other_draft"),
          data={"text": "Who edits the videos?"}),
    Route("jobs.create_answer", "POST", OWNER_ACTS, ids=lambda world: {"question_id": world.question.id},
          other=lambda world: {"question_id": world.other_question.id}, data=lambda world: {f"{world.question.id}-answer": "We do."}),
    Route("jobs.create_invitation", "GET", {"visitor": 303, "ada": 200, "ben": 403, "eve": 303, "sam": 303}, ids=_business_with_a_job,
          other=lambda world: {"slug": world.other_manager.slug}, statements=8),
    Route("jobs.create_invitation", "POST", {**SIGNED_IN, "ben": 403}, ids=_business_with_a_job,
          other=lambda world: {"slug": world.other_manager.slug}, data=lambda world: {"job": str(world.job.id)}),
    Route("jobs.create_invitation_refusal", "POST", {"visitor": 303, "ada": 403, "ben": 303, "eve": 404, "sam": 404},
          ids=lambda world: {"invitation_id": world.job_invitation.id},
          other=lambda world: {"invitation_id": world.other_job_invitation.id}),
    Route("jobs.mine", "GET", {**SIGNED_IN, "ada": 200}, ids=lambda world: world.job and {}, statements=6),
    Route("jobs.create", "GET", {**SIGNED_IN, "ada": 200}, ids=lambda world: world.business and {}, statements=6),
    Route("jobs.create", "POST", SIGNED_IN, ids=lambda world: world.business and {}, data={"kind": "management"}),
    Route("jobs.edit", "GET", OWNER, ids=_at("draft"), other=_at("other_draft"), statements=8),
    Route("jobs.edit", "POST", OWNER_ACTS, ids=_at("draft"), other=_at("other_draft"), data=lambda world: _filled(world, act="save")),
    Route("jobs.create_draft", "POST", {**OWNER, "ada": 204}, ids=_at("draft"), other=_at("other_draft"), data=_filled),
    Route("jobs.cost", "POST", OWNER, ids=_at("draft"), other=_at("other_draft"), data=_filled),
    Route("jobs.preview", "GET", OWNER, ids=_at("draft"), other=_at("other_draft"), statements=8),
    Route("jobs.create_submission", "POST", OWNER_ACTS, ids=_at("draft"), other=_at("other_draft")),
    Route("jobs.change", "GET", OWNER, ids=_at("job"), other=_at("other_open_job"), statements=8),
    Route("jobs.change", "POST", OWNER_ACTS, ids=_at("job"), other=_at("other_open_job"), data=_filled),
    Route("jobs.create_pause", "POST", OWNER_ACTS, ids=_at("job"), other=_at("other_open_job")),
    Route("jobs.create_resumption", "POST", OWNER_ACTS, ids=_at("paused"), other=_at("other_open_job")),
    Route("jobs.closing", "GET", OWNER, ids=_at("job"), other=_at("other_open_job"), statements=6),
    Route("jobs.closing", "POST", OWNER_ACTS, ids=_at("job"), other=_at("other_open_job"), data={"why": "not_now"}),
    Route("jobs.desk", "GET", {**DESK, "ada": 403, "ben": 403, "eve": 403}, ids=lambda world: world.submitted and {}, statements=8),
    Route("jobs.case", "GET", DESK, ids=_at("submitted"), other=_at("submitted"), statements=14),
    Route("jobs.create_approval", "POST", DESK_ACTS, ids=_at("submitted"), other=_at("submitted")),
    Route("jobs.create_return", "POST", DESK_ACTS, ids=_at("submitted"), other=_at("submitted"), data={"reasons": ["unclear"]}),
    Route("jobs.create_removal", "POST", DESK_ACTS, ids=_at("job"), other=_at("job"), data={"reasons": ["fraud"]}),
]
