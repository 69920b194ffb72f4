"""Who may apply, and who decides."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.files.models import Purpose
from marketplace.managers.models import Kind
from marketplace.vetting import commands
from tests.authorisation.managers import _own
from tests.authorisation.routes import Route
from tests.factories.files import PDF, make_file
from tests.factories.managers import make_manager
from tests.factories.vetting import make_application, vetter
from tests.people import person_named

ANYONE = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)
# Strangers see no application; the applicant sees it but does not judge it; the team judges it but does not write it.
APPLICANT = {"visitor": 303, "ada": 404, "ben": 200, "eve": 404, "sam": 403}
TEAM = {"visitor": 303, "ada": 404, "ben": 403, "eve": 404, "sam": 200}
DONE = {**TEAM, "sam": 303}
REASON = {"why": "Talked with the owner of the page."}
RECOMMENDATION = {"verdict": "reject", "checks": ["identity"], "why": "One page for a month.", "reasons": "Come back with more work."}
INTERVIEW = {"at": "2030-01-05T15:00", "link": "https://meet.example.com/abc"}


def _applicant(world: Any) -> Any:
    """ben asks for what he is not vetted for."""
    return make_manager(world.ben, vetted=())


def _at(step: str) -> Callable[[Any], Any]:
    return lambda world: make_application(_applicant(world), step, Kind.management)


def _probation(world: Any) -> Any:
    application = _at("approved")(world)
    commands.put_on_probation(application, vetter(1), "A page owner complained.")
    return application


def _ids(thing: str) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"application_id": getattr(world, thing).id}


def _other(world: Any) -> dict[str, Any]:
    return {"application_id": world.other_application.id}


THINGS = {
    "application_draft": _at("draft"), "application_submitted": _at("submitted"), "application_in_review": _at("in_review"),
    "application_interview": _at("interview"), "application_recommended": _at("recommended"), "application_approved": _at("approved"),
    "application_on_probation": _probation,
    "evidence": lambda world: make_file(world.ben, Purpose.evidence, PDF, "paper.pdf", subject=world.application_draft),
    "other_application": lambda world: make_application(
        make_manager(person_named("Rakib Hasan", "rakib@example.com"), vetted=()), "submitted"),
    "other_evidence": lambda world: make_file(world.other_application.manager.person, Purpose.evidence, PDF, "paper.pdf",
                                              subject=world.other_application),
}
ROUTES = [
    Route("vetting.rubric", "GET", ANYONE, statements=3),
    Route("vetting.home", "GET", {"visitor": 303, "ada": 303, "ben": 200, "eve": 303, "sam": 303}, ids=_own, statements=6),
    Route("vetting.create_application", "POST", {"visitor": 303, "ada": 404, "ben": 409, "eve": 404, "sam": 404}, ids=_own,
          data={"level": "management"}),
    Route("vetting.application", "GET", {**APPLICANT, "sam": 404}, ids=_ids("application_draft"), other=_other, statements=8),
    Route("vetting.application", "POST", {**APPLICANT, "ben": 303, "sam": 404}, ids=_ids("application_draft"), other=_other,
          data={"links": "https://facebook.com/shop", "act": "save"}),
    Route("vetting.create_evidence_removal", "POST", {**APPLICANT, "ben": 303, "sam": 404},
          ids=lambda world: {"file_id": world.evidence.id, "application_id": world.application_draft.id},
          other=lambda world: {"file_id": world.other_evidence.id, "application_id": world.other_application.id}),
    Route("vetting.index", "GET", {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}, ids=_ids("application_submitted"),
          statements=12),
    Route("vetting.show", "GET", TEAM, ids=_ids("application_submitted"), other=_other, statements=14),
    Route("vetting.create_review", "POST", DONE, ids=_ids("application_submitted"), other=_other),
    Route("vetting.create_interview", "POST", DONE, ids=_ids("application_in_review"), other=_other, data=INTERVIEW),
    Route("vetting.create_recommendation", "POST", DONE, ids=_ids("application_interview"), other=_other, data=RECOMMENDATION),
    Route("vetting.create_decision", "POST", DONE, ids=_ids("application_recommended"), other=_other, data=REASON),
    Route("vetting.create_return", "POST", DONE, ids=_ids("application_recommended"), other=_other, data=REASON),
    Route("vetting.create_probation", "POST", DONE, ids=_ids("application_approved"), other=_other, data=REASON),
    Route("vetting.create_restoration", "POST", DONE, ids=_ids("application_on_probation"), other=_other, data=REASON),
    Route("vetting.create_revocation", "POST", DONE, ids=_ids("application_on_probation"), other=_other, data=REASON),
]
