"""Managers with packages and work."""
from __future__ import annotations

import io
from datetime import timedelta

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.managers import commands, queries
from marketplace.managers.models import Manager, Package, PortfolioItem
from tests.factories.files import picture

PROFILE = {
    "headline": "I run boutique pages and answer until 11 at night", "about": "Six years with saree pages. I photograph, write and answer.",
    "district": "dhaka", "platforms": ["facebook", "instagram"], "languages": ["bn", "en"], "trades": ["boutique", "cosmetics"],
    "sample_question": "apu ei saree ta ki pure cotton? dam koto", "sample_reply": "জি আপু, একদম খাঁটি সুতি, ৮০ কাউন্ট। দাম ১,৬৫০ টাকা।",
}


def make_manager(person: Person, published: bool = True, vetted: tuple[str, ...] = ("management", "boosting"),
                 **changes: object) -> Manager:
    """A complete profile with one package: public and vetted for both kinds, unless told otherwise."""
    manager = commands.begin(person)
    commands.edit(manager, **(PROFILE | changes))
    if not queries.packages(manager):
        make_package(manager)
    for level in vetted:
        commands.mark_vetted(manager, level, clock.now() + timedelta(days=365), ["identity", "past_work", "interview"])
    if published and not manager.published:
        commands.publish(manager)
    return manager


def make_package(manager: Manager, **changes: object) -> Package:
    """An offer of Tk 7,000 a month."""
    values = {"title": "Running shop", "kind": "management", "price_minor": 700_000, "posts": 90, "videos": 4, "messages_a_day": 40,
              "description": "Boosting is not in it."} | changes
    return commands.add_package(manager, **values)


def make_item(manager: Manager, title: str = "Eid collection", colour: str = "#0c4f3a") -> PortfolioItem:
    """A piece of work with a picture."""
    return commands.add_item(manager, io.BytesIO(picture(colour=colour)), "eid.png", title=title)
