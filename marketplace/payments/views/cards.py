"""A business's saved cards: which there are, and taking one off."""
from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.businesses.models import Business
from marketplace.businesses.queries import own
from marketplace.core.authorisation import allow
from marketplace.core.slots import panel
from marketplace.payments import commands, policies
from marketplace.payments.models import Card
from marketplace.payments.queries.cards import card_seen_by, cards_of
from marketplace.payments.views.blueprint import pages


@pages.get("/business/cards")
@allow(policies.see_cards, own)
def cards(business: Business) -> str:
    """Which cards may be charged, as far as we know them: their masks."""
    return render_template("payments/cards.html", business=business, cards=cards_of(business.id))


@panel("businesses.aside")
def cards_link(business: Business) -> str:
    """The way from a business's page to its cards."""
    return render_template("payments/_cards_link.html") if policies.see_cards(current_user, business) else ""


@pages.post("/cards/<uuid:card_id>/removal")
@allow(policies.remove_card, card_seen_by)
def create_card_removal(card: Card) -> Response:
    """Nothing is charged to it any more."""
    commands.remove_card(card, current_user)
    flash(_("The card was removed. Nothing is charged to it any more."), "success")
    return redirect(url_for("payments.cards"), 303)
