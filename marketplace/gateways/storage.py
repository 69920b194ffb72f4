"""Where the bytes of uploads lie: a folder, or a bucket when FILES_PATH is an s3:// address (credentials as AWS_… variables)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app


def put(key: str, body: bytes) -> None:
    """Keep the bytes under a key."""
    _store().put(key, body)


def get(key: str) -> bytes | None:
    """The bytes of a key; None when there are none."""
    try:
        return _store().get(key).bytes().to_bytes()
    except FileNotFoundError:
        return None


def delete(keys: list[str]) -> None:
    """Forget these keys; those that are not there are no fault."""
    for key in keys:
        try:
            _store().delete(key)
        except FileNotFoundError:
            continue


def keys() -> Iterator[tuple[str, datetime]]:
    """Every key with the moment it was written, in UTC."""
    for chunk in _store().list():
        for entry in chunk:
            yield entry["path"], entry["last_modified"]


def _store() -> Any:
    return _opened(current_app.extensions["settings"].files_path)


@cache
def _opened(address: str) -> Any:
    from obstore.store import LocalStore, from_url  # noqa: PLC0415 - a gateway loads its vendor's library at first use

    if "://" in address:
        return from_url(address)
    return LocalStore(Path(address).resolve(), mkdir=True)
