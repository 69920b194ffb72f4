"""Advertising with a page's posts, on the token of the person who connected it: their advertising account pays."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from marketplace.channels.commands import vault
from marketplace.channels.commands.speaking import mark_broken, page_token, place
from marketplace.channels.models import Channel, Problem
from marketplace.gateways import meta

BANGLADESH = "BD"
GENDERS = {"men": [1], "women": [2]}


def launch_campaign(channel: Channel, name: str, objective: str, post_id: str, audience: dict[str, Any], budget_minor: int,
                    ends_at: datetime) -> tuple[str, str]:
    """Advertise a post with a lifetime budget in cents; the platform's ids of account and campaign. The same name twice is one campaign."""
    with _advertising(channel) as token:
        return meta.launch(token, meta.Campaign(name, objective, channel.external_id, post_id, _targeting(audience), budget_minor, ends_at))


def switch_campaign(channel: Channel, campaign_id: str, on: bool) -> None:
    """Let it run, or rest."""
    with _advertising(channel) as token:
        meta.switch(campaign_id, token, on)


def campaign_spend(channel: Channel, campaign_id: str) -> int:
    """Cents it has cost so far, by the platform's own count."""
    with _advertising(channel) as token:
        return meta.spend(campaign_id, token)


def _targeting(audience: dict[str, Any]) -> dict[str, Any]:
    """Who is to see it. Meta has no list of our districts: regions are left to the person at Meta's page."""
    return {"geo_locations": {"countries": [BANGLADESH]}, "age_min": audience.get("age_from") or 18,
            "age_max": audience.get("age_until") or 65, "genders": GENDERS.get(audience.get("gender", ""), [1, 2])}


@contextmanager
def _advertising(channel: Channel) -> Iterator[str]:
    """The person's token for as long as one act takes."""
    page_token(channel)  # connected, and the vault opens
    token = (vault.read(place(channel)) or {}).get("user", "")
    try:
        yield token
    except meta.TokenGone as gone:
        mark_broken(channel, Problem(gone.problem))
        raise
