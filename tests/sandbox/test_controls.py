"""The clock, the reset and the pages a person opens."""

import pytest
import requests
from bs4 import BeautifulSoup

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_the_clock_advances_by_seconds_and_is_set_to_a_time(sandbox, tmp_path):
    moved = requests.post(f"{sandbox.base_url}/clock", json={"advance": 86400}, timeout=5).json()
    assert moved["offset"] == 86400
    requests.post(f"{sandbox.base_url}/clock", json={"set": "2031-05-01T06:00:00+06:00"}, timeout=5)
    assert requests.get(f"{sandbox.base_url}/clock", timeout=5).json()["now"].startswith("2031-05-01T00:00:0")
    assert float((tmp_path / "clock").read_text()) == pytest.approx(sandbox.offset)


@pytest.mark.parametrize("wish", [
    {}, {"advance": "soon"}, {"advance": None}, {"advance": 1e300}, {"advance": 1e12}, {"set": "tomorrow"}, {"set": 5},
])  # fmt: skip
def test_a_clock_that_cannot_be_is_refused(sandbox, wish):
    assert requests.post(f"{sandbox.base_url}/clock", json=wish, timeout=5).status_code == 422
    assert sandbox.offset == 0


def test_the_front_page_says_it_is_a_sandbox_and_its_buttons_move_the_clock(sandbox):
    page = BeautifulSoup(requests.get(sandbox.base_url, headers=BROWSER, timeout=5).text, "html.parser")
    assert "Nothing here is real" in page.text
    hour = page.find("button", string="+1 hour")
    requests.post(f"{sandbox.base_url}/clock", data={"advance": hour["value"]}, timeout=5)
    assert sandbox.offset == 3600
    links = {link["href"] for link in page.select("a[href^='/']")}
    assert {"/letters", "/journal", "/faults", "/meta/", "/stripe/"} <= links


@pytest.mark.parametrize("path", ["/", "/letters", "/journal", "/faults", "/meta/"])
def test_every_page_opens_without_outside_parts(sandbox, path):
    requests.post(f"{sandbox.base_url}/faults", json={"mode": "status:500", "path": "^/never"}, timeout=5)
    answer = requests.get(sandbox.base_url + path, headers=BROWSER, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "script" not in answer.headers["Content-Security-Policy"]
    page = BeautifulSoup(answer.text, "html.parser")
    assert not page.find_all(["script", "style"])
    assert all(part["href"].startswith(("/static/", "data:")) for part in page.find_all("link"))


def test_bengali_has_its_font(sandbox):
    css = requests.get(f"{sandbox.base_url}/static/sandbox.css", timeout=5).text
    font = requests.get(sandbox.base_url + css.split('url("')[1].split('"')[0], timeout=5)
    assert font.content[:4] == b"wOF2"


def test_the_form_adds_a_fault_and_clears_them(sandbox):
    form = {"on": "call", "vendor": "meta", "method": "", "path": "/meta/pages", "mode": "status:500", "nth": "1", "times": "1",
            "seconds": "1", "event": ""}  # fmt: skip
    requests.post(f"{sandbox.base_url}/faults", data=form, timeout=5)
    statuses = [requests.get(f"{sandbox.base_url}/meta/pages/200000000000001", timeout=5).status_code for _ in range(2)]
    assert statuses == [500, 200]
    requests.post(f"{sandbox.base_url}/faults/clearing", data={"clear": "yes"}, timeout=5)
    assert sandbox.faults.rules() == []


def test_reset_puts_facebook_back_as_it_began(sandbox):
    requests.post(f"{sandbox.base_url}/meta/world/people", json={"name": "Ruma", "page_name": "Ruma's"}, timeout=5)
    assert len(sandbox.collection("meta.pages")) == 6
    assert requests.post(f"{sandbox.base_url}/reset", timeout=5).status_code == 204
    assert len(sandbox.collection("meta.pages")) == 5


def test_health_says_how_many_webhooks_wait(sandbox):
    assert requests.get(f"{sandbox.base_url}/healthz", timeout=5).json() == {"status": "ok", "webhooks_pending": 0}
