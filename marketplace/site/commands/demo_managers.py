"""Invented managers: profile, work, packages, and how far the team has come with vetting them."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.accounts.models import Intention, Person
from marketplace.core import clock
from marketplace.managers import commands
from marketplace.managers.models import Kind, Manager
from marketplace.site.commands.demo_people import FOLDER, ago, read
from marketplace.site.commands.demo_people import join as join_person
from marketplace.vetting import commands as vetting
from marketplace.vetting.models import RUBRIC, Application, Verdict

PROFILE = ("headline", "about", "district", "platforms", "languages", "trades")
STEPS = ("submitted", "in_review", "interview", "recommended", "approved")
ANSWER = "চালাই; কোন পেজ, কতদিন আর কী করেছি ভিডিও কলে পর্দায় দেখাতে পারব।"
WHY = "পেজগুলো দেখা হয়েছে, দুইজন মালিকের সাথে কথা হয়েছে।"
CALL = "https://meet.example/vetting"
TOLD = "আপনার কাজ আর উত্তরের ধরন ভালো লেগেছে।"


def join(staff: dict[str, Person]) -> dict[str, Person]:
    """All managers, by key."""
    return {row["key"]: _join(row, staff) for row in read("managers")["manager"]}


def _join(row: dict[str, Any], staff: dict[str, Person]) -> Person:
    days = row["joined_days_ago"]
    person = join_person(row["key"], row["name"], Intention.manager, days)
    manager = ago(days, lambda: _profile(person, row))
    for number, (level, step) in enumerate(row["vetting"].items(), 1):
        ago(max(days - 3 * number, 0), lambda level=level, step=step: _vet(manager, Kind(level), step, staff))
    return person


def _profile(person: Person, row: dict[str, Any]) -> Manager:
    manager = commands.begin(person)
    free = clock.today().date() + timedelta(days=row["joined_days_ago"] + row["available_in_days"]) if "available_in_days" in row else None
    commands.edit(manager, **{name: row[name] for name in PROFILE}, sample_question=row["question"], sample_reply=row["reply"],
                  available_from=free)
    for package in row["packages"]:
        _offer(manager, package)
    for work in row["work"]:
        with (FOLDER / f"{work['picture']}.png").open("rb") as picture:
            commands.add_item(manager, picture, f"{work['picture']}.png", title=work["title"], text=work["text"])
    with (FOLDER / f"face-{row['key']}.png").open("rb") as face:
        commands.set_photo(manager, face, "face.png")
    commands.publish(manager)
    return manager


def _offer(manager: Manager, package: dict[str, Any]) -> None:
    commands.add_package(manager, title=package["title"], kind=Kind(package["kind"]), price_minor=package["price"] * 100,
                         posts=package["posts"], videos=package["videos"], messages_a_day=package["messages"], description=package["text"])


def _vet(manager: Manager, level: Kind, until: str, staff: dict[str, Person]) -> None:
    """Bring an application as far as this step, by two people of the team."""
    application = vetting.begin(manager, level)
    vetting.save(application, ["https://facebook.com/nokshiachol.example"], {one.check: ANSWER for one in RUBRIC[level] if one.question})
    for step in STEPS[:STEPS.index(until) + 1]:
        _take(application, step, staff["tareq"], staff["lubna"])


def _take(application: Application, step: str, first: Person, second: Person) -> None:
    checks = [criterion.check for criterion in RUBRIC[application.level]]
    {
        "submitted": lambda: vetting.submit(application),
        "in_review": lambda: vetting.take(application, first),
        "interview": lambda: vetting.invite_to_interview(application, first, clock.now() + timedelta(days=1), CALL),
        "recommended": lambda: vetting.recommend(application, first, Verdict.approve, WHY, TOLD, checks),
        "approved": lambda: vetting.confirm(application, second, WHY),
    }[step]()
