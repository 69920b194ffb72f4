"""The pictures of the README: main pages in Bengali, phone and desktop, each at most 120 KB."""
from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MOST_BYTES = 120_000
SIZES = {"phone": (390, 844, 2), "desktop": (1280, 860, 1)}
# name in the README: whose eyes, the page's name (as in var/shots), what stands on it
PAGES = {
    "landing": ("visitor", "landing", ""),
    "managers": ("visitor", "managers", "Ben Das"),
    "manager": ("visitor", "managers-ben-das", "dy-checked"),
    "jobs": ("visitor", "jobs", "dy-rows__price"),
    "job": ("visitor", "jobs", "dy-cost"),
    "job-form": ("ada", "jobs-edit", "budget_minor"),
    "compare-bids": ("ada", "jobs-compare", "Ben Das"),
    "offer": ("ada", "offers", "dy-changed"),
    "contract": ("ada", "contracts", "milestones//approval"),
    "funding": ("ada", "milestones-funding", ""),
    "wallet": ("ben", "wallet", ""),
    "queue": ("sam", "staff-jobs", "dy-case"),
    "passport": ("ada", "grants", "revocation"),
    "calendar": ("ada", "calendar", "dy-cal__post"),
}


def save(name: str, png: bytes) -> Path:
    """Keep a picture as WebP, as good as fits."""
    path = FOLDER / f"{name}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small(Image.open(io.BytesIO(png)).convert("RGB")))
    return path


def small(image: Image.Image) -> bytes:
    """The picture as WebP of at most `MOST_BYTES`."""
    for quality in (88, 80, 70, 60, 45, 30):
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()
