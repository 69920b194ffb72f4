"""People come: a business, a manager, two of staff."""
from __future__ import annotations

import re
import time

import pyotp

from tests.story.telling import Tale, step
from tests.story.walker import Walker

PASSWORD = "seven green mangoes"


@step("a visitor reads the landing page", "visitor")
def landing(tale: Tale) -> None:
    tale.person("visitor").open("/").misses("0 managers").follow("/sign-up")


@step("ada signs up as a business and proves her address", "ada")
def ada_signs_up(tale: Tale) -> None:
    sign_up(tale, "ada", "Ada Rahman", "business")


@step("ben signs up as a manager and proves his address", "ben")
def ben_signs_up(tale: Tale) -> None:
    sign_up(tale, "ben", "Ben Das", "manager")


@step("two of staff are made at the command line and turn on their second factor", "sam, tara")
def staff_begins(tale: Tale) -> None:
    for name in ("sam", "tara"):
        make_staff(tale, name)


@step("ada signs out and in again", "ada")
def ada_signs_in_again(tale: Tale) -> None:
    ada = tale.person("ada").open("/settings")
    ada.submit("/sign-out").open("/sign-in").submit("/sign-in", expect=422, email=tale.email("ada"), password="not this one at all")
    ada.submit("/sign-in", email=tale.email("ada"), password=PASSWORD)
    ada.open("/settings")


def sign_up(tale: Tale, name: str, called: str, intends: str) -> None:
    """Join, open the link in the letter, confirm."""
    person = tale.person(name).open("/sign-up")
    person.submit("/sign-up", intends=intends, name=called, email=tale.email(name), password=PASSWORD)
    person.open(tale.outside.link_in_letter(tale.email(name), "/confirmation"))
    person.submit("/confirmation")
    if "/sign-in" in person.url:
        person.submit("/sign-in", email=tale.email(name), password=PASSWORD)


def make_staff(tale: Tale, name: str) -> None:
    """Made by the command line with a one-use link; no page of staff opens before the second factor."""
    printed = tale.stage.flask("staff", "create", tale.email(name), "--name", f"{name.title()} Akter", "--role", "superadmin")
    person = tale.person(name).open(re.search(r"https?://\S+", printed)[0])
    person.submit("/new-password", password=PASSWORD)
    if "/sign-in" in person.url:
        person.submit("/sign-in", email=tale.email(name), password=PASSWORD)
    secret = re.search(r"\b(?:[A-Z2-7]{4} ?){8}\b", person.open("/settings/second-factor").text)[0].replace(" ", "")
    tale.kept[f"{name}.totp"] = secret
    person.submit("/settings/second-factor$", code=fresh_code(tale, name))
    if person.page.html["lang"] != tale.language:
        person.submit("/language", press=tale.language)


def at(tale: Tale, name: str, address: str) -> Walker:
    """Somebody at a page, signed in again when their session has ended by itself."""
    person = tale.person(name).open(address)
    for _ in range(2):  # the world's clock may jump between the password and the code, which ends that attempt
        if "/sign-in" in person.url:
            sign_in(tale, person)
            person.open(address)
    return person


def proven(tale: Tale, person: Walker) -> Walker:
    """Somebody before what matters, the password typed once more when it was asked for."""
    return person.submit("/password-again", password=PASSWORD) if "/password-again" in person.url else person


def sign_in(tale: Tale, person: Walker) -> None:
    """The password, and the code when it is asked for."""
    person.submit("/sign-in", email=tale.email(person.name), password=PASSWORD)
    if "/sign-in/code" in person.url:
        person.submit("/sign-in/code", code=fresh_code(tale, person.name))


def fresh_code(tale: Tale, name: str) -> str:
    """A code that was not used yet: this half minute's, else the next one's, which the clock's tolerance admits."""
    now = int(time.time()) // 30
    step_ = max(now, tale.kept.get(f"{name}.code", 0) + 1)
    tale.kept[f"{name}.code"] = step_
    time.sleep(max(0, (step_ - 1) * 30 - time.time()))
    return pyotp.TOTP(tale.kept[f"{name}.totp"]).at(step_ * 30)
