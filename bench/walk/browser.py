"""A user's browser: it knows nothing but what pages offer. What went wrong is remembered with when."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.util.retry import Retry

from bench.walk.market import PASSWORD, Party

TIMEOUT = 60
ASK_AGAIN = Retry(1, connect=0, read=1, status=0, allowed_methods=["GET"])
"""A kept connection may be closed by the other end in the moment of its use; every browser asks for the page again then."""
SILENT = {"submit", "button", "file", "image", "reset"}


@dataclass
class Form:
    """A form as it stands on its page: where it goes, what it would send untouched, and between what it lets one choose."""

    address: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class Outline(HTMLParser):
    """The forms and links of a page's main part."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.forms, self.links = url, [], []  # type: ignore[var-annotated]
        self._form: Form | None = None
        self._text: str | None = None
        self._select: str | None = None
        self.feed(html[max(html.find("<main"), 0) : html.find("</main>") if "</main>" in html else len(html)])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in own:
            self.links.append(urljoin(self.url, own["href"]))
        elif tag == "form":
            self._form = Form(urljoin(self.url, own.get("action") or self.url))
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, own)

    def _control(self, form: Form, tag: str, own: dict[str, str]) -> None:
        name = own.get("name", "")
        if tag == "textarea":
            self._text = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in form.fields or "selected" in own):
            form.fields[self._select] = own.get("value", "")
        elif tag == "input" and name and own.get("type", "text") not in SILENT:
            self._input(form, name, own)

    def _input(self, form: Form, name: str, own: dict[str, str]) -> None:
        if own.get("type") not in ("checkbox", "radio"):
            form.fields[name] = own.get("value", "")
        else:
            form.choices.setdefault(name, []).append(own.get("value", "on"))
            if "checked" in own:
                form.fields[name] = own.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._text and self._form:
            self._form.fields[self._text] = self._form.fields.get(self._text, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            if self._form and self._text:
                self._form.fields.setdefault(self._text, "")
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


@dataclass(frozen=True)
class Page:
    """An answer as seen by a person."""

    url: str
    status: int
    html: str

    @cached_property
    def outline(self) -> Outline:
        return Outline(self.url, self.html)


@dataclass(frozen=True)
class Trouble:
    """An answer that no application may give, and when."""

    since: float
    until: float
    what: str


class Line:
    """What all browsers share: the site, the cookies of those who have signed in, and the troubles."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.jars: dict[Party, RequestsCookieJar] = {}
        self.troubles: list[Trouble] = []
        self.requests = 0
        self._signing_in = threading.Lock()

    def tab(self, party: Party) -> "Tab":
        """Another tab of somebody's browser, signed in; all tabs have the same cookies, as a browser's have."""
        tab = Tab(self, party)
        with self._signing_in:
            if party in self.jars:
                tab.session.cookies = self.jars[party]
            else:
                tab.sign_in()
                self.jars[party] = tab.session.cookies
        return tab


class Tab:
    """One tab. Pages are asked one after the other."""

    def __init__(self, line: Line, party: Party) -> None:
        self.line, self.party = line, party
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", HTTPAdapter(max_retries=ASK_AGAIN))
        self.session.headers["Accept-Encoding"] = "identity"

    def open(self, address: str) -> Page:
        """Go to an address of the site or of the payment page."""
        return self._past_the_door(self.ask("GET", urljoin(self.line.site, address)))

    def send(self, form: Form, fields: Mapping[str, str], patience: float = TIMEOUT) -> Page:
        """Send a form with some of its fields filled; the page it leads to. Status 0 when nobody waited for the answer."""
        return self.ask("POST", form.address, patience, data={**form.fields, **fields}, headers={"Referer": self.line.site + "/"})

    def ask(self, method: str, address: str, patience: float = TIMEOUT, **how: object) -> Page:
        began = time.monotonic()
        self.line.requests += 1
        try:
            answer = self.session.request(method, address, timeout=patience, **how)  # type: ignore[arg-type]
        except requests.RequestException as error:
            if patience == TIMEOUT:
                self._trouble(began, f"{method} {address}: {type(error).__name__}")
                self.wait()
            return Page(address, 0, "")
        if answer.status_code >= 500 and answer.status_code != 503:
            self._trouble(began, f"{method} {address}: {answer.status_code} {answer.headers.get('X-Request-Id', '')}")
        return Page(answer.url, answer.status_code, answer.text)

    def empty_form(self, path: str) -> Form:
        """A button's form: an address, and the token of any page of this person's."""
        tokens = [form.fields["csrf_token"] for form in self.open("/settings").outline.forms if "csrf_token" in form.fields]
        return Form(urljoin(self.line.site, path), {"csrf_token": tokens[0]})

    def wait(self) -> None:
        """A moment, before looking again."""
        time.sleep(0.25)

    def sign_in(self) -> None:
        """Through the door, as often as it takes while things are being killed."""
        for _ in range(20):
            page = self.ask("GET", f"{self.line.site}/sign-in")
            if "/sign-in" in page.url and page.outline.forms:
                page = self.send(page.outline.forms[0], {"email": self.party.email, "password": PASSWORD})
            if page.status == 200 and "/sign-in" not in page.url:
                return
            time.sleep(0.5)
        raise RuntimeError(f"{self.party.email} cannot sign in: {page.status} {page.url}")

    def _past_the_door(self, page: Page) -> Page:
        """Type the password where it is asked for once more."""
        if urlsplit(page.url).path != "/password-again" or not page.outline.forms:
            return page
        return self.send(page.outline.forms[0], {"password": PASSWORD})

    def _trouble(self, began: float, what: str) -> None:
        self.line.troubles.append(Trouble(began, time.monotonic(), f"{self.party.email} {what}"))
