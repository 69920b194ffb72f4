"""Security headers on every answer: nothing from elsewhere, nothing inline, no framing."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, request
from flask_login import current_user

from marketplace.core import limits
from marketplace.core.authorisation import machine

REPORTS = "/csp-reports"
REPORT_BYTES = 16 * 1024
REPORTS_AN_HOUR = 20
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
          "manifest-src 'self'; form-action 'self'{forms}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
          f"report-uri {REPORTS}")


def protect(app: Flask) -> None:
    """Send the headers; what a view has said itself stands. Answers drawn for somebody signed in are kept by nobody."""
    app.add_url_rule(REPORTS, "headers.create_report", create_report, methods=["POST"])
    always = _headers(app.config["FORM_TARGETS"], app.extensions["settings"].secure)

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in always:
            response.headers.setdefault(name, value)
        if "_login_user" in g and current_user.is_authenticated:  # Flask-Login's mark: nobody asks who wants a stylesheet
            response.headers.setdefault("Cache-Control", "no-store")
        return response


@machine
def create_report() -> tuple[str, int]:
    """What a browser refused to load or run on a page of ours, written to the log: little, seldom, and believed by nobody."""
    if (request.content_length or REPORT_BYTES + 1) > REPORT_BYTES:
        abort(413)
    limits.hit(f"csp-report:{request.remote_addr}", REPORTS_AN_HOUR, timedelta(hours=1))
    told = request.get_json(force=True)
    report = told.get("csp-report") if isinstance(told, dict) else None
    if not isinstance(report, dict):
        abort(400)
    page, blocked = (urlsplit(str(report.get(name, ""))[:500]) for name in ("document-uri", "blocked-uri"))
    structlog.get_logger().warning("policy_violated", page=page.path[:200], directive=str(report.get("effective-directive", ""))[:40],
                                   blocked=blocked.hostname or blocked.path[:40])
    return "", 204


def _headers(form_targets: Sequence[str], secure: bool) -> list[tuple[str, str]]:
    forms = "".join(f" {origin}" for origin in form_targets)
    headers = [
        ("Content-Security-Policy", POLICY.format(forms=forms)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ]
    return headers + ([("Strict-Transport-Security", "max-age=31536000; includeSubDomains")] if secure else [])
