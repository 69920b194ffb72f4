"""The cookie a browser carries between requests: signed, never sealed, so it holds nothing secret for long."""
from __future__ import annotations

import hashlib

from flask.sessions import SecureCookieSessionInterface


class SignedCookie(SecureCookieSessionInterface):
    """Flask's, signed with HMAC-SHA-256 instead of its SHA-1."""

    digest_method = staticmethod(hashlib.sha256)
