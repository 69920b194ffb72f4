"""Security headers on every answer: nothing from elsewhere, nothing inline, no framing."""
from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, g
from flask_login import current_user

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
          "manifest-src 'self'; form-action 'self'{forms}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'")


def protect(app: Flask) -> None:
    """Send the headers; what a view has said itself stands. Answers drawn for somebody signed in are kept by nobody."""
    always = _headers(app.config["FORM_TARGETS"], app.extensions["settings"].secure)

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in always:
            response.headers.setdefault(name, value)
        if "_login_user" in g and current_user.is_authenticated:  # Flask-Login's mark: nobody asks who wants a stylesheet
            response.headers.setdefault("Cache-Control", "no-store")
        return response


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
