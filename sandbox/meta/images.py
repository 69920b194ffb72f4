"""Pictures: read from an upload or an address, kept, and drawn for pages that have none."""

import base64
import warnings
from dataclasses import dataclass
from io import BytesIO

import requests
from PIL import Image, ImageDraw, ImageFont

from sandbox.meta.errors import GraphError
from sandbox.meta.store import Store

FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP")
# Pillow says SyntaxError of a PNG whose checksum is wrong.
UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)
MOST_BYTES = 10 * 1024 * 1024
TIMEOUT = 10
AVATAR = 200


@dataclass(frozen=True)
class Picture:
    """A picture whose format, width and height (pixels) were read from its bytes."""

    content: bytes
    type: str
    width: int
    height: int


def read_image(upload, url: str) -> Picture:
    """The uploaded file, or what the address answers. GraphError 324 when there is no picture in it."""
    if upload is None and not url:
        raise GraphError("(#324) Requires upload file", 324)
    content = upload.read(MOST_BYTES + 1) if upload is not None else _fetch(url)
    try:
        return _opened(content)
    except UNREADABLE as error:
        message = "(#324) Missing or invalid image file. Photos should be saved as JPG, PNG, GIF, TIFF or WebP files."
        raise GraphError(message, 324, 2069019) from error


def keep_image(store: Store, photo_id: str, picture: Picture) -> None:
    text = base64.b64encode(picture.content).decode()
    store.collection("media")[photo_id] = {"type": picture.type, "content": text}


def kept_image(store: Store, photo_id: str) -> tuple[bytes, str] | None:
    """The bytes and the media type."""
    kept = store.collection("media").get(photo_id)
    return (base64.b64decode(kept["content"]), kept["type"]) if kept else None


def drawn_avatar(page: dict) -> bytes:
    """A PNG of the page's colour and Latin initial: the same for the same page."""
    shade = int(page["id"]) * 2654435761 % 2**24
    image = Image.new("RGB", (AVATAR, AVATAR), (shade >> 16 & 127, shade >> 8 & 127, shade & 127))
    initial = next((letter for letter in page["name"] if letter.isascii() and letter.isalpha()), "P").upper()
    place = (AVATAR // 2, AVATAR // 2)
    ImageDraw.Draw(image).text(place, initial, "white", ImageFont.load_default(120), anchor="mm")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _opened(content: bytes) -> Picture:
    if len(content) > MOST_BYTES:
        raise ValueError("too large")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            facts = (Image.MIME[image.format or ""], image.width, image.height)
            image.verify()
    return Picture(content, *facts)


def _fetch(url: str) -> bytes:
    content = b""
    try:
        answer = requests.get(url, timeout=TIMEOUT, stream=True)
        answer.raise_for_status()
        for chunk in answer.iter_content(64 * 1024):
            content += chunk
            if len(content) > MOST_BYTES:
                break
    except requests.RequestException as error:
        raise GraphError("(#100) The image could not be fetched from the url.", 100, 2069019) from error
    return content
