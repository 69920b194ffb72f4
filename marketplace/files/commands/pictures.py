"""Has pictures drawn anew by a bounded child."""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from flask_babel import lazy_gettext as _l

from marketplace.core.config import rule
from marketplace.core.errors import Invalid, TooMany
from marketplace.files.models import Variant

CHILD = Path(__file__).with_name("redraw.py")
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MEGAPIXELS = rule("PICTURE_MEGAPIXELS", 40, "pictures with more pixels are refused, in millions")
MEMORY_MB = rule("PICTURE_MEMORY_MB", 768, "address space of the child that draws pictures, in MiB")
SECONDS = rule("PICTURE_SECONDS", 20, "time the child may take for one picture, in seconds")
TOO_MANY_PIXELS = 3

logger = structlog.get_logger()
_turn = threading.Lock()  # one picture at a time in each process, so that uploads cannot add up to the machine's memory


@dataclass(frozen=True)
class Drawn:
    """A picture as it is kept: its type, its size in pixels, and the bytes of each variant."""

    type: str
    width: int
    height: int
    bodies: dict[Variant, bytes]


def draw(content: bytes, type_: str) -> Drawn:
    """The picture drawn anew from its pixels alone, in three sizes. Raises Invalid (422), TooMany when all hands are busy."""
    if not _turn.acquire(timeout=SECONDS):
        raise TooMany(_l("Many pictures are arriving just now. Try again in a minute."))
    try:
        return _drawn(content, FORMATS[type_])
    finally:
        _turn.release()


def _drawn(content: bytes, form: str) -> Drawn:
    with tempfile.TemporaryFile() as answer:
        code = _run([sys.executable, "-I", str(CHILD), form, str(MEGAPIXELS), str(MEMORY_MB), str(SECONDS)], content, answer)
        if code != 0:
            _refuse(code)
        answer.seek(0)
        head = json.loads(answer.readline())
        bodies = {variant: answer.read(size) for variant, size in zip(Variant, head["sizes"], strict=True)}
    return Drawn(head["type"], head["width"], head["height"], bodies)


def _run(command: list[str], content: bytes, answer: Any) -> int | None:
    """The child's exit code, negative when it was killed, None when it took too long."""
    try:
        return subprocess.run(command, input=content, stdout=answer, stderr=subprocess.DEVNULL, env={}, cwd="/",
                              timeout=SECONDS + 5).returncode
    except subprocess.TimeoutExpired:
        return None


def _refuse(code: int | None) -> None:
    logger.warning("picture_refused", code=code)
    if code == TOO_MANY_PIXELS:
        raise Invalid(_l("This picture has too many pixels. The most is %(most)s million.", most=MEGAPIXELS))
    raise Invalid(_l("This picture cannot be read. Save it again as JPG or PNG and try once more."))
