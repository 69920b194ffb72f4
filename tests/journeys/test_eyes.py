"""What looks at the pages sees: each fault put into a page of ours is found, and the page itself has none."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, Route

from tests.journeys.browsing import PHONE, Findings, examine, listen

pytestmark = pytest.mark.browser

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
TINY = '<button type="button" class="tiny">a</button>' * 2
SPOILED = {
    "axe image-alt (light)": f'<img src="{PIXEL}">',
    "axe color-contrast (light)": '<p class="pale">hard to read</p>',
    "axe color-contrast (dark)": '<p class="dim">hard to read at night</p>',
    "axe label (light)": "<input name='unnamed'>",
    "axe target-size (light)": TINY,
    "axe heading-order (light)": "<h5>a step too far</h5>",
    "scrolls sideways": '<div class="wide"></div>',
    "console Failed to load resource": '<img src="/assets/0/nothing.png" alt="not there">',
    "console Executing inline script violates": "<script>document.title = 'x'</script>",
    "console Applying inline style violates": '<p style="margin: 0">inline</p>',
}
ADOPT = "styles => { const sheet = new CSSStyleSheet(); sheet.replaceSync(styles); document.adoptedStyleSheets = [sheet]; }"
STYLES = """.pale { color: #ccc; background: #fff } .wide { width: 2000px; height: 1px }
.tiny { all: unset; display: inline-block; width: 9px; height: 9px; font-size: 8px }
@media (prefers-color-scheme: dark) { .dim { color: #444; background: #000 } }"""


@pytest.fixture
def seen(browser, stage) -> Iterator[Callable[[str], Findings]]:
    """What is found on the sign-in page with this put into it."""
    tab = browser.new_context(viewport=PHONE, locale="en", reduced_motion="reduce").new_page()
    yield lambda fault: look_at_spoiled(tab, stage.site_url, fault)
    tab.context.close()


def look_at_spoiled(tab: Page, site: str, fault: str) -> Findings:
    """Open the page with the fault in it, and look."""
    def spoil(route: Route) -> None:
        real = route.fetch()
        route.fulfill(response=real, body=real.text().replace("</main>", f"{fault}</main>"))

    findings = Findings()
    listen(tab, site, findings)
    tab.route(re.compile("/sign-in$"), spoil)
    tab.goto(f"{site}/sign-in")
    tab.evaluate(ADOPT, STYLES)
    examine(tab, findings)
    return findings


def test_a_page_as_it_is_has_no_fault(seen):
    assert seen("").lines == []


@pytest.mark.parametrize("finding", SPOILED)
def test_a_fault_is_found(seen, finding):
    found = seen(SPOILED[finding]).lines
    assert [line for line in found if finding in line], found


def test_a_page_is_looked_at_where_it_has_something_new_in_the_dark_where_its_kind_is():
    findings = Findings()
    seen = [(kind, BeautifulSoup(html, "html.parser")) for kind, html in (
        ("/a", "<p>One</p>"), ("/a", "<p>Two</p>"), ("/b", "<p>Two</p>"), ("/b", "<p class='x'>Two</p>"), ("/b", "<div><p>Two</p></div>"))]
    assert [[*findings.themes(page, kind)] for kind, page in seen] == [["dark", "light"], [], ["dark", "light"], ["light"], ["light"]]
