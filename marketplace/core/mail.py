"""Letters: subject, text and HTML in the receiver's language, queued with the change, and on record.

A letter is `templates/<domain>/mail/<name>.subject.txt` and `.txt`. It is rendered when it is written; its HTML is made of the
text's paragraphs by `mail/letter.html` when it is sent. Its body is forgotten then, because it may hold links that work only once.
"""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin

from flask import current_app
from flask_mail import Connection, Mail, Message
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock, i18n
from marketplace.core.db import Identified, Model, db, enumerated, lock
from marketplace.core.tasks import perform, task

mailer = Mail()
LETTERS = "letters"
"""Their own queue, so that workers can be kept for what moves money (`flask worker --queues default`)."""


class LetterStatus(StrEnum):
    """Where a letter is."""

    queued = "queued"  # waits for a worker
    sent = "sent"  # our mail server took it


class Letter(Identified, Model):
    """The delivery log: to whom, what, when; the body only until it is sent."""

    __tablename__ = "letters"
    __table_args__ = (Index(None, "address", "created_at"),)
    KIND = "letter"

    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str | None] = mapped_column(Text)
    status: Mapped[LetterStatus] = mapped_column(enumerated(LetterStatus), default=LetterStatus.queued)
    sent_at: Mapped[datetime | None]


def letter(name: str, address: str, language: str, /, **context: Any) -> Letter:
    """Write a letter `<domain>/<name>` in the receiver's language and queue it in this transaction."""
    written = draft(name, address, language, **context)
    post([written])
    return written


def draft(name: str, address: str, language: str, /, **context: Any) -> Letter:
    """Write a letter that `post` will queue."""
    written = Letter(address=address, name=name, language=language, **_rendered(name, language, context))
    db.session.add(written)
    return written


def post(letters: list[Letter]) -> None:
    """Have letters sent when this transaction is committed, all that it writes by one job."""
    for written in letters:
        send.together(written.id)


def headline(name: str, language: str, /, **context: Any) -> str:
    """The subject of a letter without writing it: how a notice about the same thing is called."""
    with i18n.speaking(language):
        return _subject(name, context)


def absolute(address: str) -> str:
    """An address of ours as a letter needs it: on SITE_URL, whatever host the request named."""
    return urljoin(f"{current_app.extensions['settings'].site_url.rstrip('/')}/", address)


@task(queued=LETTERS)
def send(letter_ids: list[str]) -> None:
    """Hand letters to the mail server, each once and on record by itself, by one connection; again those that it did not take."""
    with mailer.connect() as line:
        refused = [why for letter_id in letter_ids if (why := _refusal(line, letter_id))]
    if refused:
        raise refused[0]


def _refusal(line: Connection, letter_id: str) -> Exception | None:
    try:
        perform(_send, {"line": line, "letter_id": letter_id})
    except Exception as why:
        return why
    return None


def _send(line: Connection, letter_id: str) -> None:
    letter = db.session.get(Letter, uuid.UUID(letter_id))
    lock(letter)
    if letter is not None and letter.status != LetterStatus.sent:
        line.send(_message(letter))
        letter.status, letter.sent_at, letter.text = LetterStatus.sent, clock.now(), None


def _message(letter: Letter) -> Message:
    message = Message(subject=letter.subject, recipients=[letter.address], body=letter.text, html=_html(letter),
                      extra_headers={"X-Letter": letter.name, "Content-Language": letter.language})
    message.msgId = f"<{letter.id}@{current_app.config['MAIL_DOMAIN']}>"
    return message


def _rendered(name: str, language: str, context: dict[str, Any]) -> dict[str, str]:
    domain, _, stem = name.partition("/")
    with i18n.speaking(language):
        return {"subject": _subject(name, context), "text": _render(f"{domain}/mail/{stem}.txt", context).strip() + "\n"}


def _subject(name: str, context: dict[str, Any]) -> str:
    domain, _, stem = name.partition("/")
    return " ".join(_render(f"{domain}/mail/{stem}.subject.txt", context).split())


def _html(letter: Letter) -> str:
    with i18n.speaking(letter.language):
        return _render("mail/letter.html", {"headline": letter.subject, "paragraphs": _paragraphs(letter.text or "")})


def _render(template: str, context: dict[str, Any]) -> str:
    """Letters know their rows and the site's name, and nothing of who asks for the page."""
    site_name = current_app.extensions["settings"].site_name
    return current_app.jinja_env.get_template(template).render(site_name=site_name, **context)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
