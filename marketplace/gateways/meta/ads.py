"""Advertising: an account, a campaign with one ad set, one creative and one ad; what it has cost.

Each of the four has our name, and is looked for by it before it is made: after a lost answer the same call goes on where
the other stopped. Money in cents: only accounts in dollars are used.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.gateways.meta.asking import Refused, ask, fetch

IN_ORDER = 1
AIMS = {  # objective and what the delivery is tuned for
    "messages": ("OUTCOME_ENGAGEMENT", "CONVERSATIONS"), "engagement": ("OUTCOME_ENGAGEMENT", "POST_ENGAGEMENT"),
    "traffic": ("OUTCOME_TRAFFIC", "LINK_CLICKS"), "awareness": ("OUTCOME_AWARENESS", "REACH"),
}


@dataclass(frozen=True)
class Campaign:
    """What is to be advertised: a post of a page, to whom (Graph's targeting), for how much at most, until when."""

    name: str
    objective: str
    page_id: str
    post_id: str
    targeting: dict[str, Any]
    budget_minor: int
    ends_at: datetime


def launch(token: str, wish: Campaign) -> tuple[str, str]:
    """Make what is missing of it and let it run; the ids of the account and the campaign. Refused without an account."""
    account, (objective, goal) = _account(token), AIMS[wish.objective]
    campaign = _made(token, account, "campaigns", wish.name, objective=objective, special_ad_categories=[], status="PAUSED")
    adset = _made(token, account, "adsets", wish.name, campaign_id=campaign, lifetime_budget=wish.budget_minor,
                  end_time=wish.ends_at.isoformat(timespec="seconds"), billing_event="IMPRESSIONS", optimization_goal=goal, status="ACTIVE",
                  bid_strategy="LOWEST_COST_WITHOUT_CAP", targeting=wish.targeting, promoted_object={"page_id": wish.page_id})
    creative = _made(token, account, "adcreatives", wish.name, object_story_id=wish.post_id)
    _made(token, account, "ads", wish.name, adset_id=adset, creative={"creative_id": creative}, status="ACTIVE")
    switch(campaign, token, on=True)
    return account, campaign


def switch(campaign_id: str, token: str, on: bool) -> None:
    """Let it run, or rest; twice is the same."""
    ask(token, lambda api: api.call("POST", (campaign_id,), params={"status": "ACTIVE" if on else "PAUSED"}))


def spend(campaign_id: str, token: str) -> int:
    """Cents it has cost so far."""
    rows = fetch(token, (campaign_id, "insights"), ["spend"], date_preset="maximum")
    return sum(int(Decimal(row["spend"]) * 100) for row in rows)


def _account(token: str) -> str:
    accounts = fetch(token, ("me", "adaccounts"), ["id", "account_status", "currency"])
    for account in accounts:
        if account["account_status"] == IN_ORDER and account["currency"] == "USD":
            return account["id"]
    raise Refused("There is no advertising account in dollars that is in order.")


def _made(token: str, account: str, edge: str, name: str, **details: Any) -> str:
    """The newest of that name, or a new one."""
    for one in fetch(token, (account, edge), ["id", "name"]):
        if one["name"] == name:
            return one["id"]
    return ask(token, lambda api: api.call("POST", (account, edge), params={"name": name, **details}).json())["id"]
