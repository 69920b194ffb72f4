"""Pictures of every page of the story: both languages, light and dark, phone and desktop.

python -m ops.shots [bn] [en] [light] [dark]     into var/shots/<language>/<theme>/<width>/<nn-who-page>.png
python -m ops.shots --readme      the main pages in Bengali, small, into docs/pictures

The story is told over HTTP and every page it sees is kept as it was at that moment; Chromium then draws the kept pages, fetching
styles and pictures from the stage with that person's cookies. A page is drawn once for each state: another heading or another act.
"""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from ops import chromium, readme_pictures
from ops.stage import Stage
from tests.story import chapters  # noqa: F401  the steps add themselves
from tests.story.chapters.c01_people import at
from tests.story.telling import Tale, tell_steps
from tests.story.walker import ID, Mismatch, Walker

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "var" / "shots"
WIDTHS = {390: 844, 1280: 900}
THEMES = ("light", "dark")
HOME = "/home"
STRANGERS = {"visitor", "passer-by"}
STAFF = {"tara": "sam"}
KEPT_HEADERS = ("Content-Type", "Content-Security-Policy")


@dataclass(frozen=True)
class Sight:
    """A page as somebody saw it: whose eyes, the page's place, what tells it from the page's other states."""

    who: str
    place: str
    state: tuple[str, ...]
    url: str
    status: int
    html: str
    headers: dict[str, str]


class Sightseer(Walker):
    """A person of the story who keeps every page of ours that they see."""

    def __init__(self, name: str, site: str, language: str) -> None:
        super().__init__(name, site, language)
        self.sights: list[Sight] = []

    def _see(self, answer: requests.Response, expect: int) -> Walker:
        seen = super()._see(answer, expect)
        if self.url.startswith(self.site) and "text/html" in answer.headers.get("Content-Type", ""):
            self.sights.append(self._sight(answer))
        return seen

    def _sight(self, answer: requests.Response) -> Sight:
        """Public pages look the same to everybody, those of the team to everybody on it."""
        eyes = "visitor" if self.page.select_one(".dy-roof") else STAFF.get(self.name, self.name)
        headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        return Sight(self.name, self.place, (eyes, *self.state), self.url, self.status, answer.text, headers)


class Album(Tale):
    """The story told by sightseers."""

    def person(self, name: str) -> Walker:
        if name not in self.people:
            self.people[name] = Sightseer(name, self.stage.site_url, self.language)
        return self.people[name]

    def sights(self) -> list[Sight]:
        """Every page of every person, once for each state."""
        seen = {sight.state: sight for person in self.people.values() for sight in person.sights}
        return list(seen.values())


def main() -> None:
    started = time.monotonic()
    languages, themes = asked("bn", "en"), asked(*THEMES)
    if len(languages) > 1 and "--readme" not in sys.argv:
        side_by_side(languages, themes)
    with chromium_browser() as browser:
        if "--readme" in sys.argv:
            told = [album("bn", lambda tale: take_for_readme(browser, tale))]
        else:
            told = [album(language, lambda tale: take(browser, tale, themes)) for language in languages]
    print(f"{time.monotonic() - started:.0f} s")
    raise SystemExit(0 if all(told) else 1)


def side_by_side(languages: list[str], themes: list[str]) -> None:
    """Each language in a process of its own: a machine has two cores."""
    running = [subprocess.Popen([sys.executable, "-m", "ops.shots", language, *themes], cwd=ROOT) for language in languages]
    raise SystemExit(max([process.wait() for process in running]))


def asked(*choices: str) -> list[str]:
    """Which of these the command names; all of them when it names none."""
    return [word for word in sys.argv[1:] if word in choices] or list(choices)


def album(language: str, draw: Callable[[Album], None]) -> bool:
    """Tell the story and draw what was seen, also where the story breaks off; whether it was told to its end."""
    with Stage(SWEEP_SECONDS="1") as stage:
        tale = Album(stage, language)
        told = tell_steps(tale)
        look_around(tale)
        draw(tale)
        return told


def look_around(tale: Album) -> None:
    """Everybody opens what their navigation offers, too."""
    site = tale.stage.site_url
    for name, person in list(tale.people.items()):
        start = person.open(site) if name in STRANGERS else at(tale, name, site + HOME)
        for href in dict.fromkeys(link["href"] for link in start.page.select("header a, footer a, nav a")):
            try:
                person.open(href)
            except (Mismatch, requests.RequestException) as fault:
                print(f"{person.name}: {fault}"[:300], file=sys.stderr)


def take(browser: Browser, tale: Album, themes: list[str]) -> None:
    """Every sight in these themes and every width."""
    folder = SHOTS / tale.language
    shutil.rmtree(folder, ignore_errors=True)
    sights = list(enumerate(tale.sights(), 1))
    for number, sight, page in opened(browser, tale, sights):
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            for width, height in WIDTHS.items():
                stretch(page, width, height)
                page.screenshot(path=folder / theme / str(width) / f"{number:03}-{sight.who}-{sight.place[:60]}.png")
    print(f"{tale.language}: {len(sights)} pages in {folder.relative_to(ROOT)}")


def stretch(page: Page, width: int, height: int) -> None:
    """A window as high as the page, so that what sticks to the foot of a phone stands at the foot of the picture."""
    page.set_viewport_size({"width": width, "height": height})
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})


def take_for_readme(browser: Browser, tale: Album) -> None:
    """The first screen of the main pages."""
    wanted = {name: sight for name, choice in readme_pictures.PAGES.items() if (sight := chosen(tale.sights(), *choice))}
    for size, (width, height, scale) in readme_pictures.SIZES.items():
        options = {"viewport": {"width": width, "height": height}, "device_scale_factor": scale}
        for name, _, page in opened(browser, tale, wanted.items(), **options):
            path = readme_pictures.save(f"{name}-{size}", page.screenshot())
            print(f"{path.relative_to(ROOT)} {path.stat().st_size} bytes")
    if missing := set(readme_pictures.PAGES) - set(wanted):
        raise SystemExit(f"the story shows no such page: {sorted(missing)}")


def chosen(sights: list[Sight], eyes: str, place: str, says: str) -> Sight | None:
    """The last good sight of a page that has this in it."""
    return next((sight for sight in reversed(sights) if (sight.state[0], sight.place) == (eyes, place) and sight.status == 200
                 and says in ID.sub("", sight.html)), None)


def opened(browser: Browser, tale: Album, sights: Iterable[tuple[Any, Sight]], **options: Any) -> Iterator[tuple[Any, Sight, Page]]:
    """Each sight in a browser of the person who saw it."""
    pages: dict[str, Page] = {}
    for number, sight in sights:
        if sight.who not in pages:
            pages[sight.who] = context_of(browser, tale.people[sight.who], **options).new_page()
        show(pages[sight.who], sight)
        yield number, sight, pages[sight.who]
    for page in pages.values():
        page.context.close()


def context_of(browser: Browser, person: Walker, **options: Any) -> BrowserContext:
    """A browser with somebody's cookies."""
    context = browser.new_context(service_workers="block", reduced_motion="reduce", **options)
    context.add_cookies([{"name": one.name, "value": one.value, "url": person.site} for one in person.session.cookies])
    return context


def show(page: Page, sight: Sight) -> None:
    """Open the page as it was; everything else comes from the stage."""
    def answer(route: Route) -> None:
        route.fulfill(body=re.sub(r'<meta http-equiv="refresh"[^>]*>', "", sight.html), headers=sight.headers)

    address = sight.url.partition("#")[0]
    page.route(lambda url: url == address, answer)
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.unroute_all()


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    """The system's Chromium, ended afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
