"""The SMTP sink: every letter sent here is kept to be read, and goes nowhere."""

from email import message_from_bytes, policy
from email.message import EmailMessage

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


def keep_letter(world: World, sender: str, recipients: list[str], raw: bytes) -> dict:
    """Read a raw message and keep it, numbered from 1 up."""
    message = message_from_bytes(raw, policy=policy.default)
    letters = world.collection("letters")
    with world.transaction():
        number = max((int(key) for key in letters), default=0) + 1
        letter = {"id": number, "at": world.now().isoformat(), "from": sender, "to": recipients}
        letters[str(number)] = letter | _contents(message) | {"raw": raw.decode("utf-8", "replace")}
        letters.keep_newest(LIMIT)
    return letters[str(number)]


def letters_to(world: World, recipient: str = "", subject: str = "") -> list[dict]:
    """Newest first: letters whose recipients and subject contain these words, in any case."""
    return [
        letter for letter in reversed(world.collection("letters").all())
        if recipient.lower() in " ".join(letter["to"]).lower() and subject.lower() in letter["subject"].lower()
    ]  # fmt: skip


def _contents(message: EmailMessage) -> dict:
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
