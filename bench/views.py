"""What a first visit costs on a phone: bytes, requests, and when the page is there, over a slow line and on a slow processor.

Chromium itself slows line and processor down (`LINE`, `SLOWER`); nothing is in its cache. Every picture a page shows is of a usual size.
"""

import io
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, CDPSession, sync_playwright

from bench.database import filled
from bench.load import ALWAYS
from bench.market import Bench
from bench.servers import load_average, serving
from marketplace.core.db import db
from marketplace.files.models import File, Variant
from marketplace.gateways import storage
from ops import chromium
from ops.environment import HOST

ROWS = 100
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""1.6 Mbit/s down, bytes a second; 150 ms there and back."""
SLOWER = 4
"""How many times slower than this machine a phone is."""
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
TARGETS = {"bytes": 150_000, "requests": 20, "lcp_ms": 1500, "cls": 0.05, "longest_task_ms": 100}
SETTLED_MS = 500
WATCH = """window.seen = {lcp_ms: 0, lcp_of: "", cls: 0, longest_task_ms: 0};
const on = (type, note) => new PerformanceObserver(list => list.getEntries().forEach(note)).observe({type, buffered: true});
on("largest-contentful-paint", one => { seen.lcp_ms = one.startTime; seen.lcp_of = one.element ? one.element.tagName.toLowerCase() : ""; });
on("layout-shift", one => { if (!one.hadRecentInput) seen.cls += one.value; });
on("longtask", one => { seen.longest_task_ms = Math.max(seen.longest_task_ms, one.duration); });"""
SIZES = {Variant.card: (720, 720), Variant.thumb: (240, 240)}


def measure(rounds: int) -> dict[str, Any]:
    """Visit each page so many times, each time as a stranger; medians of what varies, and whether each target is met."""
    with filled(ROWS) as (bench, _cluster, environment), serving("dayitto", "wsgi:app", environment) as server, _browser() as browser:
        _hang_pictures()
        views = [_view(browser, f"http://{ALWAYS['Host']}:{server.port}{path}", language, rounds)
                 for language in ("bn", "en") for path in _paths(bench)]
    frame = {"suite": "views", "at": datetime.now(UTC).isoformat(timespec="seconds"), "load_average": load_average(), "rounds": rounds}
    return frame | {"line": LINE, "processor_slower": SLOWER, "targets": TARGETS, "views": views}


def _paths(bench: Bench) -> list[str]:
    return ["/", "/managers", f"/managers/{bench.slug(7)}", "/jobs", f"/jobs/{bench.job(7)}"]


def _hang_pictures() -> None:
    """Give every file of the filled database its pictures: the same photo, grained as photos are."""
    bodies = {variant: _photo(size) for variant, size in SIZES.items()}
    for folder in db.session.scalars(db.select(File.storage)):
        for variant, body in bodies.items():
            storage.put(f"{folder}/{variant}", body)


def _photo(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    light, grain = Image.linear_gradient("L").resize(size), Image.effect_noise(size, 8)
    Image.merge("RGB", (light, grain, Image.blend(light, grain, 0.3))).save(out, "WEBP", quality=80)
    return out.getvalue()


@contextmanager
def _browser() -> Iterator[Browser]:
    """Chromium, to which the bench's host is this machine."""
    flags = [*chromium.FLAGS, f"--host-resolver-rules=MAP {ALWAYS['Host']} {HOST}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
        yield browser
        browser.close()


def _view(browser: Browser, url: str, language: str, rounds: int) -> dict[str, Any]:
    visits = [_visit(browser, url, language) for _ in range(rounds + 1)][1:]  # the first one compiles the server's templates
    found = {name: round(statistics.median(visit[name] for visit in visits), 3) for name in TARGETS}
    of = {name: visits[-1][name] for name in ("lcp_of", "kinds")}
    missed = [name for name, most in TARGETS.items() if found[name] > most]
    return {"path": urlsplit(url).path, "language": language} | found | of | {"missed": missed}


def _visit(browser: Browser, url: str, language: str) -> dict[str, Any]:
    """One visit by somebody who was never here."""
    context = browser.new_context(locale=language, extra_http_headers={"X-Forwarded-Proto": "https"}, service_workers="block", **PHONE)
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        sent = _slow_down(context.new_cdp_session(page))
        answer = page.goto(url, wait_until="networkidle")
        assert answer is not None and answer.ok, (url, answer and answer.status)
        page.wait_for_timeout(SETTLED_MS)
        kinds = {kind: sum(size for one, size in sent.values() if one == kind) for kind, _ in sent.values()}
        return page.evaluate("seen") | {"bytes": sum(kinds.values()), "requests": len(sent), "kinds": kinds}
    finally:
        context.close()


def _slow_down(session: CDPSession) -> dict[str, tuple[str, int]]:
    """Slow line and processor down; gives what is asked for from now on, its kind and its bytes as sent, headers included."""
    sent: dict[str, tuple[str, int]] = {}

    def begin(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            sent[event["requestId"]] = (event.get("type", "Other"), 0)

    def end(event: dict[str, Any]) -> None:
        if event["requestId"] in sent:
            sent[event["requestId"]] = (sent[event["requestId"]][0], event["encodedDataLength"])

    session.on("Network.requestWillBeSent", begin)
    session.on("Network.loadingFinished", end)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return sent
