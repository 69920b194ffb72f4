"""Packages and pieces of work on a manager's desk."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, url_for
from flask_wtf import FlaskForm

from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.money import Money
from marketplace.core.pricing import platform_fee
from marketplace.managers import commands, policies, queries
from marketplace.managers.forms import ItemForm, NewItemForm, PackageForm
from marketplace.managers.models import Manager, Package, PortfolioItem
from marketplace.managers.views.blueprint import pages

COUNTS = ("posts", "videos", "messages_a_day")
EXAMPLE = Money(700_000)


@pages.route("/profile/packages/new", methods=["GET", "POST"])
@allow(policies.edit, queries.own)
def new_package(manager: Manager) -> Response:
    """Offer a package."""
    form = PackageForm()
    if form.validate_on_submit() and _done(form, lambda: commands.add_package(manager, **_package(form))):
        return _back("packages")
    return answer("managers/package.html", form, package=None, fee=platform_fee, example=EXAMPLE)


@pages.route("/profile/packages/<uuid:package_id>", methods=["GET", "POST"])
@allow(policies.edit_part, queries.package_seen_by)
def edit_package(package: Package) -> Response:
    """Change an offer."""
    form = PackageForm(obj=package)
    if form.validate_on_submit():
        commands.edit_package(package, **_package(form))
        return _back("packages")
    return answer("managers/package.html", form, package=package, fee=platform_fee, example=package.price)


@pages.post("/profile/packages/<uuid:package_id>/removal")
@allow(policies.edit_part, queries.package_seen_by)
def create_package_removal(package: Package) -> Response:
    """Offer it no longer."""
    commands.remove_package(package)
    return _back("packages")


@pages.route("/profile/portfolio/new", methods=["GET", "POST"])
@allow(policies.edit, queries.own)
def new_item(manager: Manager) -> Response:
    """Show a piece of work."""
    form = NewItemForm()
    if form.validate_on_submit() and _done(form, lambda: commands.add_item(
            manager, form.picture.data.stream, form.picture.data.filename, title=form.title.data, text=form.text.data)):
        return _back("work")
    return answer("managers/item.html", form, item=None)


@pages.route("/profile/portfolio/<uuid:item_id>", methods=["GET", "POST"])
@allow(policies.edit_part, queries.item_seen_by)
def edit_item(item: PortfolioItem) -> Response:
    """Change a piece of work."""
    form = ItemForm(obj=item)
    if form.validate_on_submit() and _done(form, lambda: commands.edit_item(
            item, title=form.title.data, text=form.text.data, **_picture(form))):
        return _back("work")
    return answer("managers/item.html", form, item=item)


@pages.post("/profile/portfolio/<uuid:item_id>/rise")
@allow(policies.edit_part, queries.item_seen_by)
def create_rise(item: PortfolioItem) -> Response:
    """One place earlier."""
    commands.move_item_up(item)
    return _back("work")


@pages.post("/profile/portfolio/<uuid:item_id>/removal")
@allow(policies.edit_part, queries.item_seen_by)
def create_item_removal(item: PortfolioItem) -> Response:
    """Show it no longer."""
    commands.remove_item(item)
    return _back("work")


def _package(form: PackageForm) -> dict[str, Any]:
    values = {name: value for name, value in form.data.items() if name != "csrf_token"}
    return values | {name: values[name] or 0 for name in COUNTS}


def _picture(form: ItemForm) -> dict[str, Any]:
    return {"upload": form.picture.data.stream, "filename": form.picture.data.filename} if form.picture.data else {}


def _done(form: FlaskForm, change: Callable[[], Any]) -> bool:
    """Whether it was done; a refusal goes beside the picture, or on top of a form without one."""
    try:
        change()
    except Invalid as refusal:
        form.refuse(Invalid(refusal.message, field=refusal.field or "picture"))  # type: ignore[attr-defined]
        return False
    return True


def _back(part: str) -> Response:
    return redirect(url_for("managers.profile", _anchor=part), 303)
