"""Staff roles: one superadmin asks, another confirms, never the person themselves."""
from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from marketplace.accounts.commands import staff
from marketplace.accounts.models import Person, StaffRole
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.moderation import policies, queries
from marketplace.moderation.models import RoleChange


def ask_roles(person: Person, by: Person, roles: Iterable[str], reason: str) -> RoleChange:
    """Ask for exactly these roles; nothing changes until somebody else confirms. Raises NotAllowed for oneself,
    WrongState while another change waits, Invalid when nothing would change."""
    lock(person)
    if not policies.ask_roles(by, person):
        raise NotAllowed(_l("Nobody changes their own roles."))
    wanted = sorted({StaffRole(role).value for role in roles})
    if queries.role_change_waiting(person):
        raise WrongState(_l("Another change of this person's roles waits for its second opinion."))
    if wanted == sorted(person.staff_roles):
        raise Invalid(_l("These are the roles they have now."), field="roles")
    change = RoleChange(person=person, roles=wanted, reason=reason, asked_by=by.id)
    db.session.add(change)
    db.session.flush()
    audit.record("role_change.ask", person, by, roles=wanted, why=reason)
    return change


def confirm_roles(change: RoleChange, by: Person) -> None:
    """The second opinion agrees: the roles are changed and the person signs in anew. Raises NotAllowed for the first."""
    lock(change)
    if not policies.confirm_roles(by, change):
        raise NotAllowed(_l("A second superadmin must confirm this: neither who asked nor whom it is about."))
    change.move("confirm", by, why=change.reason)
    change.decided_by, change.decided_at = by.id, clock.now()
    staff.set_roles(change.person, [StaffRole(role) for role in change.roles], by)


def refuse_roles(change: RoleChange, by: Person) -> None:
    """Drop it: the second says no, or who asked takes it back."""
    change.move("refuse", by)
    change.decided_by, change.decided_at = by.id, clock.now()
