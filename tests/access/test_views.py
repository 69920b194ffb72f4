"""What people see of the access passport."""
from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from marketplace.access import commands
from marketplace.access.models import Grant, GrantStatus, Right
from marketplace.core import clock
from marketplace.core.db import db
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.channels import make_channel
from tests.people import sign_in


def seen(answer):
    return BeautifulSoup(answer.text, "html.parser")


def day(days):
    return (clock.today() + timedelta(days=days)).date().isoformat()


def test_the_owner_gives_access_from_the_contract(client, app):
    contract = make_working_contract()
    make_channel(contract.business, controllers=[{"id": "7", "name": "Rakib Hasan"}])
    sign_in(client, people.ada())
    link = seen(client.get(f"/contracts/{contract.id}")).select_one("a[href$='/grants/new']")
    page = seen(client.get(link["href"]))
    assert "Rakib Hasan" in page.select_one(".dy-notice--loss").text
    channel = page.select_one("input[name=channel]")["value"]
    data = {"channel": channel, "rights": ["draft", "publish"], "until": day(10)}
    refused = client.post(f"/contracts/{contract.id}/grants", data=data)
    assert (refused.status_code, bool(seen(refused).select_one("#warned-error"))) == (422, True)
    done = client.post(f"/contracts/{contract.id}/grants", data=data | {"warned": "y"})
    assert done.status_code == 303
    passport = seen(client.get(done.location)).select_one(".dy-pass")
    assert [line.span.text for line in passport.select("li:not(.is-no)")] == ["Write posts", "Publish approved posts"]
    assert "Cannot spend on boosts" in passport.text
    assert passport.select_one(".btn-loss")


def test_without_a_page_the_way_to_one_is_shown(client, app):
    contract = make_working_contract()
    sign_in(client, people.ada())
    assert seen(client.get(f"/contracts/{contract.id}/grants/new")).select_one("a.btn-next[href='/channels']")


def test_stopping_is_one_button_and_says_what_remains(client, app):
    grant = make_grant()
    sign_in(client, people.ada())
    assert client.post(f"/grants/{grant.id}/revocation").status_code == 303
    page = seen(client.get(f"/grants/{grant.id}"))
    assert "not yet confirmed by Facebook" in page.text
    assert page.select_one(".dy-pass--off")
    assert not page.select(".btn-loss")
    assert client.post(f"/grants/{grant.id}/revocation").status_code == 409


def test_the_manager_reads_the_passport_but_cannot_change_it(client, app):
    grant = make_grant()
    sign_in(client, people.ben())
    page = seen(client.get(f"/grants/{grant.id}"))
    assert not page.select(".btn-loss")
    for path in ("revocation", "change"):
        assert client.post(f"/grants/{grant.id}/{path}").status_code == 403
    assert grant.status == GrantStatus.active


def test_rights_are_changed_by_a_form(client, app):
    grant = make_grant()
    sign_in(client, people.ada())
    page = seen(client.get(f"/grants/{grant.id}/change"))
    assert len(page.select("input[name=rights][checked]")) == len(grant.rights) == 5
    assert client.post(f"/grants/{grant.id}/change", data={"until": day(5)}).status_code == 422
    assert client.post(f"/grants/{grant.id}/change", data={"rights": ["draft"], "until": day(5)}).status_code == 303
    db.session.expire_all()
    assert db.session.get(Grant, grant.id).rights == ["draft"]


def test_every_use_stands_in_the_log_page_by_page(client, app):
    grant = make_grant()
    for _ in range(25):
        with commands.use(grant, Right.publish, "publish", grant):
            pass
    sign_in(client, people.ben())
    first = seen(client.get(f"/grants/{grant.id}"))
    assert len(first.select(".dy-log li")) == 20
    second = seen(client.get(first.select_one(".dy-pager a")["href"]))
    assert len(second.select(".dy-log li")) == 5
    assert "25 uses today" in first.select_one(".dy-pass").text


@pytest.mark.parametrize(("language", "title"), [("en", "Access passport"), ("bn", "অ্যাক্সেস খাতা")])
def test_the_pages_speak_both_languages(client, app, language, title):
    grant = make_grant()
    people.ada().language = language
    sign_in(client, people.ada())
    assert title in seen(client.get(f"/grants/{grant.id}")).select_one(".dy-pass h2").text
    for path in (f"/grants/{grant.id}/change", f"/contracts/{grant.contract_id}/grants/new", f"/channels/{grant.channel_id}"):
        assert client.get(path).status_code == 200
