"""The HTTP side: the sandbox's own pages and controls, and a blueprint for each vendor."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, Response, send_from_directory

from sandbox import controls, pages
from sandbox.traffic import VENDORS, watch
from sandbox.world import World

CONTENT_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; base-uri 'none'"
FONTS = Path(__file__).parents[1] / "static" / "fonts"
UPLOAD_LIMIT = 32 * 1024 * 1024


def create_app(world: World, vendors: Iterable[str] = VENDORS) -> Flask:
    """The sandbox over one world, with those of its vendors that are there."""
    app = Flask("sandbox")
    app.config["MAX_CONTENT_LENGTH"] = UPLOAD_LIMIT
    watch(app, world)
    app.after_request(_secure)
    app.context_processor(lambda: {"world": world})
    app.add_url_rule("/fonts/<name>", view_func=_font)
    app.register_blueprint(controls.blueprint(world))
    app.register_blueprint(pages.blueprint(world))
    for vendor in vendors:
        if find_spec(f"sandbox.{vendor}"):
            app.register_blueprint(import_module(f"sandbox.{vendor}").blueprint(world), url_prefix=f"/{vendor}")
    return app


def _font(name: str) -> Response:
    """A font of the project, so that Bengali reads on a machine that has none."""
    return send_from_directory(FONTS, name, max_age=3600)


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
