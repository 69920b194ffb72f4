"""Tokens, signatures and keyed hashes; one place, one algorithm each."""
from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer


def token(size: int = 32) -> str:
    """A random token of `size` bytes, safe in URLs."""
    return secrets.token_urlsafe(size)


def fingerprint(secret: str) -> str:
    """What is stored of a token: its SHA-256; the token itself is random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(purpose: str, value: str) -> str:
    """A hash only this installation can make: to find the same ID number again without keeping it."""
    return hmac.new(f"{purpose}:{_key()}".encode(), value.encode(), hashlib.sha256).hexdigest()


def equal(one: str, other: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def sign(purpose: str, value: object) -> str:
    """A signed, timed text for one purpose; a link of another purpose is refused."""
    return URLSafeTimedSerializer(_key(), salt=purpose).dumps(value)


def unsign(purpose: str, text: str, seconds: int) -> object | None:
    """What was signed, or None when it was changed, is of another purpose, or older than `seconds`."""
    try:
        return URLSafeTimedSerializer(_key(), salt=purpose).loads(text, max_age=seconds)
    except BadData:
        return None


def _key() -> str:
    return current_app.extensions["settings"].secret_key
