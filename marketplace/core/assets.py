"""Static files by content: every address carries a hash of what it holds, so a browser may keep it for ever."""
from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, has_request_context, request, url_for

from marketplace.core.authorisation import public

STATIC = Path(__file__).parents[2] / "static"
SITE_CSS = ("css/theme.css", "vendor/tabler/*.css", "css/layout.css", "css/ui/*.css")
COMPRESSED = {"text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json", "application/manifest+json"}
URL_IN_CSS = re.compile(r"url\((['\"]?)(?!data:|#)([^)'\"]+)\1\)")

pages = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    name: str
    body: bytes
    zipped: bytes | None
    type: str
    digest: str


@pages.get("/assets/<digest>/<path:name>")
@public
def show(digest: str, name: str) -> Response:
    """A static file; immutable, because its address changes with its content."""
    found = read(name)
    if found is None:
        abort(404)
    zipped = found.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.zipped if zipped else found.body, mimetype=found.type)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def asset(name: str) -> str:
    """The address of a file under `static/`, or of the joined `site.css`."""
    return _address(name) if has_request_context() else _whole_address(name)


@cache
def _address(name: str) -> str:
    """Within the site; remembered, because each icon of a page asks for it."""
    return _whole_address(name)


def _whole_address(name: str) -> str:
    found = read(name)
    if found is None:
        raise FileNotFoundError(name)
    return url_for("assets.show", digest=found.digest, name=name)


def serve(app: Flask) -> None:
    """Serve assets and give templates `asset()`. In development changed files are seen at once."""
    app.register_blueprint(pages)
    app.add_template_global(asset, "asset")
    if app.debug:
        app.before_request(_read.cache_clear)
        app.before_request(_address.cache_clear)


def read(name: str) -> Asset | None:
    """The asset of that name, None when there is none (or it lies outside the folder)."""
    return _read(name)


@cache
def _read(name: str) -> Asset | None:
    body = _joined() if name == "site.css" else _file(name)
    if body is None:
        return None
    if name.endswith(".css"):
        body = _hashed_urls(body.decode()).encode()
    type_ = mimetypes.guess_type(name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, 9, mtime=0) if type_ in COMPRESSED else None
    return Asset(name, body, zipped, type_, hashlib.sha256(body).hexdigest()[:12])


def _joined() -> bytes:
    files = [path for pattern in SITE_CSS for path in sorted(STATIC.glob(pattern))]
    return b"\n".join(_rebased(path) for path in files)


def _rebased(path: Path) -> bytes:
    """A stylesheet whose relative addresses are turned into paths under `static/`."""
    def absolute(match: re.Match) -> str:
        return f"url(/{(path.parent / match[2]).resolve().relative_to(STATIC)})" if not match[2].startswith("/") else match[0]
    return URL_IN_CSS.sub(absolute, path.read_text()).encode()


def _hashed_urls(css: str) -> str:
    def hashed(match: re.Match) -> str:
        name = match[2].removeprefix("/static/").lstrip("/")
        found = _read(name)
        return f"url(/assets/{found.digest}/{name})" if found else match[0]
    return URL_IN_CSS.sub(hashed, css)


def _file(name: str) -> bytes | None:
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        return None
    return _rebased(path) if path.suffix == ".css" else path.read_bytes()
