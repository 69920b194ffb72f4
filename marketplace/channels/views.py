"""Pages of connected channels, and the door Facebook's webhooks come through."""
from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business
from marketplace.channels import commands, policies, queries
from marketplace.channels.forms import PageForm
from marketplace.channels.models import Channel, Consent
from marketplace.core import crypto, navigation, subjects
from marketplace.core.authorisation import allow, machine, signed_in
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer

pages = Blueprint("channels", __name__)
machines = Blueprint("meta_webhooks", __name__)
NONCE = "consent"
"""Where the browser's session keeps what ties a consent to it."""

navigation.add("business", 75, _l("Facebook pages"), "channels.index", "brand-facebook")


def address(channel: Channel) -> str:
    """The connection's page."""
    return url_for("channels.show", channel_id=channel.id)


subjects.register("channel", queries.channel_seen_by, lambda row: row.name, address)


@pages.get("/channels")
@signed_in
def index() -> Any:
    """The pages of the reader's business and how they are; who has none yet makes one first."""
    business = businesses.own(current_user)
    if business is None:
        return redirect(url_for("businesses.create"), 303)
    return render_template("channels/index.html", business=business, channels=queries.channels_of(business))


@pages.post("/channels/facebook/consents")
@allow(policies.connect, businesses.own)
def create_consent(business: Business) -> Response:
    """Off to Facebook's own page."""
    session[NONCE] = crypto.token()
    here = url_for("channels.show_consent", _external=True)
    return redirect(commands.begin_consent(business, current_user, session[NONCE], here), 303)


@pages.get("/channels/facebook/callback")
@signed_in
def show_consent() -> Response:
    """Back from Facebook. Redirects in any case, so that a state that was used stays used."""
    given = request.args
    try:
        consent = commands.end_consent(current_user, session.pop(NONCE, ""), given.get("state", ""), given.get("code", ""))
    except Invalid as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("channels.index"), 303)
    return redirect(url_for("channels.new", consent_id=consent.id), 303)


@pages.get("/channels/consents/<uuid:consent_id>/page")
@allow(policies.choose, queries.consent_seen_by)
def new(consent: Consent) -> Any:
    """Which page?"""
    return _choice(consent, _form(consent))


@pages.post("/channels/consents/<uuid:consent_id>/channels")
@allow(policies.choose, queries.consent_seen_by)
def create(consent: Consent) -> Any:
    """Connect the chosen page."""
    form = _form(consent)
    if form.validate_on_submit():
        try:
            channel = commands.connect_page(consent, form.page.data, uuid.UUID(form.brand.data), current_user)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("%(name)s is connected.", name=channel.name), "success")
            return redirect(address(channel), 303)
    return _choice(consent, form)


@pages.get("/channels/<uuid:channel_id>")
@allow(policies.see_channel, queries.channel_seen_by)
def show(channel: Channel) -> str:
    """How the connection is, who controls the page, who has access."""
    return render_template("channels/channel.html", channel=channel)


@pages.post("/channels/<uuid:channel_id>/disconnection")
@allow(policies.disconnect, queries.channel_seen_by)
def create_disconnection(channel: Channel) -> Response:
    """End the connection."""
    commands.disconnect(channel, current_user)
    flash(_("%(name)s is disconnected. Nobody can do anything on it through us any more.", name=channel.name), "success")
    return redirect(address(channel), 303)


@machines.get("/webhooks/meta")
@machine
def confirm() -> Response:
    """Facebook makes sure that the webhook is ours."""
    commands.confirm_subscription(request.args.get("hub.verify_token", ""))
    return Response(request.args.get("hub.challenge", ""), mimetype="text/plain")


@machines.post("/webhooks/meta")
@machine
def create_event() -> dict[str, bool]:
    """What happened on a page; the signature is over the bytes as they came."""
    return {"new": commands.receive(request.get_data(), request.headers.get("X-Hub-Signature-256", ""))}


def _form(consent: Consent) -> PageForm:
    form = PageForm()
    form.offer(consent.candidates, businesses.brands(consent.business))
    return form


def _choice(consent: Consent, form: PageForm) -> Any:
    unticked = [page["name"] for page in consent.candidates if not page["ticked"]]
    return answer("channels/new.html", form, consent=consent, unticked=unticked)
