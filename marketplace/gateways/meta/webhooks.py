"""What Facebook tells us by itself, and how we know that it was Facebook."""
from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from marketplace.gateways.meta.asking import settings


class Forged(Exception):
    """A webhook that Facebook did not sign."""


def verified_event(body: bytes, signature: str) -> dict[str, Any]:
    """What a webhook says. Raises Forged unless Facebook signed exactly these bytes."""
    right = "sha256=" + hmac.new(settings().meta_app_secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise Forged()
    try:
        payload = json.loads(body)
    except ValueError:
        raise Forged() from None
    if not isinstance(payload, dict):
        raise Forged()
    return payload


def knows_our_token(token: str) -> bool:
    """Whether whoever asks us to confirm a webhook knows the word we gave Facebook."""
    return hmac.compare_digest(settings().meta_webhook_token.encode(), token.encode())
