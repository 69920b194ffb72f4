"""A failure is told with its number, without its cause, and never fails again on the way."""
import pytest
from sqlalchemy import delete

from marketplace.contracts.models import Milestone
from marketplace.core import navigation
from marketplace.core.db import Gone, db, lock
from tests.factories.contracts import make_milestone
from tests.people import ada, sign_in


@pytest.fixture
def broken_navigation(monkeypatch):
    entry = navigation.Entry("business", 1, "Broken", "site.home", "sun", lambda person: 1 // 0)
    monkeypatch.setitem(navigation._ENTRIES, ("business", "site.home"), entry)


def test_an_unexpected_failure_shows_a_page_with_its_number(client, broken_navigation):
    answer = sign_in(client, ada()).get("/settings")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("language", ["bn", "en"])
def test_what_is_not_there_says_so_in_the_readers_language(client, language):
    answer = client.get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert f'lang="{language}"' in answer.text


@pytest.mark.parametrize("path", ["/", "/nowhere", "/sign-in", "/healthz"])
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_signed_in_pages_are_not_kept_by_caches(client):
    assert sign_in(client, ada()).get("/settings").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/jobs?q=%00", "/managers?q=a%00b", "/managers/%00", "/jobs?after=%00", "/managers?district=%00"])
def test_a_nul_in_an_address_is_a_bad_request(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("text", ["%27%3B--", "%25%5F%5C", "%3Cscript%3E", "%E0%A6", "%F0%9F%A6%8A", "%E2%80%AE", "a" * 4000])
@pytest.mark.parametrize("page", ["/jobs", "/managers"])
def test_no_search_is_too_strange(client, page, text):
    answer = client.get(f"{page}?q={text}&after={text}&district={text}&platform={text}&budget={text}")
    assert answer.status_code in (200, 400)
    assert "<script>" not in answer.text


def test_what_somebody_removed_a_moment_ago_is_a_lost_race_and_no_failure(app):
    milestone = make_milestone()
    db.session.execute(delete(Milestone).where(Milestone.id == milestone.id).execution_options(synchronize_session=False))
    with pytest.raises(Gone) as gone:
        lock(milestone)
    with app.test_request_context("/"):
        assert app.handle_user_exception(gone.value)[1] == 409
