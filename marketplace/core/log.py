"""Logs: one JSON object a line, with a request id and no secrets."""
from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request

SECRET_NAMES = re.compile(r"password|token|secret|authorization|cookie|csrf|code|api_key", re.IGNORECASE)
SECRET_VALUES = re.compile(r"(sk_(?:test|live)_|whsec_|EAA|access_token=|appsecret_proof=)[\w.%-]+")

CHATTY = ("alembic.runtime.plugins", "procrastinate.blueprints")
"""Loggers that tell at each start what they are made of."""


def write_logs(app: Flask) -> None:
    """Log to standard output, and give each request an id that the answer, the logs and the audit share."""
    level = app.extensions["settings"].log_level.upper()
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(formatter())
    logging.basicConfig(level=level, handlers=[lines], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(processors=[*_in_common(), structlog.processors.JSONRenderer(ensure_ascii=False)],
                        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
                        logger_factory=structlog.PrintLoggerFactory(sys.stdout))
    app.before_request(_begin)
    app.after_request(_end)


def formatter() -> logging.Formatter:
    """Writes what libraries log as lines of the same kind, with the name of the library's logger."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_in_common()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=False)])


def _in_common() -> list[Any]:
    return [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.format_exc_info, redact]


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Secrets by name or by look never reach the log."""
    for key, value in event.items():
        if SECRET_NAMES.search(key) and key != "event":
            event[key] = "…"
        elif isinstance(value, str):
            event[key] = SECRET_VALUES.sub(r"\1…", value)
    return event


def _begin() -> None:
    g.request_id = uuid.uuid4().hex[:16]
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    structlog.get_logger().info("request", method=request.method, path=request.path, status=response.status_code,
                                ms=round((time.perf_counter() - g.started) * 1000, 1) if "started" in g else None)
    return response
