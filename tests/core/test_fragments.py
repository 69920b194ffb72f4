"""What is drawn once is the same for everybody: it knows its values and the language, nothing else."""
import re
from pathlib import Path

import pytest
from flask import render_template_string
from jinja2 import DictLoader, meta, nodes

from marketplace.core import i18n

TEMPLATES = Path(__file__).parents[2] / "templates"
SOURCES = [*TEMPLATES.rglob("*.html"), *(TEMPLATES.parent / "marketplace").rglob("*.py")]
USED = sorted({name for path in SOURCES for name in re.findall(r"""fragment\(['"]([^'"]+)""", path.read_text())})
KNOWN = {"_", "ngettext", "url_for", "asset", "language", "vocabulary", "dict"}
"""What a fragment may ask for: the same for everybody in one language."""
OF_THE_CLOCK = {"ago", "moment", "day"}


def strangers(environment, name):
    """What a template and those it imports from ask for that depends on more than values and language."""
    environment = environment.overlay()
    environment.globals = {}  # Jinja does not report names that it finds there
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    asked = meta.find_undeclared_variables(tree) - KNOWN | {filter.name for filter in tree.find_all(nodes.Filter)} & OF_THE_CLOCK
    return asked.union(*(strangers(environment, other) for other in meta.find_referenced_templates(tree)))


@pytest.mark.parametrize("name", USED)
def test_a_fragment_asks_nothing_of_the_reader_or_the_clock(app, name):
    assert strangers(app.jinja_env, name) == set()


@pytest.mark.parametrize("source", ["{{ csrf_token() }}", "{{ current_user.name }}", "{{ request.path }}", "{{ moment|ago }}"])
def test_one_that_did_would_be_noticed(app, source):
    inner = "{% from 'inner.html' import draw as within %}{% macro draw() %}{{ within() }}{% endmacro %}"
    loader = DictLoader({"outer.html": inner, "inner.html": "{% macro draw(moment) %}" + source + "{% endmacro %}"})
    assert strangers(app.jinja_env.overlay(loader=loader), "outer.html")


def test_a_fragment_is_drawn_in_each_language_with_its_places_filled_and_escaped(app):
    source = "{{ fragment('layouts/_language.html', token=token, back='') }}"
    drawn = {}
    for language in ("bn", "en", "bn"):
        with app.test_request_context(), i18n.speaking(language):
            drawn[language] = render_template_string(source, token="<script>")
    assert "English" in drawn["bn"]
    assert "বাংলা" in drawn["en"]
    assert "&lt;script&gt;" in drawn["bn"]
