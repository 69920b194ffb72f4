"""Closed lists that several domains ask about, as (code, label) pairs. The code is stored; the label is shown."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.core import i18n

Choices = Sequence[tuple[str, Any]]

PLATFORMS: Choices = (
    ("facebook", _l("Facebook page")),
    ("instagram", _l("Instagram")),
    ("youtube", _l("YouTube")),
    ("x", _l("X")),
    ("linkedin", _l("LinkedIn")),
    ("facebook_group", _l("Facebook group")),
    ("website", _l("Website chat")),
)
TRADES: Choices = (
    ("boutique", _l("Boutique")),
    ("cosmetics", _l("Cosmetics")),
    ("home_food", _l("Home food")),
    ("gadgets", _l("Gadgets")),
    ("clinic", _l("Clinic")),
    ("coaching", _l("Coaching centre")),
    ("restaurant", _l("Restaurant")),
    ("real_estate", _l("Real estate")),
    ("other", _l("Other")),
)
LANGUAGES: Choices = (
    ("bn", _l("Bengali")),
    ("en", _l("English")),
    ("banglish", _l("Banglish")),
    ("syl", _l("Sylheti")),
    ("ctg", _l("Chittagonian")),
    ("hi", _l("Hindi")),
)
DISTRICTS: Choices = (
    ("bagerhat", _l("Bagerhat")), ("bandarban", _l("Bandarban")), ("barguna", _l("Barguna")), ("barishal", _l("Barishal")),
    ("bhola", _l("Bhola")), ("bogura", _l("Bogura")), ("brahmanbaria", _l("Brahmanbaria")), ("chandpur", _l("Chandpur")),
    ("chapainawabganj", _l("Chapainawabganj")), ("chattogram", _l("Chattogram")), ("chuadanga", _l("Chuadanga")),
    ("coxs_bazar", _l("Cox's Bazar")), ("cumilla", _l("Cumilla")), ("dhaka", _l("Dhaka")), ("dinajpur", _l("Dinajpur")),
    ("faridpur", _l("Faridpur")), ("feni", _l("Feni")), ("gaibandha", _l("Gaibandha")), ("gazipur", _l("Gazipur")),
    ("gopalganj", _l("Gopalganj")), ("habiganj", _l("Habiganj")), ("jamalpur", _l("Jamalpur")), ("jashore", _l("Jashore")),
    ("jhalokathi", _l("Jhalokathi")), ("jhenaidah", _l("Jhenaidah")), ("joypurhat", _l("Joypurhat")),
    ("khagrachhari", _l("Khagrachhari")), ("khulna", _l("Khulna")), ("kishoreganj", _l("Kishoreganj")),
    ("kurigram", _l("Kurigram")), ("kushtia", _l("Kushtia")), ("lakshmipur", _l("Lakshmipur")),
    ("lalmonirhat", _l("Lalmonirhat")), ("madaripur", _l("Madaripur")), ("magura", _l("Magura")),
    ("manikganj", _l("Manikganj")), ("meherpur", _l("Meherpur")), ("moulvibazar", _l("Moulvibazar")),
    ("munshiganj", _l("Munshiganj")), ("mymensingh", _l("Mymensingh")), ("naogaon", _l("Naogaon")), ("narail", _l("Narail")),
    ("narayanganj", _l("Narayanganj")), ("narsingdi", _l("Narsingdi")), ("natore", _l("Natore")),
    ("netrokona", _l("Netrokona")), ("nilphamari", _l("Nilphamari")), ("noakhali", _l("Noakhali")), ("pabna", _l("Pabna")),
    ("panchagarh", _l("Panchagarh")), ("patuakhali", _l("Patuakhali")), ("pirojpur", _l("Pirojpur")),
    ("rajbari", _l("Rajbari")), ("rajshahi", _l("Rajshahi")), ("rangamati", _l("Rangamati")), ("rangpur", _l("Rangpur")),
    ("satkhira", _l("Satkhira")), ("shariatpur", _l("Shariatpur")), ("sherpur", _l("Sherpur")), ("sirajganj", _l("Sirajganj")),
    ("sunamganj", _l("Sunamganj")), ("sylhet", _l("Sylhet")), ("tangail", _l("Tangail")), ("thakurgaon", _l("Thakurgaon")),
)
KINDS: Choices = (
    ("management", _l("Page management")),
    ("boosting", _l("Boosting")),
)
CHECKS: Choices = (
    ("identity", _l("National ID")),
    ("past_work", _l("Past work")),
    ("clients", _l("Talked with page owners")),
    ("replies", _l("Reply test")),
    ("ads", _l("Ad accounts run")),
    ("interview", _l("Video interview")),
)
"""What the team checks before a manager may bid; `vetting` says how, `managers` shows which and when."""


def label(choices: Choices, code: str) -> Any:
    """What people read for a code; the code itself when the list no longer has it."""
    return dict(choices).get(code, code)


def labels(choices: Choices, codes: Iterable[str]) -> list[Any]:
    """The labels of several codes, in the order of the list."""
    chosen = set(codes)
    return [text for code, text in choices if code in chosen]


def words(choices: Choices, codes: Iterable[str]) -> str:
    """Codes as words for the search index, and what they are called in Bengali: "boutique বুটিক"."""
    with i18n.speaking("bn"):
        return " ".join(f"{code.replace('_', ' ')} {text}" for code, text in choices if code in set(codes))
