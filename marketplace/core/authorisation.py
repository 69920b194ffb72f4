"""Who may do what: every route carries exactly one of these marks; without one the application does not start.

A *load* fetches through the reader's eyes: `load(reader, **ids)` gives the row or None (404). A *policy* then decides:
`policy(person, subject)` true or false (403).
"""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

POLICIES: dict[str, Callable[[Any, Any], bool]] = {}
logger = structlog.get_logger()


def policy(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Register a policy as '<domain>.<name>', so that templates can ask can('<domain>.<name>', subject)."""
    POLICIES[f"{function.__module__.split('.')[1]}.{function.__name__}"] = function
    return function


def can(name: str, subject: Any = None) -> bool:
    """Whether the current person may; false for visitors."""
    return current_user.is_authenticated and bool(POLICIES[name](current_user, subject))


def public(view: Callable) -> Callable:
    """Anyone may, visitors too."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def visible(load: Callable) -> Callable[[Callable], Callable]:
    """Anyone may who sees the thing; `load(reader, **ids)` decides, visitors are anonymous readers. Passes the row."""
    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def checked(**ids: Any) -> Any:
            return view(_load(load, ids))
        checked.access = "visible"  # type: ignore[attr-defined]
        return checked
    return decorate


def signed_in(view: Callable) -> Callable:
    """Anyone who is signed in may."""
    @wraps(view)
    def checked(**ids: Any) -> Any:
        return view(**ids) if current_user.is_authenticated else _sign_in_first()
    checked.access = "signed in"  # type: ignore[attr-defined]
    return checked


def allow(policy: Callable[[Any, Any], bool], load: Callable | None = None) -> Callable[[Callable], Callable]:
    """404 what the reader may not see, 403 what they may not do. The view gets the loaded row, or the ids without one."""
    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def checked(**ids: Any) -> Any:
            if not current_user.is_authenticated:
                return _sign_in_first()
            subject = _load(load, ids) if load else None
            if not policy(current_user, subject):
                logger.warning("not_allowed", policy=policy.__name__, endpoint=request.endpoint)
                abort(403)
            return view(subject) if load else view(**ids)
        checked.access = f"{policy.__module__.split('.')[1]}.{policy.__name__}"  # type: ignore[attr-defined]
        checked.door = None if load else policy  # type: ignore[attr-defined]
        return checked
    return decorate


def may_open(endpoint: str) -> bool:
    """Whether the mark of a page lets the current person in; true where only a row could tell."""
    door = getattr(current_app.view_functions[endpoint], "door", None)
    return door is None or bool(door(current_user, None))


def machine(view: Callable) -> Callable:
    """A door for a machine that proves itself inside (a signed webhook)."""
    view.access = "machine"  # type: ignore[attr-defined]
    return view


def every_route_is_marked(app: Flask) -> None:
    """Refuse to start with a route that carries no mark."""
    bare = [rule.endpoint for rule in app.url_map.iter_rules()
            if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")]
    if bare:
        raise RuntimeError(f"routes without an access mark: {', '.join(sorted(bare))}")


def _load(load: Callable, ids: dict[str, Any]) -> Any:
    subject = load(current_user, **ids)
    if subject is None:
        abort(404)
    return subject


def _sign_in_first() -> Any:
    """To the sign-in page and back; 401 for scripts, which cannot follow."""
    if request.headers.get("HX-Request"):
        abort(401)
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(current_app.config["SIGN_IN_ENDPOINT"], next=back), 303)
