"""Postings without Stripe, for tests of the books alone."""
from __future__ import annotations

from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.models import Transaction

PARTIES = {"contract": "contract:1", "business": "business:1"}
NOTHING = Money(0)


def post_fund(milestone: str = "milestone:1", amount: Money = Money(700000), key: str = "", **changes: object) -> None:  # noqa: B008
    """Held money."""
    values = {"card_cost": amount.share(290), "stripe_id": f"ch_{milestone}"} | changes
    commands.fund(key or f"fund:{milestone}", milestone=milestone, amount=amount, **PARTIES, **values)


def post_release(milestone: str = "milestone:1", gross: Money = Money(700000), manager: str = "manager:1",  # noqa: B008
                 key: str = "") -> commands.Posted:
    """Held money becomes a manager's, less a tenth."""
    return commands.release(key or f"release:{milestone}", milestone=milestone, contract="contract:1", manager=manager, gross=gross,
                            fee=gross.share(1000))


def make_posting() -> Transaction:
    """One posting with its legs."""
    post_fund()
    return queries.by_key("fund:milestone:1")
