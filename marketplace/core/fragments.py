"""Fragments: pieces of pages that are drawn once and shown again.

A fragment is a template with a macro `draw`. It is imported without the page's context and may ask for nothing of the
request, the reader or the clock (a test reads the templates): it knows the values it is given and the language. So what it
drew holds for whoever asks with the same values, and nothing has to be thrown away when a row changes: the changed values
are others. What differs from reader to reader is put into its `%(places)s` afterwards.
"""
from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache, partial

from flask import Flask, current_app
from jinja2 import Environment
from markupsafe import Markup

from marketplace.core.i18n import language

KEPT = 2000
"""How many a process keeps, those longest unused dropped first: 2 to 10 KB each."""


def keep_fragments(app: Flask) -> None:
    """Give templates `fragment(template, *shown, **places)`. In development a changed template is seen at once."""
    drawn = app.extensions["fragments"] = lru_cache(KEPT)(partial(_draw, app.jinja_env))
    app.add_template_global(fragment)
    if app.debug:
        app.before_request(drawn.cache_clear)


def fragment(template: str, *shown: Hashable, **places: str) -> Markup:
    """What the template's macro `draw` makes of these values, with the places filled in."""
    piece = current_app.extensions["fragments"](template, language(), *shown)
    return piece % places if places else piece


def _draw(environment: Environment, template: str, _language: str, *shown: Hashable) -> Markup:
    return environment.get_template(template).module.draw(*shown)  # type: ignore[attr-defined]
