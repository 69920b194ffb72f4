"""Refusals that carry their HTTP code, and the pages that show them."""
from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, abort, g, render_template, request
from flask_babel import lazy_gettext as _l
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from marketplace.core.db import Gone, discard

LOST_RACES = (DeadlockDetected, SerializationFailure, LockNotAvailable)
"""What PostgreSQL says to the one of two it sends back; nothing is wrong, and trying again helps."""
OVERTAKEN = _l("Somebody did something here at the same moment. Nothing was changed; try again.")

logger = structlog.get_logger()


class DomainError(Exception):
    """A refusal with a meaning. `message` is translated when shown; `field` names the form field it belongs to."""

    code = 422
    message: Any = _l("That is not possible.")

    def __init__(self, message: Any = None, *, field: str | None = None) -> None:
        self.message = message or self.message
        self.field = field
        super().__init__(str(self.__class__.__name__))


class NotAllowed(DomainError):
    """Seen, but not for this person."""

    code = 403
    message = _l("You are not allowed to do this.")


class WrongState(DomainError):
    """The thing has moved on; the page that was shown is out of date."""

    code = 409
    message = _l("This has changed since you opened the page. Look at it again, then decide.")


class Invalid(DomainError):
    """What was typed cannot be taken."""


class TooMany(DomainError):
    """A limit was reached; waiting helps."""

    code = 429
    message = _l("Too many tries. Wait a little and try again.")


def show_errors(app: Flask) -> None:
    """Register one page for every refusal and failure."""
    app.before_request(_refuse_nul)
    app.register_error_handler(DomainError, lambda error: _page(error.code, error.message))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Gone, _overtaken)
    app.register_error_handler(Exception, _unexpected)


def _refuse_nul() -> None:
    """No address of ours has this character, and PostgreSQL's text cannot: it is somebody's probe."""
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        abort(400)


def _http(error: HTTPException) -> Any:
    """A failure while the answer was committed comes here too, inside an InternalServerError."""
    if isinstance(cause := getattr(error, "original_exception", None), DBAPIError):
        return _database(cause)
    if error.response is not None or (error.code or 500) < 400:
        return error
    return _page(error.code or 500, None)


def _unexpected(error: Exception) -> Any:
    """The page that says so must not fail on what has just failed: it is drawn without navigation."""
    logger.exception("unexpected", path=request.path)
    discard()
    g.bare = True
    return _page(500, None)


def _database(error: DBAPIError) -> Any:
    """The database sent one of two back that waited for each other: the page says to try again."""
    if not isinstance(error.orig, LOST_RACES):
        return _unexpected(error)
    return _overtaken(error.orig)


def _overtaken(error: BaseException | None) -> Any:
    logger.warning("overtaken", path=request.path, reason=type(error).__name__)
    discard()
    return _page(409, OVERTAKEN)


def _page(code: int, message: Any) -> tuple[str, int]:
    logger.info("refused", status=code, path=request.path, endpoint=request.endpoint)
    return render_template("errors/error.html", code=code, message=message, request_id=g.get("request_id", "")), code
