"""A person agrees on Facebook's own page; we get a token of theirs, and may give it back."""
from __future__ import annotations

from typing import Any

from marketplace.gateways.meta.asking import CONNECT_SECONDS, READ_SECONDS, Refused, TokenGone, Unanswered, ask, redacted, settings

SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_posts", "pages_manage_engagement",
          "pages_manage_metadata", "business_management", "ads_management", "ads_read")


def consent_url(state: str, verifier: str, redirect_url: str) -> str:
    """Where a person is sent to agree (PKCE S256)."""
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - loaded at first use

    ours = settings()
    session = OAuth2Session(ours.meta_app_id, scope=",".join(SCOPES), redirect_uri=redirect_url, code_challenge_method="S256")
    return session.create_authorization_url(f"{ours.meta_dialog_url}/oauth", state=state, code_verifier=verifier)[0]


def exchange(code: str, verifier: str, redirect_url: str) -> str:
    """The long-lived token of the person who agreed."""
    short = _token({"code": code, "code_verifier": verifier, "redirect_uri": redirect_url})
    return _token({"grant_type": "fb_exchange_token", "fb_exchange_token": short})


def person(token: str) -> dict[str, Any]:
    """Who agreed: id and name."""
    return ask(token, lambda api: api.call("GET", ("me",), params={"fields": "id,name"}).json())


def withdraw(person_id: str, token: str) -> None:
    """Give a person's whole consent back, and make sure that its tokens are dead. Refused when one still lives."""
    ask(token, lambda api: api.call("DELETE", (person_id, "permissions")))
    try:
        person(token)
    except TokenGone:
        return
    raise Refused("the token still works")


def _token(parameters: dict[str, str]) -> str:
    """One exchange at the token endpoint, in a POST body, so that no secret stands in an address."""
    import requests  # noqa: PLC0415 - loaded at first use

    ours = settings()
    form = {"client_id": ours.meta_app_id, "client_secret": ours.meta_app_secret, **parameters}
    try:
        answer = requests.post(f"{ours.meta_graph_url}/oauth/access_token", data=form, timeout=(CONNECT_SECONDS, READ_SECONDS),
                               allow_redirects=False).json()
    except (requests.RequestException, ValueError) as error:
        raise Unanswered(type(error).__name__) from None
    if "access_token" not in answer:
        raise Refused(redacted(str(answer.get("error", {}).get("message", "no token"))))
    return answer["access_token"]
