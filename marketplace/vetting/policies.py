"""Who may do what with applications."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import StaffRole
from marketplace.core.authorisation import policy
from marketplace.managers.models import Manager
from marketplace.vetting.models import Application


@policy
def apply(person: Any, manager: Manager) -> bool:
    """Ask to be vetted: the manager."""
    return manager.person_id == person.id


@policy
def edit(person: Any, application: Application) -> bool:
    """Write and send an application: the applicant."""
    return application.manager.person_id == person.id


@policy
def look(person: Any, subject: Any = None) -> bool:
    """See the queue: those who vet."""
    return person.is_staff(StaffRole.vetter)


@policy
def vet(person: Any, application: Application) -> bool:
    """Look into an application and recommend: those who vet, but nobody their own."""
    return look(person) and application.manager.person_id != person.id


@policy
def confirm(person: Any, application: Application) -> bool:
    """Confirm or turn down a recommendation: somebody else than who made it."""
    return vet(person, application) and application.recommended_by not in {None, person.id}
