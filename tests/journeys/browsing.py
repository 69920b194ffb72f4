"""A person of the story with Chromium on a phone, who looks critically at every page of ours on the way."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, ConsoleMessage, Dialog, ElementHandle, Page, Response

from tests.story.telling import Tale
from tests.story.walker import ID, Mismatch, Walker, has_button, has_fields

PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 30_000
AXE = Axe().axe_script
RUN = "options => axe.run(document, options).then(found => found.violations)"
EVERY_RULE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
"""All that axe checks by itself, its advice included, and the size of what a thumb has to hit."""
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
THEMES = {"dark": COLOURS, "light": EVERY_RULE}
"""What is asked in each theme: only colours differ. The light one is last, and stays."""
STAY = "() => { for (let timer = setTimeout(() => {}); timer; timer--) clearTimeout(timer) }"
"""A page that waits for something loads itself again after some seconds: not under our eyes, nor while we go elsewhere."""
UNFOLD = "form => form.closest('details')?.setAttribute('open', '')"
HEIGHT = "document.documentElement.scrollHeight"
WIDEN = """() => { const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (words.nextNode())
  words.currentNode.data = words.currentNode.data.replace(/\\b[a-z]{2,4}_\\w{14,}/g, id => "W".repeat(id.length)) }"""
"""The letters of Stripe's ids are drawn by chance: each becomes the widest there is."""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Findings:
    """What is wrong with the pages, one line each: page, rule, where."""

    lines: list[str] = field(default_factory=list)
    looked_at: set[tuple[str, ...]] = field(default_factory=set)
    parts: set[tuple[str, ...]] = field(default_factory=set)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def add(self, url: str, rule: str, where: str = "") -> None:
        line = f"{ID.sub('…', url)}: {rule} {where}".strip()
        if line not in self.lines:
            self.lines.append(line)

    def themes(self, page: BeautifulSoup, kind: str) -> Collection[str]:
        """In which themes to look at it: both where the address is of a new kind, for colours are the page's, not its moment's;
        none where no page lacked any of it: an element with such classes in such a place.
        """
        parts = {(kind,), *(part_of(element) for element in page.find_all(True))}
        asked = THEMES if (kind,) not in self.parts else ("light",) if not parts <= self.parts else ()
        self.parts |= parts
        return asked


def part_of(element: Tag) -> tuple[str, ...]:
    """An element without its words: what rules for pages look at."""
    around = element.parent or element
    own = (element.name, *element.get("class", ()), *sorted(element.attrs), element.get("type", ""))
    return around.name, *around.get("class", ()), ">", *own


class Reader(Walker):
    """A walker whose pages are drawn by Chromium: fields are filled, boxes ticked and buttons clicked."""

    def __init__(self, name: str, site: str, language: str, browser: Browser, findings: Findings, scripts: bool = True) -> None:
        super().__init__(name, site, language)
        self.findings = findings
        self.scripts = scripts
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale=language, reduced_motion="reduce",
                                      java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE_MS)
        self.tab: Page = context.new_page()
        self.tab.on("dialog", lambda dialog: _agree(dialog))
        listen(self.tab, site, findings)

    def open(self, address: str, expect: int = 200) -> Reader:
        return self._look(self.tab.goto(urljoin(self.url, address)), expect)

    def submit(self, action: str, expect: int = 200, files: dict[str, Any] | None = None, press: str = "", **fields: Any) -> Reader:
        form = self._drawn_form(action, press, fields)
        for name, value in fields.items():
            _fill(form, name, value)
        for name, (called, content, kind) in (files or {}).items():
            form.query_selector(f"[name='{name}']").set_input_files([{"name": called, "mimeType": kind, "buffer": content.read()}])
        with self.tab.expect_navigation(wait_until="load") as navigation:
            _button(form, press).click()
        return self._look(navigation.value, expect)

    def _drawn_form(self, action: str, press: str, fields: dict[str, Any]) -> ElementHandle:
        """The form in the tab; of several alike, the one whose hidden fields already say so, for no hand can fill those.

        What it is folded into is unfolded.
        """
        like = self.form(action, press, fields).get("action")
        for form, drawn in zip(self.page.find_all("form"), self.tab.query_selector_all("form"), strict=True):
            if form.get("action") == like and (not press or has_button(form, press)) and _fits(form, fields):
                drawn.evaluate(UNFOLD)
                return drawn
        raise Mismatch(f"{self.name}: no form to {action} on {self.url} with {fields}")

    def _look(self, answer: Response | None, expect: int) -> Reader:
        """Read the page as it stands, and look at it critically the first time it looks so."""
        self.url, self.status = self.tab.url, answer.status if answer else 0
        self.session.cookies.update({one["name"]: one["value"] for one in self.tab.context.cookies(self.site)})
        self._stay()
        self.page = BeautifulSoup(self.tab.content(), "html.parser")
        for unread in self.page.find_all("template"):
            unread.decompose()
        self.text = " ".join(self.page.get_text(" ").split())
        if self.status != expect:
            raise Mismatch(f"{self.name}: {self.status} instead of {expect} at {self.url}: {self.complaints() or self.text[:1500]}")
        if self.scripts and self.url.startswith(self.site) and self.state not in self.findings.looked_at:
            self.findings.looked_at.add(self.state)
            examine(self.tab, self.findings, self.findings.themes(self.page, self.place))
        return self

    def _stay(self) -> None:
        if self.scripts and self.url.startswith(self.site):
            self.tab.evaluate(STAY)


@dataclass
class Journey(Tale):
    """A telling in which everybody has a browser."""

    browser: Browser | None = None
    findings: Findings = field(default_factory=Findings)
    scripts: bool = True

    def person(self, name: str) -> Walker:
        if name not in self.people:
            self.people[name] = Reader(name, self.stage.site_url, self.language, self.browser, self.findings, self.scripts)
        return self.people[name]


def listen(tab: Page, site: str, findings: Findings) -> None:
    """Hear of errors in scripts, and of those on the console: what did not load, what the content policy refused."""
    def hear(message: ConsoleMessage) -> None:
        """A refused form's own status is no error, and other sites' errors are theirs."""
        where = message.location.get("url") or site
        refused = "Failed to load resource" in message.text and where == tab.url
        if message.type == "error" and not refused and where.startswith(site):
            findings.add(tab.url, "console", message.text)

    tab.on("console", hear)
    tab.on("pageerror", lambda error: findings.add(tab.url, "script error", str(error)))


def examine(tab: Page, findings: Findings, themes: Collection[str] = THEMES) -> None:
    """Axe in these themes, and no sideways scroll; in a window as high as the page, so that the thumb bar covers nothing."""
    window = tab.viewport_size
    find_sideways(tab, findings)
    if not themes:
        return
    tab.evaluate(AXE)
    tab.set_viewport_size(window | {"height": max(window["height"], tab.evaluate(HEIGHT))})
    for theme in themes:
        tab.emulate_media(color_scheme=theme)
        for violation in tab.evaluate(RUN, THEMES[theme]):
            for node in violation["nodes"]:
                findings.add(tab.url, f"axe {violation['id']} ({theme})", f"{node['target']} {node['html'][:120]}")
    tab.set_viewport_size(window)


def find_sideways(tab: Page, findings: Findings) -> None:
    """A page wider than its window, whatever ids it shows."""
    tab.evaluate(WIDEN)
    if (beyond := tab.evaluate(SIDEWAYS)) > 0:
        findings.add(tab.url, "scrolls sideways", f"by {beyond} px in {tab.viewport_size['width']}")


def _fits(form: Tag, fields: dict[str, Any]) -> bool:
    if not has_fields(form, fields):
        return False
    hidden = {tag.get("name"): tag.get("value") for tag in form.find_all("input", type="hidden")}
    return all(hidden.get(name, value) == value for name, value in fields.items())


def _fill(form: ElementHandle, name: str, value: Any) -> None:
    """Do to a control what a hand would; a list ticks exactly those boxes, None leaves it alone."""
    controls = form.query_selector_all(f"[name='{name}']")
    if not controls:
        raise Mismatch(f"the form has no {name}")
    kind = controls[0].evaluate("control => control.type")
    if kind == "hidden":
        return
    if kind in {"checkbox", "radio"}:
        wanted = {str(one) for one in (value if isinstance(value, list) else [value])}
        for box in controls:
            _tick(box, box.get_attribute("value") in wanted, kind)
    elif kind.startswith("select"):
        controls[0].select_option([str(one) for one in (value if isinstance(value, list) else [value])])
    elif value is not None:
        controls[0].fill(str(value))


def _tick(box: ElementHandle, wanted: bool, kind: str) -> None:
    """Click the label, which is what people hit, where the box does not already stand so."""
    if box.is_checked() != wanted and (wanted or kind == "checkbox"):
        box.evaluate_handle("box => box.labels[0] || box").as_element().click()


def _button(form: ElementHandle, name: str) -> ElementHandle:
    """The button of that name or value, else the first."""
    for button in form.query_selector_all("button, input[type=submit]"):
        kind = button.evaluate("button => button.type")
        if kind == "submit" and (not name or name in {button.get_attribute("name"), button.get_attribute("value")}):
            return button
    raise Mismatch(f"the form has no button {name}")


def _agree(dialog: Dialog) -> None:
    dialog.accept()
