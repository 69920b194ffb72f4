"""Files: evidence for disputes. Kept by name and size."""

from flask import request

from sandbox.stripe.errors import InvalidParameter
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store

LARGEST = 5 * 1024 * 1024


def create(store: Store, params: Params) -> dict:
    purpose = params.choice("purpose", "dispute_evidence", required=True)
    params.done()
    upload = request.files.get("file")
    if upload is None:
        raise InvalidParameter("Missing required param: file.", code="parameter_missing", param="file")
    size = upload.stream.seek(0, 2)
    if size > LARGEST:
        raise InvalidParameter("This file is too large; at most 5 MB.", code="file_too_large", param="file")
    kind = (upload.filename or "").rpartition(".")[2].lower()
    return store.add(
        "file", "file", expires_at=None, filename=upload.filename, links=None, purpose=purpose, size=size, title=None,
        type=kind or None, url=None,
    )  # fmt: skip
