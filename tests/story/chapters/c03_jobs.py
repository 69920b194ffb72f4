"""Ada posts a management job and a boosting job; the team sends one back, then both are published and found."""
from __future__ import annotations

import re

from tests.story.chapters.c01_people import at
from tests.story.telling import Tale, step
from tests.story.walker import Mismatch

MANAGEMENT = {
    "title": "বুটিকের পেজ চালাবেন, পোস্ট আর ইনবক্স", "goal": "regular", "description": "প্রতি সপ্তাহে নতুন শাড়ি আসে; ক্রেতারা রাত পর্যন্ত ইনবক্সে লেখেন।",
    "platforms": ["facebook"], "posts_a_week": "১৫", "videos_a_month": "4", "messages_a_day": "80", "lives_a_month": "2",
    "reply_from": "10", "reply_until": "22", "reply_minutes": "60", "languages": ["bn"], "photos": "both", "order_taker": "owner",
    "budget_minor": "৯,০০০", "questions": "কোন কোন বুটিক চালিয়েছেন?", "trade": "boutique", "district": "narayanganj",
}
BOOSTING = {
    "title": "ঈদের কালেকশন বুস্ট", "goal": "messages", "description": "নতুন কালেকশনের একটা পোস্ট, ঢাকার আশেপাশে।", "platforms": ["facebook"],
    "link": "https://facebook.com/nokshi/posts/1", "dollars_minor": "40", "rate_minor": "123", "days": "7", "budget_minor": "800",
    "payer": "manager", "divisions": ["dhaka"], "age_from": "22", "age_until": "45", "gender": "women", "button": "message",
    "trade": "boutique", "district": "narayanganj",
}
PROMISE = "মাসে ১০ হাজার লাইক গ্যারান্টি চাই।"


@step("ada drafts a management job, saves it, sees what it costs, and sends it to the team", "ada")
def management(tale: Tale) -> None:
    ada = draft(tale, "management", MANAGEMENT | {"description": MANAGEMENT["description"] + " " + PROMISE})
    tale.kept["management"] = key(ada.url)
    ada.submit("/edit", press="work_out").reads("9,000" if tale.language == "en" else "৯,০০০")
    ada.submit("/edit", press="preview")
    ada.submit("/submission", expect=422)
    ada.submit("/submission", keep="y")


@step("the team sends it back with a reason; ada reads it, mends it, sends it again", "sam, ada")
def sent_back(tale: Tale) -> None:
    case = f"/staff/jobs/{tale.kept['management']}"
    sam = tale.person("sam").open("/staff/jobs").follow(case)
    sam.submit("/return", reasons=["guarantee"], note="কাজের পরিমাণ লিখুন।")
    ada = tale.person("ada").open(f"/jobs/{tale.kept['management']}")
    ada.reads(tale.say("Leave out guarantees; write how much work you want"), "কাজের পরিমাণ লিখুন।")
    tale.outside.letter_to(tale.email("ada"), "কাজের পরিমাণ লিখুন।")
    ada.open(f"/jobs/{tale.kept['management']}/edit").submit("/edit", press="preview", description=MANAGEMENT["description"])
    ada.submit("/submission")


@step("the team publishes it", "sam")
def published(tale: Tale) -> None:
    publish(tale, "management")


@step("the job is found by search, written in Bengali and in English", "visitor")
def found(tale: Tale) -> None:
    visitor = tale.person("visitor")
    for sought in ("বুটিক পেইজ", "boutique page"):
        visitor.open(f"/jobs?q={sought}").follow(f"/jobs/{tale.kept['management']}").reads(MANAGEMENT["title"])
    visitor.open("/jobs?q=restaurant").misses(MANAGEMENT["title"])


def draft(tale: Tale, kind: str, values: dict) -> object:
    """Begin a draft, save it half-way, and fill it in."""
    ada = at(tale, "ada", "/jobs/new").submit("/jobs/new", press=kind)
    ada.submit("/edit", press="save", title=values["title"])
    brand = next(option["value"] for option in ada.form("/edit").find("select", {"name": "brand_id"}).find_all("option") if option["value"])
    return ada.submit("/edit", press="save", brand_id=brand, **values)


def publish(tale: Tale, kind: str) -> None:
    """A moderator publishes; the business is told."""
    sam = at(tale, "sam", "/staff/jobs").follow(f"/staff/jobs/{tale.kept[kind]}")
    sam.submit("/approval")
    tale.person("visitor").open(f"/jobs/{tale.kept[kind]}")


def key(address: str) -> str:
    """The id in an address."""
    if found := re.search(r"[0-9a-f-]{36}", address):
        return found[0]
    raise Mismatch(f"no id in {address}")
