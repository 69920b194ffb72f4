"""The SMTP sink: every letter sent here is kept to be read, and goes nowhere."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache

from aiosmtpd.controller import Controller

from sandbox.world import World

LIMIT = 2_000


class Postbox:
    """Receives letters by SMTP and keeps the newest 2,000 in the world."""

    def __init__(self, world: World, port: int, host: str = "127.0.0.1"):
        self._controller = Controller(self, hostname=host, port=port)
        self._world = world

    def start(self) -> None:
        """Listen; OSError when the port is taken."""
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 (aiosmtpd calls it by this name)
        keep_letter(self._world, envelope.mail_from, envelope.rcpt_tos, envelope.content)
        return "250 Kept, not sent"


def keep_letter(world: World, sender: str, recipients: list[str], raw: bytes) -> None:
    """Keep a raw message, numbered from 1 up; it is taken apart when somebody reads it."""
    letters, counter = world.collection("letters"), world.collection("letters.counter")
    with world.transaction():
        number = counter.get("last", {"number": 0})["number"] + 1
        counter["last"] = {"number": number}
        letters[str(number)] = {
            "id": number, "at": world.now().isoformat(), "from": sender, "to": recipients, "raw": raw.decode("utf-8", "replace"),
        }  # fmt: skip
        letters.pop(str(number - LIMIT), None)


def letters_to(world: World, recipient: str = "", subject: str = "") -> list[dict]:
    """Newest first: letters whose recipients and subject contain these words, in any case."""
    theirs = (letter for letter in reversed(world.collection("letters").all()) if recipient.lower() in " ".join(letter["to"]).lower())
    return [letter for letter in map(opened, theirs) if subject.lower() in letter["subject"].lower()]


def opened(letter: dict) -> dict:
    """A kept letter with its subject, headers, bodies and attachments."""
    return letter | _contents(letter["raw"])


@lru_cache(LIMIT)
def _contents(raw: str) -> dict:
    message = message_from_bytes(raw.encode(), policy=policy.default)
    return {
        "subject": str(message["subject"] or ""),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
        "attachments": [_attachment(part) for part in message.iter_attachments()],
    }


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""


def _attachment(part: EmailMessage) -> dict:
    content = part.get_payload(decode=True) or b""
    return {"name": part.get_filename() or "", "type": part.get_content_type(), "size": len(content)}
