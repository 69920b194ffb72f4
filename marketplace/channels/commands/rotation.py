"""New vault keys: data keys are wrapped anew, secrets stay as they are."""
from __future__ import annotations

from sqlalchemy import select

from marketplace.channels.commands import vault
from marketplace.channels.models import Channel, Consent
from marketplace.core.db import db


def rotate() -> int:
    """Wrap every data key with the first of VAULT_KEYS; how many were wrapped with an older one. Raises Tampered."""
    places = [vault.Place(c.platform, c.external_id, c.id) for c in db.session.scalars(select(Channel))]
    places += [vault.Place(c.platform, c.consenter_id, c.id) for c in db.session.scalars(select(Consent).where(Consent.consenter_id != ""))]
    return sum(vault.rewrap(place) for place in places)
