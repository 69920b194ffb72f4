"""Builds the application; alone knows all domains."""
from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlsplit

import click
from flask import Flask, g, has_request_context, request
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.core import (
    assets,
    authorisation,
    calendar,
    clock,
    compression,
    config,
    db,
    errors,
    fragments,
    headers,
    i18n,
    limits,  # noqa: F401 - its table
    log,
    mail,
    navigation,
    sessions,
    slots,
    tasks,
    templates,
    vocabulary,
    worker,
)

# From the lowest to the highest, so that upper domains register their panels on pages that exist.
DOMAINS = (
    "accounts", "ledger", "notifications", "files", "firewall", "businesses", "managers", "payments", "messaging",
    "channels", "vetting", "jobs", "bids", "contracts", "access", "publishing", "inbox", "boosts", "insights",
    "disputes", "reviews", "moderation", "reporting", "integrations", "site",
)
DOORS = ("models", "commands", "views", "api", "cli", "subscribers")

csrf = CSRFProtect()


def create_app(settings: config.Settings | None = None) -> Flask:
    """The WSGI application for these settings (the environment's by default)."""
    settings = settings or config.load()
    app = Flask("marketplace", root_path=str(assets.STATIC.parent / "marketplace"), static_folder=None,
                template_folder=str(assets.STATIC.parent / "templates"))
    app.jinja_environment = templates.Templates
    app.session_interface = sessions.SignedCookie()
    app.extensions["settings"] = settings
    app.config.update(_flask_settings(settings))
    _install(app, settings)
    for domain in DOMAINS:
        _open(app, domain)
    authorisation.every_route_is_marked(app)
    return app


def _flask_settings(settings: config.Settings) -> dict[str, object]:
    site = urlsplit(settings.site_url)
    prefix = "__Host-" if settings.secure else ""
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "test",
        "SERVER_NAME": site.netloc,
        "PREFERRED_URL_SCHEME": site.scheme,
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE": f"{prefix}language",
        "THEME_COOKIE": f"{prefix}theme",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "SIGN_IN_ENDPOINT": "accounts.sign_in",
        "FORM_TARGETS": _form_targets(settings),
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": int(settings.mail_port),
        "MAIL_USERNAME": settings.mail_username or None,
        "MAIL_PASSWORD": settings.mail_password or None,
        "MAIL_USE_TLS": settings.mail_tls == "starttls",
        "MAIL_USE_SSL": settings.mail_tls == "ssl",
        "MAIL_DEFAULT_SENDER": settings.mail_sender,
        "MAIL_SUPPRESS_SEND": False,
        "MAIL_DOMAIN": site.hostname,
    }


def _form_targets(settings: config.Settings) -> list[str]:
    """Where a form's redirect may lead outside: Stripe's and Facebook's pages."""
    stripe = ["https://checkout.stripe.com", "https://connect.stripe.com"]
    meta = ["https://www.facebook.com"]
    sandbox = {f"{u.scheme}://{u.netloc}" for u in (urlsplit(settings.stripe_api_url), urlsplit(settings.meta_dialog_url))}
    return sorted(sandbox) if settings.on_sandbox else stripe + meta


def _install(app: Flask, settings: config.Settings) -> None:
    """The mechanisms of core, in the order their hooks run."""
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1) if settings.production else app.wsgi_app  # type: ignore[method-assign]
    clock.follow(None if settings.production else settings.clock_file or None)
    calendar.announce(settings.holidays)
    log.write_logs(app)
    compression.compress(app)
    db.db.init_app(app)
    if click.get_current_context(silent=True):  # only commands migrate; alembic takes a third of a server's time to start
        import_module("flask_migrate").Migrate(app, db.db, directory=str(assets.STATIC.parent / "migrations"))
    headers.protect(app)
    csrf.init_app(app)
    csrf.exempt(headers.create_report)
    mail.mailer.init_app(app)
    tasks.bind(app)
    i18n.speak(app)
    assets.serve(app)
    fragments.keep_fragments(app)
    errors.show_errors(app)
    db.commit_at_the_edge(app)
    worker.register(app)
    _give_templates(app, settings)


def _give_templates(app: Flask, settings: config.Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_global(authorisation.can, "can")
    app.add_template_global(slots.slot, "slot")
    app.add_template_global(clock.now, "now")
    app.add_template_global(vocabulary, "vocabulary")

    @app.context_processor
    def frame() -> dict[str, object]:
        links = LocalProxy(cache(_links))  # counted only by a layout that shows them: public pages do not
        return {"site_name": settings.site_name, "locale": i18n.language(), "sandbox_badge": settings.on_sandbox,
                "navigation": links, "tabs": LocalProxy(lambda: links[:5]), "theme": _theme(app), "request_id": g.get("request_id", "")}


def _links() -> list[navigation.Link]:
    return [] if g.get("bare") or not current_user else navigation.links(current_user, _audiences())


def _theme(app: Flask) -> str:
    chosen = request.cookies.get(app.config["THEME_COOKIE"]) if has_request_context() else None
    return chosen if chosen in {"light", "dark"} else "auto"


def _audiences() -> set[str]:
    return set(current_user.audiences) if current_user.is_authenticated else set()


def _open(app: Flask, domain: str) -> None:
    """Import the doors a domain has; machines' blueprints are free of CSRF because they prove themselves by signature."""
    for door in DOORS:
        if find_spec(f"marketplace.{domain}") is None or find_spec(f"marketplace.{domain}.{door}") is None:
            continue
        module = import_module(f"marketplace.{domain}.{door}")
        if hasattr(module, "pages"):
            app.register_blueprint(module.pages)
        if hasattr(module, "machines"):
            csrf.exempt(module.machines)
            app.register_blueprint(module.machines)
        if hasattr(module, "register"):
            module.register(app)
