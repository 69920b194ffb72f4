"""The app's side of Facebook: the consent as a browser and a server walk it, and the real SDK on a token."""

import secrets
from urllib.parse import parse_qs, urlsplit

import requests
from bs4 import BeautifulSoup
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from sandbox.meta.logins import SCOPES, challenge_of
from sandbox.meta.seed import FARHANA, NAKSHI
from sandbox.world import World

TIMEOUT = 5


def callback(world: World) -> str:
    return f"{world.web_url}/channels/facebook/callback"


def graph(world: World) -> str:
    return f"{world.base_url}/meta/graph"


def dialog(world: World, **changes: str) -> requests.Request:
    """The address the app sends a browser to."""
    asked = {"client_id": world.settings["META_APP_ID"], "redirect_uri": callback(world), "state": "s/1 ?&=",
             "scope": ",".join(SCOPES), "response_type": "code"} | changes  # fmt: skip
    return requests.Request("GET", f"{world.base_url}/meta/dialog/oauth", params=asked).prepare().url


def decide(world: World, form: dict, **changes: str) -> dict[str, list[str]]:
    """Press a button of the consent screen; what the callback is given."""
    answer = requests.post(dialog(world, **changes), data=form, allow_redirects=False, timeout=TIMEOUT)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(callback(world))
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def consent_form(world: World, person: str) -> dict:
    """What the screen's form sends when nothing is unticked."""
    page = requests.get(dialog(world, person=person), timeout=TIMEOUT).text
    boxes = BeautifulSoup(page, "html.parser").select("input[type=checkbox][checked]")
    form = {"person": person, "action": "continue", "pages": [], "scopes": []}
    for box in boxes:
        form[box["name"]].append(box["value"])
    return form


def exchange(world: World, **parameters: str) -> requests.Response:
    credentials = {"client_id": world.settings["META_APP_ID"], "client_secret": world.settings["META_APP_SECRET"]}
    return requests.get(f"{graph(world)}/v26.0/oauth/access_token", params=credentials | parameters, timeout=TIMEOUT)


def connect(world: World, person: str = FARHANA, without: tuple[str, ...] = ()) -> str:
    """A long-lived user token of a person who ticked everything but the pages and scopes named in `without`."""
    verifier = secrets.token_urlsafe(48)
    form = consent_form(world, person)
    form |= {name: [value for value in form[name] if value not in without] for name in ("pages", "scopes")}
    code = decide(world, form, code_challenge=challenge_of(verifier), code_challenge_method="S256")["code"][0]
    short = exchange(world, code=code, redirect_uri=callback(world), code_verifier=verifier).json()["access_token"]
    return exchange(world, grant_type="fb_exchange_token", fb_exchange_token=short).json()["access_token"]


def api(world: World, token: str, secret: str | None = None) -> FacebookAdsApi:
    """The SDK on a token, pointed at the sandbox."""
    session = FacebookSession(world.settings["META_APP_ID"], secret or world.settings["META_APP_SECRET"], token, timeout=TIMEOUT)
    session.GRAPH = graph(world)
    return FacebookAdsApi(session)


def page_api(world: World, page: str = NAKSHI, person: str = FARHANA, without: tuple[str, ...] = ()) -> FacebookAdsApi:
    """The SDK on the page token of a person."""
    user = api(world, connect(world, person, without))
    return api(world, Page(page, api=user).api_get(fields=["access_token"])["access_token"])
