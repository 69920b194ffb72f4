"""What a job asks for, in lines: the same headings on the job's page, in a bid, and side by side."""
from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _

from marketplace.core import clock, vocabulary
from marketplace.core.i18n import day, digits, money, number
from marketplace.core.money import Money
from marketplace.jobs.models import Decision, Job, Outcome, choices
from marketplace.managers.models import Kind


def lines(job: Job) -> list[tuple[str, Any]]:
    """The parts of the work as (code, label): what a bid may cover or leave out."""
    return _boosting_lines(job) if job.kind == Kind.boosting else _management_lines(job)


def facts(job: Job) -> list[tuple[Any, Any]]:
    """All a reader wants to know besides the text, as (label, value), empty ones left out."""
    found = _boosting_facts(job) if job.kind == Kind.boosting else _management_facts(job)
    return [(label, value) for label, value in [*found, *_common_facts(job)] if value not in ("", None)]


def reasons_of(decision: Decision) -> list[Any]:
    """The reasons of a decision in words."""
    options = choices.REMOVAL_REASONS if decision.outcome == Outcome.removed else choices.SEND_BACK_REASONS
    return vocabulary.labels(options, decision.reasons)


def hour(value: int | str) -> str:
    """An hour of the day on a 24-hour clock."""
    return digits(f"{int(value):02}:00")


def _management_lines(job: Job) -> list[tuple[str, Any]]:
    asked = job.details
    found = [
        ("posts", asked.get("posts_a_week"), _("Posts")),
        ("videos", asked.get("videos_a_month"), _("Videos")),
        ("inbox", asked.get("messages_a_day"), _("Inbox")),
        ("lives", asked.get("lives_a_month"), _("Lives")),
        ("photos", asked.get("photos") in ("manager", "both"), _("Pictures")),
        ("orders", asked.get("order_taker") == "manager", _("Order slips")),
        ("holidays", asked.get("holiday_hours"), _("Friday and Eid")),
    ]
    return [(code, label) for code, wanted, label in found if wanted]


def _boosting_lines(job: Job) -> list[tuple[str, Any]]:
    found = [
        ("setup", True, _("Audience and ad set up")),
        ("watch", True, _("Watched every day")),
        ("auto_message", job.details.get("auto_message"), _("First message")),
        ("report", True, _("Report with receipts")),
    ]
    return [(code, label) for code, wanted, label in found if wanted]


def _management_facts(job: Job) -> list[tuple[Any, Any]]:
    asked = job.details
    return [
        (_("Goal"), _label(choices.GOALS, job.goal)),
        (_("Messages a day"), _count(asked.get("messages_a_day"))),
        (_("Posts a week"), _count(asked.get("posts_a_week"))),
        (_("Videos a month"), _count(asked.get("videos_a_month"))),
        (_("Lives a month"), _count(asked.get("lives_a_month"))),
        (_("Answers between"), _hours(asked)),
        (_("Answer within"), _label(choices.REPLY_TARGETS, asked.get("reply_minutes"))),
        (_("Friday and Eid"), asked.get("holiday_hours")),
        (_("Who takes pictures"), _label(choices.PHOTOS, asked.get("photos"))),
        (_("Who takes orders"), _orders(asked)),
    ]


def _boosting_facts(job: Job) -> list[tuple[Any, Any]]:
    asked = job.details
    return [
        (_("Goal"), _label(choices.OBJECTIVES, job.goal)),
        (_("Ads"), _ads(asked)),
        (_("Who pays Meta"), _label(choices.PAYERS, asked.get("payer"))),
        (_("Where"), ", ".join(map(str, vocabulary.labels(choices.DIVISIONS, asked.get("divisions", []))
                                   + vocabulary.labels(vocabulary.DISTRICTS, asked.get("districts", []))))),
        (_("Age"), _ages(asked)),
        (_("Who"), _label(choices.GENDERS, asked.get("gender"))),
        (_("Interests"), asked.get("interests")),
        (_("Button"), _label(choices.BUTTONS, asked.get("button"))),
    ]


def _common_facts(job: Job) -> list[tuple[Any, Any]]:
    platforms = vocabulary.labels(vocabulary.PLATFORMS, job.platforms)
    languages = vocabulary.labels(vocabulary.LANGUAGES, job.details.get("languages", []))
    return [
        (_("Where the work is"), ", ".join(map(str, platforms))),
        (_("Languages"), ", ".join(map(str, languages))),
        (_("Days"), _count(job.days) if job.kind == Kind.boosting else ""),
        (_("Starts"), day(datetime.combine(job.starts_on, time(12), clock.DHAKA)) if job.starts_on else ""),
    ]


def _label(options: Any, code: str | None) -> Any:
    return vocabulary.label(options, code) if code else ""


def _count(value: int | None) -> str:
    return number(value) if value else ""


def _hours(asked: dict[str, Any]) -> str:
    if asked.get("reply_from") in (None, "") or asked.get("reply_until") in (None, ""):
        return ""
    return f"{hour(asked['reply_from'])}–{hour(asked['reply_until'])}"


def _orders(asked: dict[str, Any]) -> str:
    who = str(_label(choices.ORDER_TAKERS, asked.get("order_taker")))
    return f"{who} · {asked['orders_where']}" if asked.get("orders_where") else who


def _ads(asked: dict[str, Any]) -> str:
    if not asked.get("dollars_minor") or not asked.get("rate_minor"):
        return ""
    return f"{money(Money(asked['dollars_minor'], 'USD'))} × {money(asked['rate_minor'])}"


def _ages(asked: dict[str, Any]) -> str:
    low, high = asked.get("age_from"), asked.get("age_until")
    return f"{number(low)}–{number(high)}" if low and high else ""
