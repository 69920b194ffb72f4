"""The pages around everything else, and the two switches every page carries: language and theme."""
from __future__ import annotations

import json
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import text

from marketplace.accounts import commands as accounts
from marketplace.accounts.models import Person
from marketplace.core import assets, i18n, subjects, vocabulary
from marketplace.core.authorisation import public, signed_in
from marketplace.core.db import db
from marketplace.site import queries

pages = Blueprint("site", __name__)
THEMES = ("auto", "light", "dark")
A_YEAR = 365 * 24 * 3600


@pages.get("/")
@public
def landing() -> str:
    """What Dayitto is; figures only when the database holds them."""
    return render_template("site/landing.html", numbers=queries.numbers(), shelf=queries.managers_free_soon(),
                           trades=queries.trades(), contact=_contact(), label=vocabulary.label, districts=vocabulary.DISTRICTS)


@pages.get("/how-it-works")
@public
def how() -> str:
    return render_template("site/how.html")


@pages.get("/pricing")
@public
def pricing() -> str:
    return render_template("site/pricing.html")


@pages.get("/terms")
@public
def terms() -> str:
    return render_template("site/terms.html", contact=_contact())


@pages.get("/privacy")
@public
def privacy() -> str:
    return render_template("site/privacy.html", contact=_contact())


@pages.get("/home")
@signed_in
def home() -> str:
    """Where a signed-in person starts: the next of the first steps, then what waits for them."""
    steps = queries.first_steps(_person())
    asked = [(one, subjects.address(one.row)) for one in queries.waiting_for(_person())]
    return render_template("site/home.html", steps=steps, following=next((step for step in steps if not step.done), None),
                           asked=asked)


@pages.get("/styleguide")
@public
def styleguide() -> str:
    """Every component in every state; in development only."""
    if current_app.extensions["settings"].production:
        abort(404)
    return render_template("site/styleguide.html")


@pages.get("/healthz")
@public
def health() -> Response:
    """Whether this process reaches its database."""
    db.session.execute(text("select 1"))
    return Response("ok\n", mimetype="text/plain")


@pages.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to install the site, under the name it has here."""
    name = current_app.extensions["settings"].site_name
    written = json.loads(assets.read("manifest.webmanifest").body) | {"name": name, "short_name": name, "lang": i18n.language()}
    return Response(json.dumps(written, ensure_ascii=False), mimetype="application/manifest+json")


@pages.get("/service-worker.js")
@public
def service_worker() -> Response:
    """At the root, because a worker reaches only what lies below it; asked for anew each time, so that it can change."""
    answer = Response(assets.read("js/service-worker.js").body, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/offline")
@public
def offline() -> str:
    """Kept by the service worker for when there is no network."""
    return render_template("errors/offline.html")


@pages.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """What search engines may list: the pages for everybody, public profiles, open jobs."""
    body = render_template("site/sitemap.xml", managers=queries.listed_managers(), jobs=queries.listed_jobs())
    return Response(body, mimetype="application/xml")


@pages.get("/robots.txt")
@public
def robots() -> Response:
    body = f"User-agent: *\nAllow: /\nDisallow: /staff/\nDisallow: /files/\nSitemap: {url_for('site.landing', _external=True)}sitemap.xml\n"
    return Response(body, mimetype="text/plain")


@pages.post("/language")
@public
def language() -> Response:
    """Read on in the other language; kept for the person, or in a cookie for a visitor."""
    code = request.form.get("language", "")
    if code not in i18n.LANGUAGES:
        abort(422)
    if current_user.is_authenticated:
        accounts.set_language(current_user, code)
    return _remember("LANGUAGE_COOKIE", code)


@pages.post("/theme")
@public
def theme() -> Response:
    """Light, dark, or as the device has it."""
    code = request.form.get("theme", "")
    if code not in THEMES:
        abort(422)
    return _remember("THEME_COOKIE", code)


def _remember(cookie: str, value: str) -> Response:
    response = make_response(redirect(_back(), 303))
    response.set_cookie(current_app.config[cookie], value, max_age=A_YEAR, samesite="Lax", httponly=True,
                        secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


def _back() -> str:
    """The page the switch was on: its path alone, so that nobody is led elsewhere."""
    came_from = urlsplit(request.referrer or "")
    own = came_from.netloc == request.host and came_from.path.startswith("/") and not came_from.path.startswith("//")
    query = f"?{came_from.query}" if own and came_from.query else ""
    return came_from.path + query if own else url_for("site.landing")


def _person() -> Person:
    return current_user._get_current_object()


def _contact() -> dict[str, str]:
    settings = current_app.extensions["settings"]
    return {"phone": settings.contact_phone, "address": settings.contact_address, "email": settings.contact_email}
