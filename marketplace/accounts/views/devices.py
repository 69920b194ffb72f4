"""The browser in front of us: what it calls itself, and its signed cookie that tells who signed in with it before."""
from __future__ import annotations

import re

from flask import Response, current_app, request

from marketplace.accounts.commands.sign_ins import Browser
from marketplace.accounts.models import Person
from marketplace.core import crypto

YEAR = 365 * 24 * 3600
PEOPLE_KEPT = 5
PROGRAMS = (("Edg", "Edge"), ("OPR|Opera", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("UCBrowser", "UC Browser"),
            ("Firefox|FxiOS", "Firefox"), ("Chrome|CriOS", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


def browser() -> Browser:
    """Where this request comes from."""
    kept = crypto.unsign("device", request.cookies.get(_cookie(), ""), YEAR) or {}
    return Browser(request.remote_addr or "", _named(request.user_agent.string), kept.get("mark", ""), tuple(kept.get("people", ())))


def remember(response: Response, browser: Browser, person: Person) -> Response:
    """Let this browser be known as one this person signs in with."""
    people = [str(person.id), *(other for other in browser.people if other != str(person.id))][:PEOPLE_KEPT]
    kept = crypto.sign("device", {"mark": browser.mark or crypto.token(9), "people": people})
    response.set_cookie(_cookie(), kept, max_age=YEAR, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


def _cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _named(agent: str) -> str:
    """"Chrome, Android": enough to recognise one's own phone in a list."""
    names = [next((name for pattern, name in kinds if re.search(pattern, agent)), "") for kinds in (PROGRAMS, SYSTEMS)]
    return ", ".join(name for name in names if name)
