"""Tokens, signatures and keyed hashes; one place, one algorithm each."""
from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from itsdangerous import BadData, Signer, URLSafeTimedSerializer

# Links, marks and form tokens, those of Flask-WTF among them, which has no setting for it.
Signer.default_digest_method = staticmethod(hashlib.sha256)


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


def seal(purpose: str, text: str) -> str:
    """Encrypt a short secret for one purpose, with the first of the vault's keys."""
    return _sealer(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """What was sealed for this purpose, with any of the vault's keys. Raises InvalidToken when it was changed."""
    return _sealer(purpose).decrypt(sealed.encode()).decode()


def reseal(purpose: str, sealed: str) -> str:
    """The same secret under the first of the vault's keys, after a new one was put in front."""
    return _sealer(purpose).rotate(sealed.encode()).decode()


def vault_keys(purpose: str) -> dict[str, bytes]:
    """Keys of 32 bytes for one purpose, by the version that names them; the first is the one to write with."""
    entries = [entry.partition(":") for entry in current_app.extensions["settings"].vault_keys.split(",")]
    return {version.strip(): _derived(purpose, base64.b64decode(key)) for version, _, key in entries}


def _sealer(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in vault_keys(purpose).values()])


def _derived(purpose: str, key: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key)


def _key() -> str:
    return current_app.extensions["settings"].secret_key
