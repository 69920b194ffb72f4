"""Who of the team may do what."""
from __future__ import annotations

from typing import Any

from marketplace.access.models import PageLoss
from marketplace.accounts.models import Person, StaffRole
from marketplace.contracts.models import PartyCheck
from marketplace.core.authorisation import policy
from marketplace.moderation import queries
from marketplace.moderation.models import Report, Restriction, RoleChange


@policy
def enter(person: Any, _subject: Any = None) -> bool:
    """The team's start page: anybody of staff."""
    return person.is_staff()


@policy
def see_people(person: Any, _subject: Any = None) -> bool:
    """Search people and read what they did: moderators."""
    return person.is_staff(StaffRole.moderator)


@policy
def suspend(person: Any, subject: Person) -> bool:
    """Keep somebody out: moderators, never themselves; staff only by a superadmin."""
    return see_people(person) and person.id != subject.id and (not subject.is_staff() or person.is_staff(StaffRole.superadmin))


@policy
def lift(person: Any, restriction: Restriction) -> bool:
    """Let somebody in again: whoever may keep them out."""
    return suspend(person, restriction.person)


@policy
def see_reports(person: Any, _subject: Any = None) -> bool:
    """Read what was reported: moderators."""
    return person.is_staff(StaffRole.moderator)


@policy
def decide(person: Any, report: Report) -> bool:
    """Decide about a report: moderators, but not their own and not what is about them."""
    return see_reports(person) and report.person_id != person.id and not queries.concerns(report, person)


@policy
def clear_parties(person: Any, check: PartyCheck) -> bool:
    """Say that two sides are not the same people after all: moderators, and neither of them."""
    return see_reports(person) and not queries.is_of(person, check)


@policy
def return_page(person: Any, loss: PageLoss) -> bool:
    """Say that a page that was given up is back after all: moderators of neither side."""
    return see_reports(person) and not queries.is_of(person, loss)


@policy
def ask_roles(person: Any, subject: Person) -> bool:
    """Ask for other staff roles: a superadmin, not for themselves."""
    return person.is_staff(StaffRole.superadmin) and person.id != subject.id


@policy
def confirm_roles(person: Any, change: RoleChange) -> bool:
    """Confirm them: another superadmin, whom they are not about."""
    return person.is_staff(StaffRole.superadmin) and person.id not in {change.asked_by, change.person_id}


@policy
def refuse_roles(person: Any, change: RoleChange) -> bool:
    """Drop them: any superadmin whom they are not about."""
    return person.is_staff(StaffRole.superadmin) and person.id != change.person_id


@policy
def read_audit(person: Any, _subject: Any = None) -> bool:
    """Search the whole record: superadmins."""
    return person.is_staff(StaffRole.superadmin)
