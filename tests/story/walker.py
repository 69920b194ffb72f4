"""A person with a plain browser: opens pages, follows links, fills forms. Knows nothing but what the pages say."""
from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

TIMEOUT = 30
UNREADABLE = {"script", "style"}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{30,}")


class Mismatch(AssertionError):
    """A page is not as the story expects."""


class Walker:
    """One person's browser. `page` is the page last seen, `status` its status."""

    def __init__(self, name: str, site: str, language: str) -> None:
        self.name, self.site = name, site
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language
        self.page = BeautifulSoup("", "html.parser")
        self.url, self.status, self.text = site, 0, ""

    def open(self, address: str, expect: int = 200) -> Walker:
        """Go to an address."""
        return self._see(self.session.get(urljoin(self.url, address), timeout=TIMEOUT), expect)

    def follow(self, href: str, expect: int = 200, saying: str = "") -> Walker:
        """Follow the first link whose address matches and that says this."""
        for link in self.page.find_all("a", href=re.compile(href)):
            if saying in link.text:
                return self.open(link["href"], expect)
        raise Mismatch(f"{self.name}: no link to {href} on {self.url}: {self.links()}")

    def submit(self, action: str, expect: int = 200, files: dict[str, Any] | None = None, press: str = "", **fields: Any) -> Walker:
        """Fill the form whose action matches and send it as a browser would."""
        form = self.form(action, press, fields)
        address = urljoin(self.url, form.get("action") or self.url)
        data = filled(form, fields, press)
        if form.get("method", "get").lower() == "get":
            return self._see(self.session.get(address, params=data, timeout=TIMEOUT), expect)
        return self._see(self.session.post(address, data=data, files=files, timeout=TIMEOUT, headers={"Referer": self.url}), expect)

    def form(self, action: str, button: str = "", names: Collection[str] = ()) -> Tag:
        """The form whose action matches, that has the button, and of several such the one with fields of these names.

        A form without an action sends to its own page.
        """
        found = [form for form in self.page.find_all("form")
                 if re.search(action, urljoin(self.url, form.get("action") or self.url)) and (not button or has_button(form, button))]
        if found:
            return next((form for form in found if has_fields(form, names)), found[0])
        raise Mismatch(f"{self.name}: no form to {action} on {self.url}: {[f.get('action') for f in self.page.find_all('form')]}")

    def offers(self, action: str) -> bool:
        """Whether the page has such a form or link."""
        addresses = [tag.get("action") or tag.get("href") or "" for tag in self.page.find_all(["form", "a"])]
        return any(re.search(action, address) for address in addresses)

    def reads(self, *texts: str) -> Walker:
        """The page says all of this."""
        for text in texts:
            if squeezed(text) not in squeezed(self.text):
                raise Mismatch(f"{self.name}: {text!r} is not on {self.url}: {self.text[:1500]}")
        return self

    def misses(self, *texts: str) -> Walker:
        """The page says none of this."""
        for text in texts:
            if squeezed(text) in squeezed(self.text):
                raise Mismatch(f"{self.name}: {text!r} is on {self.url}")
        return self

    @property
    def place(self) -> str:
        """The page's address without ids, as a word: "contracts-review"."""
        return re.sub(r"[^a-z0-9]+", "-", ID.sub("", urlsplit(self.url).path).lower()).strip("-") or "landing"

    @property
    def state(self) -> tuple[str, ...]:
        """What makes the page differ to the eye from the last time it was seen: its place, what can be done there, its notices."""
        acts = {ID.sub("", form.get("action") or "") for form in self.page.select("main form")}
        steps = {ID.sub("", urlsplit(link["href"]).path) for link in self.page.select("main a.btn")}
        parts = {part["class"][0] for part in self.page.select("main .dy-notice, main .dy-empty, main .dy-err-sum, main .dy-log")}
        return self.place, str(self.status), *sorted(acts | steps), *sorted(parts)

    def links(self) -> list[str]:
        """Every address the page links to."""
        return [link["href"] for link in self.page.find_all("a", href=True)]

    def complaints(self) -> str:
        """What the page says is wrong with what was typed."""
        return " ".join(tag.get_text(" ", strip=True) for tag in self.page.select("#errors, .dy-error, .dy-notice--loss"))

    def _see(self, answer: requests.Response, expect: int) -> Walker:
        self.url, self.status = answer.url, answer.status_code
        self.page = BeautifulSoup(answer.text, "html.parser")
        self.text = " ".join(self.page.get_text(" ").split())
        if answer.status_code != expect:
            said = self.complaints() or self.text[:1500]
            raise Mismatch(f"{self.name}: {answer.status_code} instead of {expect} at {answer.url}: {said}")
        return self


def filled(form: Tag, fields: dict[str, Any], press: str) -> list[tuple[str, str]]:
    """The form's data: its own values, changed by `fields` (a list for several of a name; None leaves it out)."""
    controls = form.find_all(["input", "select", "textarea"])
    names = {tag.get("name") or "" for tag in controls}
    if unknown := set(fields) - names:
        raise Mismatch(f"the form has no {unknown}: {sorted(names)}")
    data = [(name, value) for tag in controls for name, value in own_values(tag) if name not in fields]
    for name, value in fields.items():
        data += [(name, str(one)) for one in (value if isinstance(value, list) else [value]) if one is not None]
    return data + pressed(form, press)


def own_values(tag: Tag) -> list[tuple[str, str]]:
    """What a control sends when nobody touches it."""
    name, kind = tag.get("name"), tag.get("type", "text")
    if not name or tag.has_attr("disabled") or kind in {"submit", "button", "file"}:
        return []
    if tag.name == "select":
        chosen = tag.find_all("option", selected=True) or tag.find_all("option")[:1]
        return [(name, option.get("value", option.text)) for option in chosen]
    if kind in {"checkbox", "radio"} and not tag.has_attr("checked"):
        return []
    return [(name, tag.text.removeprefix("\n") if tag.name == "textarea" else tag.get("value", "on" if kind == "checkbox" else ""))]


def has_fields(form: Tag, names: Collection[str]) -> bool:
    """Whether the form has a field of each name."""
    return all(form.find(attrs={"name": name}) for name in names)


def has_button(form: Tag, name: str) -> bool:
    """Whether the form has a button of that name or value."""
    return any(name in {tag.get("name"), tag.get("value")} for tag in buttons(form))


def buttons(form: Tag) -> list[Tag]:
    """What sends the form."""
    return [tag for tag in form.find_all(["button", "input"]) if tag.get("type", "submit" if tag.name == "button" else "") == "submit"]


def pressed(form: Tag, name: str) -> list[tuple[str, str]]:
    """The button that is pressed: the one of that name or value, else the first."""
    chosen = next((tag for tag in buttons(form) if not name or name in {tag.get("name"), tag.get("value")}), None)
    if name and chosen is None:
        raise Mismatch(f"the form has no button {name}: {[tag.get('value') for tag in buttons(form)]}")
    return [(chosen["name"], chosen.get("value", ""))] if chosen is not None and chosen.get("name") else []


def squeezed(text: str) -> str:
    """The text with every space alike."""
    return " ".join(text.replace("\u00a0", " ").split())
