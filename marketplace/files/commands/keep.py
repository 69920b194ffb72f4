"""Files that are here: who sees them, their bytes, and their end."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.subjects import subject_of
from marketplace.core.tasks import task
from marketplace.files import queries
from marketplace.files.models import File, Variant
from marketplace.gateways import storage

TIDY_AFTER = timedelta(days=1)


def attach(file: File, subject: Any) -> None:
    """Let whoever sees the subject (a row, or `kind:id`) see the file."""
    file.subject = subject if isinstance(subject, str) else subject_of(subject)


def publish(files: Iterable[File], public: bool = True) -> None:
    """Show these files to everybody, or no longer."""
    for file in files:
        file.public = public


def remove(file: File) -> None:
    """The row goes now, the bytes once that is certain."""
    db.session.delete(file)
    db.session.flush()
    forget.later(file.storage)


@task
def forget(folder: str) -> None:
    """Delete the bytes of a file whose row is gone."""
    storage.delete([f"{folder}/{variant}" for variant in Variant])


def body(file: File, variant: Variant) -> bytes | None:
    """The bytes of a variant; None when the file has no such variant."""
    return storage.get(f"{file.storage}/{variant}")


def tidy() -> int:
    """Delete stored bytes of more than a day that no row knows (left by requests that failed). Returns how many."""
    old = [key for key, written in storage.keys() if written < clock.now() - TIDY_AFTER]  # noqa: SIM118 - a function, not a dict
    known = queries.folders({key.split("/")[0] for key in old})
    strays = [key for key in old if key.split("/")[0] not in known]
    storage.delete(strays)
    return len(strays)
