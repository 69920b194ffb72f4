"""Chromium and a stage; without a browser the journeys are skipped, and say so."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops import chromium
from ops.stage import Stage


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if os.environ.get("DAYITTO_NO_BROWSER") == "1" or not chromium.find():
        pytest.skip("*** NO CHROMIUM: THE BROWSER JOURNEYS WERE NOT MADE ***")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def stage(browser: Browser) -> Iterator[Stage]:
    """An empty Dayitto; asked for after the browser, so that none is built in vain."""
    with Stage(SWEEP_SECONDS="1") as running:
        yield running
