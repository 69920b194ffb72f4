"""Listings, made through their commands."""
from __future__ import annotations

from typing import Any

from marketplace.businesses.models import Business
from marketplace.businesses.queries import brands, members
from marketplace.core import clock
from marketplace.jobs import commands
from marketplace.jobs.models import Job
from marketplace.managers.models import Kind
from tests import people

MANAGEMENT = {
    "title": "Run the page of a saree boutique", "goal": "regular",
    "description": "New sarees every week; customers ask by inbox until night.",
    "platforms": ["facebook", "instagram"], "posts_a_week": 15, "videos_a_month": 4, "messages_a_day": 80, "lives_a_month": 2,
    "reply_from": "10", "reply_until": "22", "reply_minutes": "60", "holiday_hours": "Friday from 3 pm", "languages": ["bn", "banglish"],
    "photos": "both", "order_taker": "manager", "orders_where": "a shared sheet", "guide": "Say আপু, never promise a date.",
    "budget_minor": 7_000_00, "days": 30, "questions": ["Which boutiques have you run?"], "trade": "boutique", "district": "dhaka",
}
BOOSTING = {
    "title": "Boost the Eid collection", "goal": "messages", "description": "One post with the new collection, for women around Dhaka.",
    "platforms": ["facebook"], "link": "https://facebook.com/nokshi/posts/1", "dollars_minor": 40_00, "rate_minor": 123_00, "days": 7,
    "budget_minor": 800_00, "payer": "manager", "divisions": ["dhaka", "sylhet"], "districts": [], "age_from": 22, "age_until": 45,
    "gender": "women", "interests": "saree, handloom", "languages": ["bn"],
    "button": "message", "auto_message": "Which colour do you like?",
    "questions": [], "trade": "boutique", "district": "dhaka",
}
VALUES = {Kind.management: MANAGEMENT, Kind.boosting: BOOSTING}


def make_draft(business: Business, kind: Kind = Kind.management, **changes: Any) -> Job:
    """A whole draft that could be submitted."""
    job = commands.create_draft(business, kind, members(business)[0])
    commands.save_draft(job, VALUES[kind] | {"brand_id": brands(business)[0].id} | changes)
    return job


def make_submitted(business: Business, kind: Kind = Kind.management, **changes: Any) -> Job:
    """A listing that waits for the team; what the text rules find is kept. The business has proven its page, so three may be open."""
    business.page_proven_at = business.page_proven_at or clock.now()
    job = make_draft(business, kind, **changes)
    commands.submit(job, members(business)[0], keep=True)
    return job


def make_job(business: Business, kind: Kind = Kind.management, **changes: Any) -> Job:
    """A published listing."""
    job = make_submitted(business, kind, **changes)
    commands.approve(job, people.sam())
    return job
