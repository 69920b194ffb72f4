"""Taking an upload in: bounded, sniffed, drawn anew, stored under a random name."""
from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO

import puremagic
from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.core import clock, crypto, limits
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import Invalid, TooMany
from marketplace.core.subjects import subject_of
from marketplace.files import queries
from marketplace.files.commands.names import safe_name
from marketplace.files.commands.pictures import FORMATS, draw
from marketplace.files.models import File, Purpose, Variant
from marketplace.gateways import storage

MB = 1024 * 1024
FILES_A_DAY = rule("FILES_A_DAY", 100, "uploads a person may try in a day")
MB_A_DAY = rule("FILES_MB_A_DAY", 300, "what a person's uploads of a day may weigh together, in MiB")
PICTURES = frozenset(FORMATS)
PAPERS = PICTURES | {"application/pdf"}
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|OpenAction|RichMedia)\b")


@dataclass(frozen=True)
class Allowed:
    """What one purpose takes: types, and bytes."""

    types: frozenset[str]
    size: int


ALLOWED = {
    Purpose.photo: Allowed(PICTURES, rule("FILE_MB_PHOTO", 8, "most MiB of a face or logo") * MB),
    Purpose.portfolio: Allowed(PICTURES, rule("FILE_MB_PORTFOLIO", 12, "most MiB of a portfolio picture") * MB),
    Purpose.post: Allowed(PICTURES, rule("FILE_MB_POST", 12, "most MiB of a picture to publish") * MB),
    Purpose.evidence: Allowed(PAPERS, rule("FILE_MB_EVIDENCE", 12, "most MiB of a file of evidence") * MB),
    Purpose.delivery: Allowed(PAPERS, rule("FILE_MB_DELIVERY", 20, "most MiB of a delivered file") * MB),
}


@dataclass(frozen=True)
class _Taken:
    """An upload that passed: what it is and what will be kept."""

    type: str
    bodies: dict[Variant, bytes]
    width: int | None = None
    height: int | None = None


def store(upload: BinaryIO, name: str | None, purpose: Purpose, by: Person, subject: Any = None, public: bool = False) -> File:
    """Take an upload in. Private unless told otherwise; seen besides by whoever sees `subject` (a row, or `kind:id`).

    Raises Invalid when it is empty, too large, of a wrong type or broken, TooMany over the day's quota.
    """
    limits.hit(f"files:{by.id}", FILES_A_DAY, per=timedelta(days=1))
    content = _read(upload, ALLOWED[purpose].size)
    taken = _inspect(content, _sniff(content, ALLOWED[purpose].types))
    _within_quota(by, len(content))
    return _keep(taken, content, by, name=safe_name(name, taken.type), purpose=purpose, public=public,
                 subject=subject if subject is None or isinstance(subject, str) else subject_of(subject))


def file_away(content: bytes, type_: str, name: str, purpose: Purpose, for_: Person, subject: Any) -> File:
    """Keep a paper we made ourselves, privately, for somebody and for whoever sees `subject`. It counts on nobody's quota."""
    return _keep(_Taken(type_, {Variant.original: content}), content, for_, name=name, purpose=purpose, public=False,
                 subject=subject_of(subject))


def _read(upload: BinaryIO, most: int) -> bytes:
    content = upload.read(most + 1)
    if not content:
        raise Invalid(_l("This file is empty."))
    if len(content) > most:
        raise Invalid(_l("This file is too large. The most is %(most)s MB.", most=most // MB))
    return content


def _sniff(content: bytes, allowed: frozenset[str]) -> str:
    """What the bytes are; the name and what the browser says do not count."""
    try:
        found = {match.mime_type for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        found = set()
    if len(kinds := found & PAPERS) != 1 or not kinds <= allowed:
        raise Invalid(_l("This kind of file is not taken here. Send a JPG, PNG or WebP picture.") if allowed == PICTURES
                      else _l("This kind of file is not taken here. Send a JPG, PNG or WebP picture, or a PDF."))
    return kinds.pop()


def _inspect(content: bytes, type_: str) -> _Taken:
    if type_ in PICTURES:
        drawn = draw(content, type_)
        return _Taken(drawn.type, drawn.bodies, drawn.width, drawn.height)
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:] or ACTIVE.search(content):
        raise Invalid(_l("This PDF cannot be taken: it is broken or does something when it is opened. Print it to PDF again."))
    return _Taken(type_, {Variant.original: content})


def _within_quota(person: Person, size: int) -> None:
    if queries.size_since(person, clock.now() - timedelta(days=1)) + size > MB_A_DAY * MB:
        raise TooMany(_l("You have sent %(most)s MB of files in a day. Send more tomorrow.", most=MB_A_DAY))


def _keep(taken: _Taken, content: bytes, by: Person, **described: Any) -> File:
    """The row, and the bytes under a random name that says nothing about them."""
    folder = crypto.token(24)
    for variant, body in taken.bodies.items():
        storage.put(f"{folder}/{variant}", body)
    file = File(person_id=by.id, storage=folder, type=taken.type, size=sum(map(len, taken.bodies.values())), width=taken.width,
                height=taken.height, digest=hashlib.sha256(content).hexdigest(), **described)
    db.session.add(file)
    db.session.flush()
    return file
