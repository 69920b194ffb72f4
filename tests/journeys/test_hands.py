"""Pages by keyboard alone, and with scripts switched off."""
from __future__ import annotations

import pytest
from playwright.sync_api import TimeoutError

from tests.journeys.browsing import PHONE, Journey
from tests.story.chapters.c01_people import PASSWORD, sign_up
from tests.story.chapters.c02_profile import business
from tests.story.chapters.c03_jobs import MANAGEMENT, draft

pytestmark = pytest.mark.browser

FOCUSED = """() => { const stop = document.activeElement;
    return stop === document.body ? "BODY" : stop.name || stop.textContent.trim() || stop.tagName; }"""
# The ring stands on the control, or beside it where the control itself is not drawn; nothing covers it.
RING = """() => [document.activeElement, document.activeElement.nextElementSibling].filter(Boolean).some((stop) => {
    const style = getComputedStyle(stop), box = stop.getBoundingClientRect();
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
    const seen = there && (stop.contains(there) || there.contains(stop));
    return seen && style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
})"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
    const style = getComputedStyle(one);
    return [style.transitionDuration, style.animationDuration].join().split(",").some((time) => parseFloat(time) > 0);
}).map((one) => one.className)"""
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def ada(browser, stage):
    """A business that joined without scripts, and how it joined."""
    journey = Journey(stage, "en", browser=browser, scripts=False)
    sign_up(journey, "ada", "Ada Rahman", "business")
    return journey


def test_joining_and_posting_a_job_without_scripts(ada):
    business(ada)
    posting = draft(ada, "management", MANAGEMENT)
    posting.submit("/edit", press="work_out").reads("9,000")
    posting.submit("/edit", press="preview")
    posting.submit("/submission").reads(MANAGEMENT["title"])
    assert posting.open("/jobs/mine").reads(MANAGEMENT["title"])


def test_without_scripts_the_theme_and_the_language_are_kept(ada):
    reader = ada.person("visitor").open("/sign-in")
    reader.submit("/theme", press="dark")
    assert reader.page.html["data-bs-theme"] == "dark"
    assert reader.submit("/language", press="bn").page.html["lang"] == "bn"


def test_signing_in_by_keyboard(ada, browser, stage):
    tab = browser.new_context(viewport=PHONE, locale="en").new_page()
    tab.goto(f"{stage.site_url}/sign-in")
    assert press_tab(tab) == "Skip to content"
    tab.keyboard.press("Enter")
    assert [press_tab(tab), press_tab(tab)] == ["email", "password"]
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.type(ada.email("ada"))
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert "/home" in tab.url
    tab.context.close()


def test_what_is_wrong_with_a_form_has_the_focus_and_leads_to_its_field(ada, browser, stage):
    tab = browser.new_context(viewport=PHONE, locale="en").new_page()
    tab.goto(f"{stage.site_url}/sign-up")
    tab.locator("[name=email]").focus()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "errors"
    press_tab(tab)
    wanted = tab.evaluate("document.activeElement.hash.slice(1)")
    tab.keyboard.press("Enter")
    tab.wait_for_function("id => document.activeElement.id === id", arg=wanted, timeout=3000)
    tab.context.close()


def test_a_menu_opens_and_closes_by_keyboard(ada, browser, stage):
    tab = signed_in(ada, browser, stage, viewport=DESK)
    menu = tab.locator("details[data-menu] summary")
    menu.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("details[data-menu]").get_attribute("open") is not None
    assert press_tab(tab) in tab.locator("details[data-menu] a").first.inner_text()
    tab.keyboard.press("Escape")
    assert tab.locator("details[data-menu]").get_attribute("open") is None
    tab.context.close()


@pytest.mark.parametrize("address", ["/", "/managers", "/sign-up"])
def test_who_wants_less_motion_sees_none(ada, browser, stage, address):
    tab = browser.new_context(viewport=PHONE, reduced_motion="reduce").new_page()
    tab.goto(f"{stage.site_url}{address}")
    assert tab.evaluate(MOVING) == []
    tab.emulate_media(reduced_motion="no-preference")
    assert tab.evaluate(MOVING) != []
    tab.context.close()


@pytest.mark.parametrize("address", ["/", "/managers", "/jobs", "/sign-up", "/pricing"])
def test_every_stop_of_the_tab_key_is_seen(ada, browser, stage, address):
    """From the first link to the end of the page: each stop has a ring, and none is a trap."""
    tab = browser.new_context(viewport=PHONE, locale="bn").new_page()
    tab.goto(f"{stage.site_url}{address}")
    stops = []
    while (stop := press_tab(tab)) != "BODY" and len(stops) < 150:
        assert ring_is_seen(tab), f"no ring at {stop}"
        stops.append(tab.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert 8 < len(stops) < 150
    assert stops == sorted(stops), "the order of stops is the order of reading"
    tab.context.close()


def signed_in(journey, browser, stage, **options):
    """Ada with scripts, at home."""
    context = browser.new_context(locale="en", **options)
    context.add_cookies(journey.person("ada").tab.context.cookies())
    tab = context.new_page()
    tab.goto(f"{stage.site_url}/home")
    return tab


def press_tab(tab) -> str:
    """What the next stop is called."""
    tab.keyboard.press("Tab")
    return tab.evaluate(FOCUSED)


def ring_is_seen(tab) -> bool:
    """Whether the focus can be seen, once the page has scrolled to it."""
    try:
        return bool(tab.wait_for_function(RING, timeout=3000))
    except TimeoutError:
        return False
