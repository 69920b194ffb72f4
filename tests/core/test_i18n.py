"""Numbers, money and moments as people write them in each language."""
from datetime import UTC, datetime, timedelta

import pytest
from flask import render_template_string

from marketplace.core import clock, i18n


@pytest.fixture
def speaking(app):
    def say(language, template, **context):
        with app.test_request_context(), i18n.speaking(language):
            return render_template_string(template, **context)
    return say


FRIDAY = datetime(clock.today().year, 11, 27, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(("language", "source", "said"), [
    ("bn", "{{ 700000|money }}", "৳\u00a0৭,০০০"), ("en", "{{ 700000|money }}", "৳7,000"),
    ("bn", "{{ 384250000|money }}", "৳\u00a0৩৮,৪২,৫০০"), ("en", "{{ 384250000|money }}", "৳38,42,500"),
    ("en", "{{ 4050|money('USD') }}", "$40.50"), ("en", "{{ (-700050)|money }}", "−৳7,000.50"),
    ("bn", "{{ 1234567|number }}", "১২,৩৪,৫৬৭"), ("en", "{{ 999|number }}", "999"),
])
def test_amounts(speaking, language, source, said):
    assert speaking(language, source) == said


def test_constants_are_not_folded_into_one_language(speaking):
    assert speaking("bn", "{{ 5|number }}") + speaking("en", "{{ 5|number }}") == "৫5"


def test_moments(speaking):
    assert "২৭ নভেম্বর, রাত ৯টা" in speaking("bn", "{{ at|moment }}", at=FRIDAY)
    assert "27 November, 9 pm" in speaking("en", "{{ at|moment }}", at=FRIDAY)


@pytest.mark.parametrize(("language", "said"), [("bn", ("দুপুর ২টা", "সকাল ৯টা")), ("en", ("2 pm", "9 am"))])
def test_whole_hours(speaking, language, said):
    with i18n.speaking(language):
        assert (i18n.hour(14), i18n.hour(9)) == said


def test_relative_time_carries_the_exact_one(speaking):
    said = speaking("bn", "{{ at|ago }}", at=clock.now() - timedelta(hours=2, minutes=5))
    assert "২ ঘণ্টা আগে" in said
    assert "title=" in said
    assert "3 days" in speaking("en", "{{ at|ago }}", at=clock.now() + timedelta(days=3, minutes=1))


@pytest.mark.parametrize(("header", "cookie", "language"), [
    ("bn", None, "bn"), ("en-GB,en", None, "en"), ("fr", None, "bn"), ("bn", "en", "en"), ("en", "xx", "en"),
])
def test_a_visitor_is_read_in_their_language(app, header, cookie, language):
    headers = {"Accept-Language": header, **({"Cookie": f"language={cookie}"} if cookie else {})}
    with app.test_request_context(headers=headers):
        assert i18n.preferred() == language


def test_paper_names_the_year_also_when_it_is_this_one(app):
    with i18n.speaking("bn"):
        assert i18n.dated(FRIDAY.date()) == i18n.digits(f"27 নভেম্বর {FRIDAY.year}")
