"""Packages and pieces of work."""
from __future__ import annotations

from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose
from marketplace.managers import queries
from marketplace.managers.commands.profiles import index
from marketplace.managers.models import Manager, Package, PortfolioItem

MOST_PACKAGES = rule("PACKAGES_MOST", 6, "packages a manager may offer")
MOST_ITEMS = rule("PORTFOLIO_MOST", 24, "pieces of work a manager may show")


def add_package(manager: Manager, **values: Any) -> Package:
    """Offer a package. Raises Invalid over the limit."""
    lock(manager)
    if len(queries.packages(manager)) >= MOST_PACKAGES:
        raise Invalid(_l("You have %(most)s packages already. Change one of them, or remove one.", most=MOST_PACKAGES))
    package = Package(manager=manager, **values)
    db.session.add(package)
    db.session.flush()
    index(manager)
    return package


def edit_package(package: Package, **values: Any) -> None:
    """Change an offer; contracts made from it keep what they say."""
    for name, value in values.items():
        setattr(package, name, value)
    db.session.flush()
    index(package.manager)


def remove_package(package: Package) -> None:
    """Offer it no longer. Raises WrongState for the last package of a published profile."""
    manager = package.manager
    lock(manager)
    if manager.published and len(queries.packages(manager)) == 1:
        raise WrongState(_l("A public profile needs at least one package with a price."))
    db.session.delete(package)
    db.session.flush()
    index(manager)


def add_item(manager: Manager, upload: BinaryIO, filename: str | None, *, title: str, text: str = "") -> PortfolioItem:
    """Show a piece of work, last in order. Raises Invalid over the limit and for what is no picture."""
    lock(manager)
    shown = queries.items(manager)
    if len(shown) >= MOST_ITEMS:
        raise Invalid(_l("You show %(most)s pieces of work already. Remove one first.", most=MOST_ITEMS))
    file = _picture(manager, upload, filename)
    item = PortfolioItem(manager=manager, title=title, text=text, file_id=file.id, position=shown[-1].position + 1 if shown else 0)
    db.session.add(item)
    db.session.flush()
    index(manager)
    return item


def edit_item(item: PortfolioItem, *, title: str, text: str, upload: BinaryIO | None = None, filename: str | None = None) -> None:
    """Change a piece of work; with an upload its picture too."""
    item.title, item.text = title, text
    if upload:
        former = db.session.get(File, item.file_id)
        item.file_id = _picture(item.manager, upload, filename).id
        db.session.flush()
        files.remove(former)
    index(item.manager)


def move_item_up(item: PortfolioItem) -> None:
    """One place earlier; the first stays where it is."""
    lock(item.manager)
    shown = queries.items(item.manager)
    place = shown.index(item)
    if place:
        shown[place - 1], shown[place] = shown[place], shown[place - 1]
    for position, one in enumerate(shown):
        one.position = position


def remove_item(item: PortfolioItem) -> None:
    """Show it no longer; its picture is deleted."""
    manager, file = item.manager, db.session.get(File, item.file_id)
    db.session.delete(item)
    db.session.flush()
    files.remove(file)
    index(manager)


def _picture(manager: Manager, upload: BinaryIO, filename: str | None) -> File:
    return files.store(upload, filename, Purpose.portfolio, manager.person, subject=manager, public=manager.published)
