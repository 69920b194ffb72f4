"""What people may see of the name a file came with."""
from __future__ import annotations

import re
from pathlib import PureWindowsPath

from marketplace.core.forms import clean

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
UNSAFE = re.compile(r'[<>:"|?*%\r\n\t\u200e\u200f]')
LONGEST = 100


def safe_name(name: str | None, type_: str) -> str:
    """The last part of the name without what any system minds, with the ending of what the file truly is. Bengali stays."""
    stem = UNSAFE.sub("", (clean(name) or "").replace("\\", "/").rsplit("/", 1)[-1])
    stem = stem.rsplit(".", 1)[0] if "." in stem.strip(".") else stem
    stem = stem.strip(". ")[:LONGEST].strip(". ")
    return ("file" if not stem or PureWindowsPath(stem).is_reserved() else stem) + ENDINGS[type_]
