"""What kills a token, the proof that goes with it, and the codes and subcodes said."""

import pytest
import requests
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User

from sandbox.meta.logins import LONG_LIFE
from sandbox.meta.seed import FARHANA, GADGET, NAKSHI, PITHA, RAKIB
from tests.sandbox.meta.consent import api, callback, connect, consent_form, decide, exchange, graph, page_api

STATES = {"checkpointed": 459, "password_changed": 460, "unconfirmed": 464, "signed_out": 467}


@pytest.mark.parametrize(("state", "subcode"), STATES.items())
def test_what_happens_to_an_account_ends_its_tokens(sandbox, refused, state, subcode):
    user, page = api(sandbox, connect(sandbox)), page_api(sandbox)
    requests.post(f"{sandbox.base_url}/meta/world/people/{FARHANA}/state", json={"state": state}, timeout=5)
    assert refused(User("me", api=user).api_get) == (190, subcode, 400)
    assert refused(Page(NAKSHI, api=page).create_feed, params={"message": "never"}) == (190, subcode, 400)
    assert sandbox.collection("meta.posts") == {}


@pytest.mark.parametrize("state", ["password_changed", "signed_out"])
def test_a_new_consent_works_after_sessions_ended(sandbox, state):
    connect(sandbox)
    requests.post(f"{sandbox.base_url}/meta/world/people/{FARHANA}/state", json={"state": state}, timeout=5)
    assert User("me", api=api(sandbox, connect(sandbox))).api_get()["id"] == FARHANA


def test_a_state_that_does_not_exist_is_refused(sandbox):
    answer = requests.post(f"{sandbox.base_url}/meta/world/people/{FARHANA}/state", json={"state": "happy"}, timeout=5)
    assert answer.status_code == 422
    assert sandbox.collection("meta.people")[FARHANA]["state"] == "ok"


def test_revoking_the_permissions_kills_every_token_of_the_consent(sandbox, refused):
    token = connect(sandbox)
    page = page_api(sandbox)
    User("me", api=api(sandbox, token)).delete_permissions()
    assert refused(User("me", api=api(sandbox, token)).api_get) == (190, 458, 400)
    assert refused(Page(NAKSHI, api=page).api_get) == (190, 458, 400)
    connect(sandbox)
    assert refused(Page(NAKSHI, api=page).api_get) == (190, 467, 400)


def test_the_person_can_remove_the_app_at_facebook(sandbox, refused):
    page = page_api(sandbox)
    requests.post(f"{sandbox.base_url}/meta/world/people/{FARHANA}/removal", timeout=5)
    assert refused(Page(NAKSHI, api=page).api_get) == (190, 458, 400)


def test_one_permission_can_be_revoked_by_parameter_and_by_path(sandbox, refused):
    token = connect(sandbox)
    user = User("me", api=api(sandbox, token))
    user.delete_permissions(params={"permission": "pages_manage_posts"})
    api(sandbox, token).call("DELETE", ("me", "permissions", "business_management"))
    page = Page(NAKSHI, api=page_api(sandbox, without=("pages_manage_posts", "business_management")))
    assert refused(page.create_feed, params={"message": "never"}) == (200, None, 403)
    assert refused(user.get_businesses) == (10, None, 403)
    assert len(list(user.get_accounts())) == 3


def test_a_user_token_expires_and_the_page_token_of_a_long_one_does_not(sandbox, refused):
    user, page = api(sandbox, connect(sandbox)), page_api(sandbox)
    sandbox.advance(LONG_LIFE)
    assert refused(User("me", api=user).api_get) == (190, 463, 400)
    assert Page(NAKSHI, api=page).api_get()["id"] == NAKSHI


def test_the_page_token_of_a_short_token_ends_with_it(sandbox, refused):
    code = decide(sandbox, consent_form(sandbox, FARHANA))["code"][0]
    short = exchange(sandbox, code=code, redirect_uri=callback(sandbox)).json()
    token = Page(NAKSHI, api=api(sandbox, short["access_token"])).api_get(fields=["access_token"])["access_token"]
    sandbox.advance(short["expires_in"])
    assert refused(Page(NAKSHI, api=api(sandbox, token)).api_get) == (190, 463, 400)


def test_a_page_token_dies_with_the_role(sandbox, refused):
    page = page_api(sandbox, PITHA)
    roles = f"{sandbox.base_url}/meta/world/pages/{PITHA}/roles"
    assert requests.post(roles, json={"person": FARHANA, "tasks": []}, timeout=5).status_code == 201
    assert refused(Page(PITHA, api=page).api_get) == (190, 492, 400)
    assert requests.post(roles, json={"person": FARHANA, "tasks": ["FLY"]}, timeout=5).status_code == 422


def test_the_proof_is_required_and_must_be_right(sandbox):
    token, me = connect(sandbox), f"{graph(sandbox)}/v26.0/me"
    missing = requests.get(me, params={"access_token": token}, timeout=5)
    wrong = requests.get(me, params={"access_token": token, "appsecret_proof": "0" * 64}, timeout=5)
    for answer in (missing, wrong):
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert (error["code"], error["type"]) == (100, "GraphMethodException")
        assert "appsecret_proof" in error["message"]
        assert error["fbtrace_id"]


def test_a_proof_of_another_secret_is_wrong(sandbox, refused):
    assert refused(User("me", api=api(sandbox, connect(sandbox), "another-secret")).api_get) == (100, None, 400)


@pytest.mark.parametrize(("token", "code"), [("", 104), ("EAAmadeup", 190)])
def test_no_token_and_a_made_up_one(sandbox, token, code):
    answer = requests.get(f"{graph(sandbox)}/me", params={"access_token": token}, timeout=5)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert "error_subcode" not in answer.json()["error"]
    assert answer.headers["WWW-Authenticate"].startswith('OAuth "Facebook Platform"')


def test_a_scope_is_not_enough_without_the_task(sandbox, refused):
    page = Page(GADGET, api=page_api(sandbox, GADGET))
    assert refused(page.create_feed, params={"message": "never"}) == (200, None, 403)


def test_a_task_is_not_enough_without_the_scope(sandbox, refused):
    page = Page(NAKSHI, api=page_api(sandbox, without=("pages_manage_posts",)))
    assert refused(page.create_feed, params={"message": "never"}) == (200, None, 403)


def test_a_page_token_is_worth_nothing_once_the_page_is_unticked(sandbox, refused):
    page = Page(NAKSHI, api=page_api(sandbox))
    connect(sandbox, without=(NAKSHI,))
    assert refused(page.create_feed, params={"message": "never"}) == (200, None, 403)
    assert refused(page.get_feed) == (10, None, 403)


def test_a_person_cannot_read_the_posts_of_a_page_they_have_no_role_on(sandbox, refused):
    user = api(sandbox, connect(sandbox, RAKIB))
    assert refused(Page(PITHA, api=user).get_feed) == (10, None, 403)
    assert list(Page(NAKSHI, api=user).get_feed()) == []


def test_a_twin_task_is_as_good(sandbox):
    assert PagePost(Page(PITHA, api=page_api(sandbox, PITHA)).create_feed(params={"message": "পিঠা"})["id"])


def test_publishing_needs_the_pages_own_token(sandbox, refused):
    user, other = api(sandbox, connect(sandbox)), page_api(sandbox, PITHA)
    assert refused(Page(NAKSHI, api=user).create_feed, params={"message": "never"}) == (190, 2069032, 400)
    assert refused(Page(NAKSHI, api=other).create_feed, params={"message": "never"}) == (100, 33, 400)


@pytest.mark.parametrize(("path", "code"), [("v9.0/me", 2635), ("v26.0/me/enemies", 2500), ("me/accounts/1", 2500)])
def test_paths_that_do_not_exist(sandbox, path, code):
    call = api(sandbox, connect(sandbox))._session.requests
    answer = call.get(f"{graph(sandbox)}/{path}", timeout=5)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
