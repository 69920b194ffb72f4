"""A user's browser: it knows nothing but what pages offer. What went wrong is remembered with when."""

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.util.retry import Retry

from bench.walk.market import FACTOR, PASSWORD, Party

TIMEOUT = 60
ASK_AGAIN = Retry(1, connect=0, read=1, status=0, allowed_methods=["GET"])
"""A kept connection may be closed by the other end in the moment of its use; every browser asks for the page again then."""
TAG = re.compile(
    r"<textarea\b(?P<written>[^>]*)>(?:\r?\n)?(?P<text>[^<]*)</textarea>|<(?P<name>a|/?form|input|/?select|option)\b(?P<attributes>[^>]*)>"
)
ATTRIBUTE = re.compile(r"""([\w-]+)(?:="([^"]*)")?""")
PAPER = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
"""What is sent wherever a file may be."""
SILENT = {"submit", "button", "image", "reset"}


@dataclass
class Form:
    """A form as it stands on its page: where it goes, what it would send untouched, and between what it lets one choose; the
    names of its files, and the page itself."""

    address: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    page: str = field(default="", compare=False, repr=False)

    @property
    def papers(self) -> dict[str, tuple[str, bytes, str]]:
        """What is sent as its files."""
        return dict.fromkeys(self.files, ("paid.pdf", PAPER, "application/pdf"))


class Outline:
    """The forms and links of a page's main part. The pages are our own: their attributes are quoted and hold no `<` or `>`."""

    def __init__(self, url: str, html: str) -> None:
        self.url, self._html = url, html
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select = ""
        begin = max(html.find("<main"), 0)
        for tag in TAG.finditer(html, begin, html.find("</main>") if "</main>" in html else len(html)):
            self._see(tag["name"] or "textarea", tag["attributes"] or tag["written"] or "", tag["text"] or "")

    def _see(self, tag: str, attributes: str, text: str) -> None:
        own = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        if tag == "/form":
            self._form = None
        elif tag == "a" and "href" in own:
            self.links.append(urljoin(self.url, own["href"]))
        elif tag == "form":
            self._form = Form(urljoin(self.url, own.get("action") or self.url), page=self._html)
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, own, text)

    def _control(self, form: Form, tag: str, own: dict[str, str], text: str) -> None:
        name = own.get("name", "")
        if tag == "textarea":
            form.fields[name] = unescape(text)
        elif tag in ("select", "/select"):
            self._select = name
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(own.get("value", ""))
            if self._select not in form.fields or "selected" in own:
                form.fields[self._select] = own.get("value", "")
        elif tag == "input" and own.get("type") == "file":
            form.files.append(name)
        elif tag == "input" and name and own.get("type", "text") not in SILENT:
            self._input(form, name, own)

    def _input(self, form: Form, name: str, own: dict[str, str]) -> None:
        if own.get("type") not in ("checkbox", "radio"):
            form.fields[name] = own.get("value", "")
        else:
            form.choices.setdefault(name, []).append(own.get("value", "on"))
            if "checked" in own:
                form.fields[name] = own.get("value", "on")


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
        self.seen: dict[str, Page] = {}
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", HTTPAdapter(max_retries=ASK_AGAIN))
        self.session.headers["Accept-Encoding"] = "identity"

    def open(self, address: str) -> Page:
        """Go to an address of the site or of the payment page."""
        wanted = urljoin(self.line.site, address)
        self.seen[address] = page = self._past_the_door(self.ask("GET", wanted), wanted)
        return page

    def turn_to(self, address: str, stale: bool) -> Page:
        """The page as it was when it was opened last, if one does not mind; else as it is."""
        return self.seen[address] if stale and address in self.seen else self.open(address)

    def send(self, form: Form, fields: Mapping[str, str], patience: float = TIMEOUT, looks: bool = True) -> Page:
        """Send a form with some of its fields filled; the page it leads to, or an empty one for who does not look. Status 0 when
        nobody waited for the answer."""
        typed, referer = {**form.fields, **fields}, {"Referer": self.line.site + "/"}
        page = self.ask("POST", form.address, patience, data=typed, files=form.papers, headers=referer, allow_redirects=looks)
        return page if looks else Page(page.url, page.status, "")

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
            self.wait()
        return Page(answer.url, answer.status_code, answer.text)

    def empty_form(self, path: str) -> Form:
        """A button's form: an address, and the token of any page of this person's."""
        tokens = [form.fields["csrf_token"] for form in self.open("/settings").outline.forms if "csrf_token" in form.fields]
        return Form(urljoin(self.line.site, path), {"csrf_token": tokens[0]})

    def wait(self) -> None:
        """A moment, before looking again."""
        time.sleep(0.25)

    def sign_in(self) -> None:
        """Through the door, as often as it takes while things are being killed, and until there is a new code."""
        for _ in range(40):
            page = self.ask("GET", f"{self.line.site}/sign-in")
            if "/sign-in" in page.url and page.outline.forms:
                page = self.send(page.outline.forms[0], {"email": self.party.email, "password": PASSWORD})
            if page.url.endswith("/sign-in/code") and page.outline.forms:
                page = self.send(page.outline.forms[0], {"code": FACTOR.now()})
            if page.status == 200 and "/sign-in" not in page.url:
                return
            time.sleep(2 if page.url.endswith("/code") else 0.5)
        raise RuntimeError(f"{self.party.email} cannot sign in: {page.status} {page.url}")

    def _past_the_door(self, page: Page, wanted: str) -> Page:
        """Type the password where it is asked for once more; sign in again where an answer with the new session was lost."""
        if urlsplit(page.url).path == "/sign-in":
            self.sign_in()
            return self.ask("GET", wanted)
        if urlsplit(page.url).path != "/password-again" or not page.outline.forms:
            return page
        return self.send(page.outline.forms[0], {"password": PASSWORD})

    def _trouble(self, began: float, what: str) -> None:
        self.line.troubles.append(Trouble(began, time.monotonic(), f"{self.party.email} {what}"))
