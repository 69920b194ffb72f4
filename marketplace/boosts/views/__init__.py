"""Pages of boosts: ad money and receipts, plans, rates, prices."""
from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.boosts import queries
from marketplace.boosts.views import boosts, draws, pots, prices, rates, refunds, wallet
from marketplace.boosts.views.pages import pages
from marketplace.core import navigation, subjects

__all__ = ["boosts", "draws", "pages", "pots", "prices", "rates", "refunds", "wallet"]

navigation.add("staff", 72, _l("Dollar rates"), "boosts.rates", "trending-up")
subjects.register("ad_pot", queries.pot_seen_by, lambda row: _("Ad money"), pots.address)
subjects.register("draw", queries.draw_seen_by, lambda row: row.receipt_number, lambda row: url_for("boosts.show_draw", draw_id=row.id))
subjects.register("boost", queries.boost_seen_by, lambda row: row.title, boosts.address)
