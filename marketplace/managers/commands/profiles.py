"""Beginning, writing, publishing and withdrawing a profile."""
from __future__ import annotations

from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from marketplace.accounts.commands import act_as_manager
from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.search import vector
from marketplace.core.slug import free_slug
from marketplace.core.vocabulary import DISTRICTS, KINDS, PLATFORMS, TRADES, words
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose
from marketplace.managers import queries
from marketplace.managers.commands.standing import rerank
from marketplace.managers.models import Manager

FIELDS = ("name", "headline", "about", "district", "platforms", "languages", "trades", "sample_question", "sample_reply", "available_from")


def begin(person: Person, name: str = "") -> Manager:
    """Begin a profile, seen by nobody else yet; the one there is when it was begun before."""
    if found := queries.manager_of(person):
        return found
    manager = Manager(person_id=person.id, name=name or person.name, slug=free_slug(name or person.name, Manager.slug))
    db.session.add(manager)
    act_as_manager(person)
    db.session.flush()
    return manager


def edit(manager: Manager, **values: Any) -> None:
    """Change what the profile says (any of FIELDS). Raises Invalid when a published one would lack what it needs."""
    for name in FIELDS:
        if name in values:
            setattr(manager, name, values[name])
    if manager.published:
        _complete(manager)
    index(manager)


def set_photo(manager: Manager, upload: BinaryIO, name: str | None) -> File:
    """Another face. The old one is deleted. Raises Invalid for what is no picture."""
    former = db.session.get(File, manager.photo_id) if manager.photo_id else None
    photo = files.store(upload, name, Purpose.photo, manager.person, subject=manager, public=manager.published)
    manager.photo_id = photo.id
    db.session.flush()
    if former:
        files.remove(former)
    return photo


def publish(manager: Manager) -> None:
    """Show the profile, its photo and its work to everybody. Raises Invalid while something is missing."""
    _complete(manager)
    manager.published, manager.published_at = True, manager.published_at or clock.now()
    files.publish(_files(manager))
    index(manager)
    rerank(manager)
    audit.record("manager.publish", manager, manager.person)


def withdraw(manager: Manager) -> None:
    """Take the profile, its photo and its work away from everybody's eyes; nothing is lost."""
    manager.published = False
    files.publish(_files(manager), public=False)
    audit.record("manager.withdraw", manager, manager.person)


def index(manager: Manager) -> None:
    """Keep the search index and what follows from the packages in step with the profile."""
    offers = queries.packages(manager)
    manager.kinds = sorted({str(offer.kind) for offer in offers})
    manager.price_from_minor = min((offer.price_minor for offer in offers), default=None)
    manager.search = vector(
        manager.name, manager.headline, manager.about, words(DISTRICTS, [manager.district]), words(PLATFORMS, manager.platforms),
        words(TRADES, manager.trades), words(KINDS, manager.kinds), *(offer.title for offer in offers),
        *(item.title for item in queries.items(manager)))


def _complete(manager: Manager) -> None:
    db.session.flush()
    if lacking := queries.missing(manager):
        raise Invalid(_l("The profile is not complete yet. Fill in what is marked below."), field=lacking[0])


def _files(manager: Manager) -> list[File]:
    ids = [item.file_id for item in queries.items(manager)] + ([manager.photo_id] if manager.photo_id else [])
    return [file for file in (db.session.get(File, key) for key in ids) if file]
