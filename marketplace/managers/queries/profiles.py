"""One manager, with packages and work."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import bindparam, select

from marketplace.accounts.models import StaffRole
from marketplace.core.db import db, remembered
from marketplace.managers.models import Manager, Package, PortfolioItem

NEEDED = ("headline", "about", "district", "platforms", "languages", "trades", "sample_reply", "price_from_minor")
"""What a profile must say before others see it; the last one is a package with its price."""


BY_SLUG = select(Manager).where(Manager.slug == bindparam("slug"))
PACKAGES = select(Package).where(Package.manager_id == bindparam("manager_id")).order_by(Package.price_minor, Package.id)
ITEMS = select(PortfolioItem).where(PortfolioItem.manager_id == bindparam("manager_id")).order_by(PortfolioItem.position, PortfolioItem.id)
"""What every visitor of a profile asks, built once."""


@remembered
def manager_of(person: Any) -> Manager | None:
    """The profile of a person, published or not."""
    if not (person.is_authenticated and person.acts_as_manager):
        return None
    return db.session.scalars(select(Manager).where(Manager.person_id == person.id)).first()


def own(reader: Any) -> Manager | None:
    """The reader's own profile, for pages whose address names none."""
    return manager_of(reader)


def manager_seen_by(reader: Any, manager_id: uuid.UUID) -> Manager | None:
    """Published profiles anybody sees; others their owner and those who vet."""
    return _seen(reader, db.session.get(Manager, manager_id))


def by_slug(reader: Any, slug: str) -> Manager | None:
    """The same, by the address of the public page."""
    return _seen(reader, db.session.scalars(BY_SLUG, {"slug": slug}).first())


def packages(manager: Manager) -> list[Package]:
    """What the manager offers, cheapest first."""
    return list(db.session.scalars(PACKAGES, {"manager_id": manager.id}))


def items(manager: Manager) -> list[PortfolioItem]:
    """The work shown, in the manager's order."""
    return list(db.session.scalars(ITEMS, {"manager_id": manager.id}))


def package_seen_by(reader: Any, package_id: uuid.UUID) -> Package | None:
    """A package of a manager the reader may see."""
    return _part(Package, reader, package_id)


def item_seen_by(reader: Any, item_id: uuid.UUID) -> PortfolioItem | None:
    """A piece of work of a manager the reader may see."""
    return _part(PortfolioItem, reader, item_id)


def missing(manager: Manager) -> list[str]:
    """What the profile still has to say before it can be published, as names of columns."""
    return [name for name in NEEDED if not getattr(manager, name)]


def _seen(reader: Any, manager: Manager | None) -> Manager | None:
    if manager is None or manager.published:
        return manager
    own_or_staff = reader.is_authenticated and (manager.person_id == reader.id or reader.is_staff(StaffRole.vetter))
    return manager if own_or_staff else None


def _part(model: Any, reader: Any, key: uuid.UUID) -> Any:
    part = db.session.get(model, key)
    return part if part is not None and manager_seen_by(reader, part.manager_id) is not None else None
