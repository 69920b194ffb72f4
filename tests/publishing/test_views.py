"""What people see of the calendar and of posts."""
from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from marketplace.core import clock
from marketplace.publishing.models import Post, PostStatus
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.files import upload
from tests.factories.publishing import TEXT, make_post, make_scheduled, make_submitted
from tests.people import sign_in


def seen(answer):
    return BeautifulSoup(answer.text, "html.parser")


def typed(grant, **changes):
    evening = (clock.today() + timedelta(days=1)).replace(hour=21, minute=0)
    return {"grant": str(grant.id), "text": TEXT, "publish_at": evening.strftime("%Y-%m-%dT%H:%M"), "act": "submit"} | changes


def test_the_manager_writes_and_the_business_approves(client, app):
    grant = make_grant()
    sign_in(client, people.ben())
    page = seen(client.get(f"/contracts/{grant.contract_id}/posts/new"))
    answer = client.post(page.select_one("form.dy-form")["action"], data=typed(grant, picture=upload()))
    assert answer.status_code == 303
    sign_in(client, people.ada())
    page = seen(client.get("/calendar?day=" + (clock.today() + timedelta(days=1)).date().isoformat()))
    assert TEXT[:30] in page.select_one(".dy-cal__post").text
    form = page.select_one(".dy-feed form")
    approve = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert client.post(form["action"], data=approve).status_code == 303
    post = app.extensions["sqlalchemy"].session.query(Post).one()
    assert (post.status, post.publish_at.astimezone(clock.DHAKA).hour) == (PostStatus.scheduled, 21)
    picture = client.get(page.select_one(".dy-feed img")["src"])
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")


@pytest.mark.parametrize(("changes", "field"), [
    ({"text": ""}, "text"), ({"publish_at": "yesterday"}, "publish_at"), ({"publish_at": "2020-01-01T10:00"}, "publish_at"),
    ({"picture": upload(b"not a picture", "x.png")}, "picture")])
def test_a_mistake_is_told_beside_its_field_and_the_text_is_kept(client, app, changes, field):
    grant = make_grant()
    sign_in(client, people.ben())
    answer = client.post(f"/contracts/{grant.contract_id}/posts", data=typed(grant, **changes))
    assert answer.status_code == 422
    page = seen(answer)
    assert page.select_one(f"#{field}-error")
    assert page.select_one("textarea").text.strip() == ("" if field == "text" else TEXT)


def test_without_access_there_is_nothing_to_write(client, app):
    contract = make_working_contract()
    sign_in(client, people.ben())
    page = seen(client.get(f"/contracts/{contract.id}/posts/new"))
    assert not page.select("textarea")
    assert "gives access" in page.text
    assert client.post(f"/contracts/{contract.id}/posts", data={"text": "x"}).status_code == 422


def test_an_approval_of_something_else_is_refused(client, app):
    post = make_submitted()
    sign_in(client, people.ada())
    assert client.post(f"/posts/{post.id}/approval", data={"hash": "0" * 64}).status_code == 409
    assert post.status == PostStatus.submitted


def test_changes_are_asked_with_words(client, app):
    post = make_submitted()
    sign_in(client, people.ada())
    assert client.post(f"/posts/{post.id}/changes", data={"note": ""}).status_code == 422
    assert client.post(f"/posts/{post.id}/changes", data={"note": "Write the size."}).status_code == 303
    sign_in(client, people.ben())
    assert "Write the size." in seen(client.get(f"/posts/{post.id}")).select_one(".dy-notice--wait").text


def test_a_guarded_post_shows_what_to_look_at(client, app):
    post = make_submitted(text="অর্ডার: 01711223344")
    sign_in(client, people.ada())
    assert "01711223344" in seen(client.get(f"/posts/{post.id}")).select_one(".dy-tag--loss").text


def test_the_week_of_a_contract_stands_on_its_page(client, app):
    post = make_scheduled(at=clock.now() + timedelta(hours=1))
    sign_in(client, people.ada())
    page = seen(client.get(f"/contracts/{post.contract_id}"))
    assert len(page.select(".dy-week li")) == 7
    assert page.select_one(".dy-pass")
    assert page.select_one(f"form[action$='{post.grant_id}/revocation']")


def test_odd_dates_show_this_week(client, app):
    sign_in(client, people.ada())
    for query in ("week=nonsense", "day=2026-13-99", "week=2026-11-18&day=x"):
        assert client.get(f"/calendar?{query}").status_code == 200
    assert "2026-11-14" in client.get("/calendar?week=2026-11-21").text


@pytest.mark.parametrize(("language", "title"), [("en", "Calendar"), ("bn", "ক্যালেন্ডার")])
def test_the_pages_speak_both_languages(client, app, language, title):
    post = make_post()
    people.ben().language = language
    sign_in(client, people.ben())
    assert title in seen(client.get("/calendar")).select_one("h1").text
    for path in (f"/posts/{post.id}", f"/posts/{post.id}/edit", f"/contracts/{post.contract_id}/posts/new"):
        assert client.get(path).status_code == 200
