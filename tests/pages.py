"""How a person's eye and hand take pages and letters."""
from __future__ import annotations

import re
from email.message import EmailMessage

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.worker import body


def read(answer: TestResponse) -> BeautifulSoup:
    """The page of an answer."""
    return BeautifulSoup(answer.text, "html.parser")


def words(answer: TestResponse) -> str:
    """What stands in the page's main part, on one line."""
    return " ".join(read(answer).main.get_text(" ").split())


def errors(answer: TestResponse) -> dict[str, str]:
    """What is said beside each field, by the field's name."""
    page = read(answer)
    names = {control["name"] for control in page.select("[aria-invalid=true]")}
    return {name: page.find(id=f"{name}-error").get_text(strip=True) for name in names}


def tables(answer: TestResponse) -> list[list[list[str]]]:
    """The cells of each table's body."""
    return [[[cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])] for row in part.find_all("tr")]
            for part in read(answer).find_all("tbody")]


def flashed(browser: FlaskClient) -> list[tuple[str, str]]:
    """What the next page will say first, each with its category; then it is said."""
    with browser.session_transaction() as cookie:
        return [tuple(one) for one in cookie.pop("_flashes", [])]


def link_in(letter: EmailMessage) -> str:
    """The first link of a letter, as a path with its query."""
    return re.search(r"https?://[^/\s]+(/\S+)", body(letter))[1]
