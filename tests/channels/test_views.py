"""What people see of their connections."""
from __future__ import annotations

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from marketplace.channels.models import Channel, ChannelStatus
from marketplace.core.db import db
from sandbox.meta.seed import FARHANA, NAKSHI, PITHA
from tests import people
from tests.factories.businesses import make_business
from tests.factories.channels import connect, make_channel
from tests.people import sign_in


def seen(answer):
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def ada(client):
    make_business(people.ada())
    return sign_in(client, people.ada())


def come_back(client, facebook, **consent):
    answer = client.post("/channels/facebook/consents")
    assert answer.status_code == 303
    return client.get("/channels/facebook/callback?" + urlencode(facebook.agree(answer.location, **consent)))


def test_the_whole_way_to_a_connected_page(facebook, ada):
    assert seen(ada.get("/channels")).select_one("form[action='/channels/facebook/consents'] button")
    choice = come_back(ada, facebook, untick=(PITHA,))
    assert choice.status_code == 303
    page = seen(ada.get(choice.location))
    assert "Dhaka Pitha House" in page.select_one(".dy-notice").text
    assert not page.select(f"input[value='{PITHA}']")
    form = page.select_one("form.dy-form")
    brand = form.select_one("select[name=brand] option")["value"]
    done = ada.post(form["action"], data={"page": NAKSHI, "brand": brand})
    assert done.status_code == 303
    page = seen(ada.get(done.location))
    assert "Rakib Hasan" in page.text
    assert page.select_one(".dy-notice--loss")
    assert "Connected" in page.select_one(".dy-page-head").text


def test_nothing_chosen_is_told_beside_the_field(facebook, ada):
    choice = come_back(ada, facebook).location
    form = seen(ada.get(choice)).select_one("form.dy-form")
    answer = ada.post(form["action"], data={})
    assert answer.status_code == 422
    assert seen(answer).select_one(".dy-err-sum")


def test_a_state_from_another_browser_connects_nothing(facebook, ada, app):
    answer = ada.post("/channels/facebook/consents")
    given = facebook.agree(answer.location)
    other = sign_in(app.test_client(), people.ada())
    back = other.get("/channels/facebook/callback?" + urlencode(given), follow_redirects=True)
    assert "begun elsewhere" in back.text
    assert ada.get("/channels/facebook/callback?" + urlencode(given)).location.endswith("/page")


def test_one_who_says_no_is_told_so(facebook, ada):
    answer = ada.post("/channels/facebook/consents")
    given = facebook.cancel(answer.location)
    back = ada.get("/channels/facebook/callback?" + urlencode(given), follow_redirects=True)
    assert "You did not agree on Facebook" in back.text


def test_facebook_down_is_said_and_nothing_typed_is_lost(facebook, ada):
    choice = come_back(ada, facebook).location
    form = seen(ada.get(choice)).select_one("form.dy-form")
    facebook.fault("status:503", f"/{FARHANA}/accounts")
    brand = form.select_one("select[name=brand] option")["value"]
    answer = ada.post(form["action"], data={"page": NAKSHI, "brand": brand})
    assert answer.status_code == 422
    assert "does not answer" in answer.text
    assert seen(answer).select_one(f"input[value='{NAKSHI}'][checked]")
    assert db.session.query(Channel).count() == 0


def test_a_broken_connection_says_why_and_what_to_do(facebook, ada):
    channel = connect(facebook)
    channel.move("break")
    channel.problem = "role_lost"
    page = seen(ada.get(f"/channels/{channel.id}"))
    assert "no role on the page" in page.select_one(".dy-notice--loss").text
    assert page.select_one(".dy-notice--loss form[action='/channels/facebook/consents']")


def test_disconnecting_is_one_button(facebook, ada):
    channel = connect(facebook)
    assert ada.post(f"/channels/{channel.id}/disconnection").status_code == 303
    db.session.expire_all()
    assert channel.status == ChannelStatus.disconnected
    assert ada.post(f"/channels/{channel.id}/disconnection").status_code == 409


@pytest.mark.parametrize(("language", "title"), [("en", "Facebook pages"), ("bn", "ফেসবুক পেজ")])
def test_the_pages_speak_both_languages(ada, language, title):
    people.ada().language = language
    channel = make_channel()
    assert title in seen(ada.get("/channels")).select_one("h1").text
    assert ada.get(f"/channels/{channel.id}").status_code == 200
