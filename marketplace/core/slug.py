"""Readable addresses from names of any script."""
from __future__ import annotations

import re
import secrets

from anyascii import anyascii
from sqlalchemy import ColumnElement, select

from marketplace.core.db import db


def slug(name: str) -> str:
    """Lower-case ASCII words of a name joined by hyphens, at most 60 characters: "রিনা পারভীন" → "rina-parbhin"."""
    return re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower().replace("'", "")).strip("-")[:60].strip("-") or "page"


def free_slug(name: str, column: ColumnElement) -> str:
    """A slug no row has in this column; a taken one gets a short random end."""
    wanted = slug(name)
    while db.session.scalar(select(column).where(column == wanted)) is not None:
        wanted = f"{slug(name)}-{secrets.token_hex(3)}"
    return wanted
