"""The child that draws pictures anew: `python -I redraw.py FORMAT MEGAPIXELS MEMORY_MB SECONDS < picture > answer`.

Run apart from the web process, because decoding is where strangers' bytes do harm. It limits its own memory, time and
output before it reads a byte, looks at the size before it decodes, and writes a JSON line and then the pictures: nothing
of the sent bytes passes but the pixels. Exit codes: 0 drawn, 3 too many pixels, 4 not a whole picture.
"""
from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps

DRAWN, TOO_LARGE, BROKEN = 0, 3, 4
ORIGINAL, CARD, THUMB = (2560, 2560), (720, 720), (240, 240)
MOST_OUTPUT = 64 * 1024 * 1024


def main(source: BinaryIO, target: BinaryIO, form: str, megapixels: int, memory_mb: int, seconds: int) -> int:
    """Draw one picture; the exit code."""
    _limit(memory_mb * 1024 * 1024, seconds)
    Image.MAX_IMAGE_PIXELS = None  # our own bound stands below, before the decoder runs
    content = source.read()
    try:
        return _draw(content, form, megapixels * 1_000_000, target)
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError):
        return BROKEN


def _limit(memory: int, seconds: int) -> None:
    for which, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, MOST_OUTPUT),
                        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 16)):
        resource.setrlimit(which, (most, most))


def _draw(content: bytes, form: str, most_pixels: int, target: BinaryIO) -> int:
    head = Image.open(io.BytesIO(content), formats=[form])
    if head.width * head.height > most_pixels:
        return TOO_LARGE
    head.verify()
    picture = _upright(Image.open(io.BytesIO(content), formats=[form]))
    _answer(picture, form, target)
    return DRAWN


def _upright(picture: Image.Image) -> Image.Image:
    """The first frame, small enough, in sRGB, turned as the camera was held."""
    picture.draft("RGB", ORIGINAL)
    profile = picture.info.get("icc_profile")
    turned = ImageOps.exif_transpose(_plain(picture))
    turned.thumbnail(ORIGINAL, Image.Resampling.LANCZOS)
    return _in_srgb(turned, profile) if profile else turned


def _plain(picture: Image.Image) -> Image.Image:
    """Red, green, blue, and transparency where there is some."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Phones photograph in wider colours; browsers without the profile would show them dull."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=picture.mode)
    except (ImageCms.PyCMSError, OSError):
        return picture


def _answer(picture: Image.Image, form: str, target: BinaryIO) -> None:
    keep = "PNG" if form == "PNG" or picture.mode == "RGBA" else "JPEG"
    card = picture.copy()
    card.thumbnail(CARD, Image.Resampling.LANCZOS)
    bodies = [_saved(picture, keep), _saved(card, "WEBP"), _saved(ImageOps.fit(picture, THUMB, Image.Resampling.LANCZOS), "WEBP")]
    head = {"type": Image.MIME[keep], "width": picture.width, "height": picture.height, "sizes": [len(body) for body in bodies]}
    target.write(json.dumps(head).encode() + b"\n" + b"".join(bodies))


def _saved(picture: Image.Image, form: str) -> bytes:
    """The picture's pixels in a format; `info` is emptied, so no profile, comment, EXIF or GPS goes along."""
    picture.info = {}
    options: dict[str, Any] = {"JPEG": {"quality": 88, "optimize": True, "progressive": True}, "PNG": {"optimize": False},
                               "WEBP": {"quality": 80, "method": 4}}[form]
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


if __name__ == "__main__":
    raise SystemExit(main(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1], *map(int, sys.argv[2:5])))
