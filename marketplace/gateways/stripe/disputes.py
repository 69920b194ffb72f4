"""Charge-backs at Stripe, and our answer to them."""
from __future__ import annotations

from typing import Any, BinaryIO

from marketplace.gateways.stripe.asking import read, write


def dispute(dispute_id: str) -> dict[str, Any]:
    """A charge-back as it is now, with its balance transactions."""
    return read(lambda client: client.v1.disputes.retrieve(dispute_id))


def upload_evidence(file: BinaryIO, key: str) -> dict[str, Any]:
    """Give Stripe a file of evidence; its name is the file's."""
    return write(lambda client: client.v1.files.create({"purpose": "dispute_evidence", "file": file}, {"idempotency_key": key}))


def answer_dispute(dispute_id: str, params: dict[str, Any], key: str) -> dict[str, Any]:
    """Keep evidence for a charge-back, or send it to the bank."""
    return write(lambda client: client.v1.disputes.update(dispute_id, params, {"idempotency_key": key}))
