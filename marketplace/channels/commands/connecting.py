"""From "connect" to a connected page: consent on the platform's own screen, then the choice of a page."""
from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.businesses import commands as businesses
from marketplace.businesses.models import Business
from marketplace.channels.commands import vault
from marketplace.channels.models import Channel, ChannelStatus, Consent
from marketplace.core import audit, clock, crypto, limits
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid
from marketplace.core.tasks import sweep
from marketplace.gateways import meta

FACEBOOK = "facebook"
CONSENT_MINUTES = rule("CONSENT_MINUTES", 20, "minutes to agree on the platform's page, and again to choose a page")
CONNECTIONS_A_DAY = rule("CONNECTIONS_A_DAY", 30, "connections a business may begin in a day")


def begin_consent(business: Business, person: Person, nonce: str, redirect_url: str) -> str:
    """The address to send the person to. `nonce` is known to their browser's session alone."""
    limits.hit(f"connections:{business.id}", CONNECTIONS_A_DAY, per=timedelta(days=1))
    state, verifier = crypto.token(), crypto.token(48)
    db.session.add(Consent(
        business_id=business.id, person_id=person.id, platform=FACEBOOK, state=crypto.fingerprint(state),
        binding=crypto.fingerprint(nonce), verifier=crypto.seal("consent", verifier), redirect_url=redirect_url,
        expires_at=clock.now() + timedelta(minutes=CONSENT_MINUTES)))
    return meta.consent_url(state, verifier, redirect_url)


def end_consent(person: Person, nonce: str, state: str, code: str) -> Consent:
    """The person came back: use up the state and read which pages there are.

    Raises Invalid for a state of another person, browser or time, one that was used, and when the platform refuses.
    """
    consent = _use_up(person, nonce, state)
    if not code:
        raise Invalid(_l("You did not agree on Facebook. Nothing was connected."))
    with _told():
        token = meta.exchange(code, crypto.unseal("consent", consent.verifier), consent.redirect_url)
        consent.consenter_id = meta.person(token)["id"]
        consent.candidates = [_candidate(page) for page in meta.pages(consent.consenter_id, token)]
    consent.expires_at = clock.now() + timedelta(minutes=CONSENT_MINUTES)
    vault.keep(_place(consent), {"user": token})
    return consent


def connect_page(consent: Consent, page_id: str, brand_id: uuid.UUID | None, by: Person) -> Channel:
    """Connect one of the ticked pages, or connect it again: then its row, its posts and its comments stay.

    Raises Invalid (field `page`) for a page that was not ticked, is connected elsewhere, or may not be read.
    """
    user_token = (vault.read(_place(consent)) or {})["user"]
    with _told("page"):
        page = _chosen(consent, page_id, user_token)
        channel = _channel(consent, page, by)
        channel.controllers, channel.roles_read_at = _roles(page)
        meta.subscribe(page["id"], page["access_token"])
    channel.brand_id = brand_id or channel.brand_id
    vault.keep(vault.Place(channel.platform, channel.external_id, channel.id), {"page": page["access_token"], "user": user_token})
    businesses.prove_page(consent.business)
    return channel


@sweep
def forget_consents() -> None:
    """Consents nobody chose from, with the tokens they hold."""
    old = select(Consent).where(Consent.expires_at < clock.now()).limit(100)
    for consent in db.session.scalars(old):
        vault.forget(consent.id)
        db.session.delete(consent)


def _use_up(person: Person, nonce: str, state: str) -> Consent:
    consent = db.session.scalars(select(Consent).where(Consent.state == crypto.fingerprint(state))).first()
    if consent is not None:
        lock(consent)
    if (consent is None or consent.used_at or consent.person_id != person.id or clock.now() >= consent.expires_at
            or not crypto.equal(consent.binding, crypto.fingerprint(nonce))):
        raise Invalid(_l("This connection was begun elsewhere or took too long. Begin again."))
    consent.used_at = clock.now()
    return consent


def _candidate(page: dict[str, Any]) -> dict[str, Any]:
    return {"id": page["id"], "name": page["name"], "followers": page.get("followers_count"), "ticked": bool(page.get("access_token"))}


def _chosen(consent: Consent, page_id: str, user_token: str) -> dict[str, Any]:
    """The page with a token of its own. Without one it was not ticked, and the person's token must never stand in for it."""
    page = next((one for one in meta.pages(consent.consenter_id, user_token) if one["id"] == page_id), {})
    if page.get("access_token", user_token) == user_token:
        raise Invalid(_l("You did not tick this page on Facebook. Connect again and tick it there."), field="page")
    return page


def _channel(consent: Consent, page: dict[str, Any], by: Person) -> Channel:
    channel = _known(consent, page["id"]) or Channel(
        business_id=consent.business_id, platform=consent.platform, external_id=page["id"], name=page["name"], person_id=by.id,
        consenter_id=consent.consenter_id, connected_at=clock.now(), checked_at=clock.now())
    channel.name, channel.followers, channel.link = page["name"], page.get("followers_count"), page.get("link", "")
    channel.tasks, channel.person_id, channel.consenter_id = list(page.get("tasks", [])), by.id, consent.consenter_id
    channel.connected_at = channel.checked_at = clock.now()
    channel.problem = channel.disconnected_at = channel.withdrawn_at = None
    if channel in db.session:
        channel.move("reconnect", by=by)
    else:
        db.session.add(channel)
        db.session.flush()
        audit.record("channel.connect", channel, by, page=channel.external_id)
    return channel


def _known(consent: Consent, page_id: str) -> Channel | None:
    """This business's own row of the page. Raises Invalid while another business is connected to it."""
    rows = db.session.scalars(select(Channel).where(Channel.platform == consent.platform, Channel.external_id == page_id)).all()
    if any(row.business_id != consent.business_id and row.status != ChannelStatus.disconnected for row in rows):
        raise Invalid(_l("Another business has connected this page. It must be disconnected there first."), field="page")
    return next((row for row in rows if row.business_id == consent.business_id), None)


def _roles(page: dict[str, Any]) -> tuple[list[dict[str, Any]], Any]:
    try:
        return meta.controllers(page["id"], page["access_token"]), clock.now()
    except meta.NotAllowed:
        return [], None


def _place(consent: Consent) -> vault.Place:
    return vault.Place(consent.platform, consent.consenter_id, consent.id)


@contextmanager
def _told(field: str | None = None) -> Iterator[None]:
    """What the platform answers, as a refusal people can read."""
    try:
        yield
    except meta.NotAllowed:
        raise Invalid(_l("You need more rights on this page, or did not give all permissions on Facebook."), field=field) from None
    except meta.Refused as refusal:
        raise Invalid(_l("Facebook refused: %(reason)s", reason=refusal.reason), field=field) from None
    except (meta.Unanswered, meta.SlowDown):
        raise Invalid(_l("Facebook does not answer just now. Try again in a few minutes."), field=field) from None
