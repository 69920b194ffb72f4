"""Every page people can come to, in English on a desk: axe finds nothing, nor in the dark; nothing is too wide there or on a phone."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page

from ops.shots import Album, Sight, Sightseer, context_of, look_around, show
from tests.journeys.browsing import PHONE, Findings, examine, find_sideways, listen
from tests.story import chapters
from tests.story.walker import ID, Mismatch

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}


def test_every_page_in_english(browser, stage):
    tale = Album(stage, "en")
    for _name, _who, tell in chapters.STEPS:
        tell(tale)
    look_around(tale)
    for person in tale.people.values():
        follow_every_link(person)
    tale.person("visitor").open("/nowhere", expect=404)
    findings = Findings()
    for tab, sight in drawn(browser, tale, findings):
        examine(tab, findings, findings.themes(BeautifulSoup(sight.html, "html.parser"), kind_of(tab.url)))
        tab.set_viewport_size(PHONE)
        find_sideways(tab, findings)
    assert not findings.lines, f"\n{findings}"
    assert len(tale.sights()) > 150


def follow_every_link(person: Sightseer) -> None:
    """Open each kind of address that any page this person saw leads to, and what those lead to."""
    seen = {kind_of(sight.url) for sight in person.sights}
    for sight in person.sights:  # grows meanwhile
        for address in links_of(sight, person.site):
            if kind_of(address) not in seen:
                seen.add(kind_of(address))
                with suppress(Mismatch):  # the world has moved on since that page was seen
                    person.open(address)


def links_of(sight: Sight, site: str) -> list[str]:
    """The addresses of ours on a page."""
    page = BeautifulSoup(sight.html, "html.parser")
    addresses = (urljoin(sight.url, link["href"]) for link in page.find_all("a", href=True))
    return [address for address in addresses if address.startswith(f"{site}/")]


def kind_of(address: str) -> str:
    """An address without its ids, and without what is asked of it."""
    return ID.sub("", urlsplit(address).path)


def drawn(browser: Browser, tale: Album, findings: Findings) -> Iterator[tuple[Page, Sight]]:
    """Each page as somebody saw it, on a desk, in a browser of theirs."""
    tabs: dict[str, Page] = {}
    for sight in tale.sights():
        if sight.who not in tabs:
            tabs[sight.who] = context_of(browser, tale.people[sight.who], viewport=DESK).new_page()
            listen(tabs[sight.who], tale.stage.site_url, findings)
        tabs[sight.who].set_viewport_size(DESK)
        show(tabs[sight.who], sight)
        yield tabs[sight.who], sight
    for tab in tabs.values():
        tab.context.close()
