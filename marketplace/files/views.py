"""Serves uploads so that they can do nothing: no scripts, no sniffing, papers only as attachments."""
from __future__ import annotations

import io

from flask import Blueprint, Response, abort, send_file

from marketplace.core.authorisation import visible
from marketplace.files import commands, queries
from marketplace.files.models import Variant

pages = Blueprint("files", __name__)
FOR_EVER, NOT_SHARED = "public, max-age=31536000, immutable", "private, no-store"


@pages.get("/files/<uuid:file_id>/<variant>")
@visible(queries.rendition_seen_by)
def show(rendition: queries.Rendition) -> Response:
    """One variant of a file."""
    file, original = rendition.file, rendition.variant == Variant.original
    body = commands.body(file, rendition.variant)
    if body is None:
        abort(404)
    name = file.name if original else f"{file.name.rsplit('.', 1)[0]}.webp"
    response = send_file(io.BytesIO(body), mimetype=file.type if original else "image/webp", as_attachment=not file.drawn,
                         download_name=name, etag=f"{file.digest[:32]}-{rendition.variant}")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = FOR_EVER if file.public else NOT_SHARED
    return response
