"""Reads of boosts, through the reader's eyes where a page shows them."""
from marketplace.boosts.queries.claims import free_in, pot_for_finance, spendable_dollars
from marketplace.boosts.queries.plans import (
    agreed_dollars,
    boost_seen_by,
    boosts_of,
    grants_to_boost,
    holds_money,
    spend_of,
    waiting_for_approval,
    work_to_come,
    work_was_paid,
)
from marketplace.boosts.queries.pots import (
    Drawn,
    asked_draws,
    awaits_answer,
    counted_draws,
    draw_seen_by,
    drawn_since,
    draws_of,
    left_in,
    money_of,
    pot_is_open,
    pot_of,
    pot_of_milestone,
    pot_seen_by,
)
from marketplace.boosts.queries.prices import Split, median_of, medians, size_of, split, usual_prices
from marketplace.boosts.queries.rates import newest_rate, rates

__all__ = [
    "Drawn", "Split", "agreed_dollars", "asked_draws", "awaits_answer", "boost_seen_by", "boosts_of", "counted_draws", "draw_seen_by",
    "drawn_since", "draws_of", "free_in", "grants_to_boost", "holds_money", "left_in", "median_of", "medians", "money_of", "newest_rate",
    "pot_for_finance", "pot_is_open", "pot_of", "pot_of_milestone", "pot_seen_by", "rates", "size_of", "spend_of", "spendable_dollars",
    "split", "usual_prices", "waiting_for_approval", "work_to_come", "work_was_paid",
]
