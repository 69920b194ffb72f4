"""Who of the team may do what, and who may report."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.contracts.models import PartyCheck, PartyCheckStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.subjects import subject_of
from marketplace.moderation import commands
from tests.authorisation.routes import Route
from tests.factories.access import make_grant, make_lost
from tests.factories.contracts import make_contract
from tests.factories.managers import make_manager
from tests.people import person_named

TEAM = {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}
TEAM_LOADS = {**TEAM, "ada": 404, "ben": 404, "eve": 404}
DONE = {**TEAM_LOADS, "sam": 303}
REASON = "Asked three shops for money by bKash."


def _until() -> str:
    return (clock.today().date() + timedelta(days=30)).isoformat()


def _restriction(person: Any) -> Any:
    return commands.suspend(person, person_named("Mod", "mod@example.com", staff_roles=["moderator"]), "fraud", REASON,
                            clock.now() + timedelta(days=30))


def _role_change(person: Any) -> Any:
    asker = person_named("Root", "root@example.com", staff_roles=["superadmin"])
    return commands.ask_roles(person, asker, ["moderator"], "Joins the team.")


def _report(world: Any) -> Any:
    return commands.report(world.manager, world.manager.name, world.nadia, "false", "Not their own pictures.")


def _party_check(world: Any) -> Any:
    """Two sides that were found to be the same people."""
    contract = make_contract()
    check = PartyCheck(business_id=contract.business_id, manager_id=contract.manager_id, contract_id=contract.id, signs=["card"],
                       status=PartyCheckStatus.refused)
    db.session.add(check)
    db.session.flush()
    return check


THINGS = {
    "restriction": lambda world: _restriction(person_named("Rafi", "rafi@example.com")),
    "role_change": lambda world: _role_change(person_named("Tareq", "tareq@example.com")),
    "report": _report,
    "party_check": _party_check,
    "lost_page": lambda world: make_lost(make_grant()),
    "stranger": lambda world: person_named("Rumi", "rumi@example.com"),
    "shown_manager": lambda world: make_manager(person_named("Zia Khan", "zia@example.com")),
}
ROUTES = [
    Route("moderation.desk", "GET", TEAM, statements=8),
    Route("moderation.people", "GET", TEAM, statements=8, query={"q": "a"}),
    Route("moderation.person", "GET", TEAM_LOADS, ids=lambda world: {"person_id": world.stranger.id},
          other=lambda world: {"person_id": world.stranger.id}, statements=14),
    Route("moderation.create_restriction", "POST", DONE, ids=lambda world: {"person_id": world.stranger.id},
          other=lambda world: {"person_id": world.stranger.id},
          data=lambda world: {"rule": "fraud", "reason": REASON, "ends_on": _until()}),
    Route("moderation.create_restriction_ending", "POST", DONE, ids=lambda world: {"restriction_id": world.restriction.id},
          other=lambda world: {"restriction_id": world.restriction.id}, data={"why": "Talked with them."}),
    Route("moderation.role_changes", "GET", TEAM, statements=8),
    Route("moderation.create_role_change", "POST", DONE, ids=lambda world: {"person_id": world.stranger.id},
          other=lambda world: {"person_id": world.stranger.id}, data={"roles": "moderator", "reason": "Joins the team."}),
    Route("moderation.create_role_confirmation", "POST", DONE, ids=lambda world: {"change_id": world.role_change.id},
          other=lambda world: {"change_id": world.role_change.id}),
    Route("moderation.create_role_refusal", "POST", DONE, ids=lambda world: {"change_id": world.role_change.id},
          other=lambda world: {"change_id": world.role_change.id}),
    Route("moderation.record", "GET", TEAM, statements=12),
    Route("moderation.create_audit_check", "POST", {**TEAM, "sam": 303}),
    Route("moderation.create_report", "GET", {"visitor": 303, "ada": 404, "ben": 404, "eve": 404, "sam": 404},
          query={"subject": "job:0192aaaa-0000-7000-8000-000000000001"}, statements=8),
    Route("moderation.create_report", "GET", dict.fromkeys(("ada", "ben", "eve", "sam"), 200) | {"visitor": 303},
          ids=lambda world: {"subject": subject_of(world.shown_manager)}, statements=8),
    Route("moderation.create_report", "POST", dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 303),
          ids=lambda world: {"subject": subject_of(world.shown_manager)}, data={"reason": "false", "text": ""}),
    Route("moderation.reports", "GET", TEAM, statements=8),
    Route("moderation.report", "GET", TEAM_LOADS, ids=lambda world: {"report_id": world.report.id},
          other=lambda world: {"report_id": world.report.id}, statements=12),
    Route("moderation.create_decision", "POST", DONE, ids=lambda world: {"report_id": world.report.id},
          other=lambda world: {"report_id": world.report.id}, data={"outcome": "dismiss", "why": "Their own pictures."}),
    Route("moderation.create_parties_clearance", "POST", DONE, ids=lambda world: {"check_id": world.party_check.id},
          other=lambda world: {"check_id": world.party_check.id}, data={"why": "Two sisters."}),
    Route("moderation.create_page_return", "POST", DONE, ids=lambda world: {"loss_id": world.lost_page.id},
          other=lambda world: {"loss_id": world.lost_page.id}, data={"why": "They are admin again."}),
]
