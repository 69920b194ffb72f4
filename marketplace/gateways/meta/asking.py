"""One call to Graph through the SDK, and what each of its errors means to us."""
from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app

from marketplace.core.log import SECRET_VALUES

CONNECT_SECONDS, READ_SECONDS = 3, 10
MOST = 100
TOKEN_PROBLEMS = {458: "removed", 459: "checkpoint", 460: "signed_out", 463: "expired", 464: "checkpoint", 467: "signed_out",
                  492: "role_lost"}
NOT_A_PAGE_TOKEN = 2069032
SLOW_DOWN = {4, 17, 32, 613, *range(80_000, 80_015)}
NOT_ALLOWED = {3, 10, *range(200, 300)}
UNDECIDED = {1, 2}
"""Facebook's own faults; they say nothing about the effect."""


class Refused(Exception):
    """Facebook said no, and would say so again. `reason` is its sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAllowed(Refused):
    """The person who connected the page lacks a task on it, or did not give a permission."""


class TokenGone(Refused):
    """The connection is dead until the person connects again; `problem` says why."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(reason)
        self.problem = problem


class SlowDown(Exception):
    """Too many calls; this one did nothing."""


class Unanswered(Exception):
    """No answer, or one that does not say whether it happened. Look before trying again."""


def ask(token: str, call: Callable[[Any], Any]) -> Any:
    """What a call on a token answers; every failure is one of those above, without a secret in it."""
    import requests  # noqa: PLC0415 - loaded at first use
    from facebook_business.exceptions import FacebookError, FacebookRequestError  # noqa: PLC0415 - loaded at first use

    try:
        return call(_api(token))
    except FacebookRequestError as error:
        raise _meaning(error, token) from None
    except (requests.RequestException, FacebookError, ValueError, KeyError, TypeError) as error:
        raise Unanswered(type(error).__name__) from None


def fetch(token: str, path: tuple[str, ...], fields: Sequence[str], **asked: Any) -> list[dict[str, Any]]:
    """The first page of a list, of 100 nodes unless a `limit` is given; nobody we speak for has more that matter."""
    params = {"fields": ",".join(fields), "limit": MOST, **asked}
    return ask(token, lambda api: api.call("GET", path, params=params).json()["data"])


def settings() -> Any:
    """The application's settings."""
    return current_app.extensions["settings"]


def redacted(text: str, token: str = "") -> str:
    """Facebook's sentence without anything secret, at most 300 characters."""
    return SECRET_VALUES.sub(r"\1…", text.replace(token, "…") if token else text)[:300]


def _api(token: str) -> Any:
    """The SDK on one token; `init()` would keep the token for everybody and send crash reports."""
    from facebook_business.api import FacebookAdsApi  # noqa: PLC0415 - loaded at first use
    from facebook_business.session import FacebookSession  # noqa: PLC0415 - loaded at first use

    logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines hold whole addresses
    ours = settings()
    session = FacebookSession(ours.meta_app_id, ours.meta_app_secret, token, timeout=(CONNECT_SECONDS, READ_SECONDS))
    session.GRAPH = ours.meta_graph_url
    session.requests.max_redirects = 0  # the token is for this address alone
    return FacebookAdsApi(session)


def _meaning(error: Any, token: str) -> Exception:
    """What Graph's error means to a caller; errors come with any HTTP status, also 200."""
    code, subcode = error.api_error_code(), error.api_error_subcode()
    reason = redacted(str(error.api_error_message() or ""), token)
    if code == 190 and subcode != NOT_A_PAGE_TOKEN:
        return TokenGone(reason, TOKEN_PROBLEMS.get(subcode, "unreadable"))
    if code in SLOW_DOWN:
        return SlowDown(reason)
    if code is None or code in UNDECIDED or error.api_transient_error():
        return Unanswered(f"{code} {error.http_status()}")
    return (NotAllowed if code in NOT_ALLOWED else Refused)(reason)
