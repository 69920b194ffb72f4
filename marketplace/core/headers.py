"""Security headers on every answer: nothing from elsewhere, nothing inline, no framing."""
from __future__ import annotations

import secrets

from flask import Flask, Response, g
from flask_login import current_user

POLICY = ("default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
          "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'{forms}; "
          "frame-ancestors 'none'; base-uri 'none'; object-src 'none'")


def protect(app: Flask) -> None:
    """Send the headers, and give templates `csp_nonce()`."""
    app.add_template_global(csp_nonce, "csp_nonce")

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in _headers(app).items():
            response.headers.setdefault(name, value)
        return response


def csp_nonce() -> str:
    """The nonce of this answer's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def _headers(app: Flask) -> dict[str, str]:
    forms = "".join(f" {origin}" for origin in app.config["FORM_TARGETS"])
    headers = {
        "Content-Security-Policy": POLICY.format(nonce=csp_nonce(), forms=forms),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if app.extensions["settings"].secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if current_user and current_user.is_authenticated:
        headers["Cache-Control"] = "no-store"
    return headers
