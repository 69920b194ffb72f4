"""The vault: one data key a connection, AES-256-GCM, the data key wrapped by a versioned key from outside the database.

The associated data of both layers name platform, asset, connection and key, taken from the connection's own row and
never from the vault's: a sealed secret that was moved to another row does not open.
"""
from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from marketplace.channels.models import VaultEntry
from marketplace.core import crypto
from marketplace.core.db import db, lock

PURPOSE = "channels"
NONCE_BYTES = 12


class Tampered(Exception):
    """A sealed secret does not belong where it lies, was changed, or its vault key is not here."""


@dataclass(frozen=True)
class Place:
    """Whose secret it is: what the associated data say."""

    platform: str
    asset: str
    connection_id: uuid.UUID

    def named(self, *key: object) -> bytes:
        """The associated data for one key."""
        return "|".join(map(str, (self.platform, self.asset, self.connection_id, *key))).encode()


def keep(place: Place, secret: dict[str, Any]) -> None:
    """Seal a connection's secret under a data key of its own; whatever lay there before is gone."""
    forget(place.connection_id)
    key_id, key, (version, wrapper) = uuid.uuid4(), AESGCM.generate_key(256), _writer()
    db.session.add(VaultEntry(
        connection_id=place.connection_id, key_id=key_id, wrapped_with=version,
        wrapped_key=_seal(wrapper, key, place.named(key_id, version)),
        sealed=_seal(key, json.dumps(secret).encode(), place.named(key_id))))
    db.session.flush()


def read(place: Place) -> dict[str, Any] | None:
    """Open a connection's secret; None when there is none. Raises Tampered."""
    entry = db.session.get(VaultEntry, place.connection_id, populate_existing=True)
    if entry is None:
        return None
    return json.loads(_open(_data_key(place, entry), entry.sealed, place.named(entry.key_id)))


def forget(connection_id: uuid.UUID) -> None:
    """Destroy a connection's secret."""
    if entry := db.session.get(VaultEntry, connection_id):
        db.session.delete(entry)
        db.session.flush()


def rewrap(place: Place) -> bool:
    """Wrap a connection's data key with the newest vault key; the secret itself stays sealed. False: nothing to do."""
    entry = db.session.get(VaultEntry, place.connection_id)
    version, wrapper = _writer()
    if entry is None or entry.wrapped_with == version:
        return False
    lock(entry)
    key = _data_key(place, entry)
    entry.wrapped_key, entry.wrapped_with = _seal(wrapper, key, place.named(entry.key_id, version)), version
    return True


def versions_in_use() -> list[str]:
    """The vault keys that some entry still needs."""
    return sorted(db.session.scalars(select(VaultEntry.wrapped_with).distinct()))


def _data_key(place: Place, entry: VaultEntry) -> bytes:
    wrapper = crypto.vault_keys(PURPOSE).get(entry.wrapped_with)
    if wrapper is None:
        raise Tampered(f"vault key {entry.wrapped_with} is not in VAULT_KEYS")
    return _open(wrapper, entry.wrapped_key, place.named(entry.key_id, entry.wrapped_with))


def _writer() -> tuple[str, bytes]:
    return next(iter(crypto.vault_keys(PURPOSE).items()))


def _seal(key: bytes, secret: bytes, named: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, named)


def _open(key: bytes, sealed: bytes, named: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], named)
    except InvalidTag:
        raise Tampered("a sealed secret does not open where it lies") from None
