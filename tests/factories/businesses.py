"""Businesses with their people."""
from __future__ import annotations

from marketplace.accounts.models import Person
from marketplace.businesses import commands, queries
from marketplace.businesses.models import Brand, Business, Member, Role
from marketplace.core.db import db


def make_business(owner: Person, **changes: object) -> Business:
    """A business of this owner with one brand; the one there is when they own one already and nothing is changed."""
    if not changes and (found := queries.business_of(owner)):
        return found
    values = {"name": f"{owner.name.split()[0]}'s Boutique", "trade": "boutique", "district": "dhaka",
              "about": "Sarees and three-pieces, sold by inbox."} | changes
    return commands.create(owner, **values)


def make_brand(business: Business, **changes: object) -> Brand:
    """Another brand."""
    values = {"name": "Nokshi Ghor", "trade": "boutique", "guide": "Say আপু. Never promise a date."} | changes
    return commands.create_brand(business, **values)


def make_member(business: Business, person: Person, role: Role = Role.viewer) -> Member:
    """A person who joined."""
    member = Member(business=business, person=person, role=role)
    person.acts_as_business = True
    db.session.add(member)
    db.session.flush()
    return member
