"""Uploads: real pictures and papers."""
from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

from marketplace.accounts.models import Person
from marketplace.files import commands
from marketplace.files.models import File, Purpose

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@cache
def picture(form: str = "PNG", size: tuple[int, int] = (320, 240), colour: str = "#0c4f3a", mode: str = "RGB", **options: object) -> bytes:
    """A small drawing in a format."""
    image = Image.new(mode, size, colour)
    ImageDraw.Draw(image).ellipse((20, 20, size[0] // 2, size[1] // 2), fill="#eea81f")
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def upload(content: bytes | None = None, name: str = "work.png") -> tuple[io.BytesIO, str]:
    """What a test client posts for a file field."""
    return io.BytesIO(content if content is not None else picture()), name


def make_file(by: Person, purpose: Purpose = Purpose.portfolio, content: bytes | None = None, name: str = "work.png",
              **changes: object) -> File:
    """A stored file."""
    return commands.store(io.BytesIO(content if content is not None else picture()), name, purpose, by, **changes)
