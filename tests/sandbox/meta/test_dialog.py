"""The consent screen and the code that comes out of it."""

import pytest
import requests
from bs4 import BeautifulSoup

from sandbox.meta.logins import CODE_LIFE, LONG_LIFE, SHORT_LIFE, challenge_of
from sandbox.meta.seed import FARHANA, GADGET, NAKSHI, PITHA, TEA
from tests.sandbox.meta.consent import callback, connect, consent_form, decide, dialog, exchange, graph

VERIFIER = "v" * 60
PKCE = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}


def code_of(sandbox, **changes):
    return decide(sandbox, consent_form(sandbox, FARHANA), **changes)["code"][0]


def error_of(answer):
    assert answer.status_code == 400
    return answer.json()["error"]["code"], answer.json()["error"].get("error_subcode")


def test_the_challenge_is_the_one_of_the_specification():
    # RFC 7636, appendix B
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_person_walks_from_their_name_to_the_consent_screen(sandbox):
    start = dialog(sandbox)
    people = BeautifulSoup(requests.get(start, timeout=5).text, "html.parser")
    link = next(link["href"] for link in people.select("a.card") if "Farhana" in link.text)
    screen = BeautifulSoup(requests.get(start.split("?")[0] + link, timeout=5).text, "html.parser")
    assert "Farhana Akter" in screen.text
    assert {box["value"] for box in screen.select("input[name=pages]")} == {NAKSHI, PITHA, GADGET, TEA}
    assert "pages_manage_posts" in screen.text


def test_agreeing_gives_a_code_and_the_state_as_it_was(sandbox):
    answer = decide(sandbox, consent_form(sandbox, FARHANA), state="আমি & তুমি=১")
    assert answer["state"] == ["আমি & তুমি=১"]
    assert answer["code"][0]


def test_cancelling_says_so(sandbox):
    answer = decide(sandbox, {"person": FARHANA, "action": "cancel"})
    assert answer["error"] == ["access_denied"]
    assert answer["error_reason"] == ["user_denied"]
    assert answer["state"] == ["s/1 ?&="]
    assert "code" not in answer


def test_somebody_new_arrives_with_a_page(sandbox):
    query = dialog(sandbox).split("?", 1)[1]
    form = {"name": "Ruma Das", "page_name": "রুমার রান্নাঘর"}
    answer = requests.post(f"{sandbox.base_url}/meta/dialog/people?{query}", data=form, timeout=5)
    screen = BeautifulSoup(answer.text, "html.parser")
    assert "Ruma Das" in screen.text
    assert "রুমার রান্নাঘর" in screen.text
    assert len(screen.select("input[name=pages]")) == 1


@pytest.mark.parametrize("changes", [
    {"client_id": "1"}, {"redirect_uri": "http://127.0.0.1:1/elsewhere"}, {"redirect_uri": ""}, {"scope": "everything"},
    {"response_type": "token"}, {"code_challenge": "x", "code_challenge_method": "plain"},
])  # fmt: skip
def test_a_wrong_request_is_shown_and_never_sent_back(sandbox, changes):
    for answer in (
        requests.get(dialog(sandbox, **changes), allow_redirects=False, timeout=5),
        requests.post(dialog(sandbox, **changes), data={"person": FARHANA}, allow_redirects=False, timeout=5),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_a_code_becomes_a_short_token_and_that_a_long_one(sandbox):
    answer = exchange(sandbox, code=code_of(sandbox, **PKCE), redirect_uri=callback(sandbox), code_verifier=VERIFIER).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", SHORT_LIFE)
    longer = exchange(sandbox, grant_type="fb_exchange_token", fb_exchange_token=answer["access_token"]).json()
    assert longer["expires_in"] == LONG_LIFE
    assert longer["access_token"] != answer["access_token"]


@pytest.mark.parametrize("verifier", ["w" * 60, "", PKCE["code_challenge"]])
def test_a_wrong_verifier_gets_no_token_and_leaves_the_code_unused(sandbox, verifier):
    code = code_of(sandbox, **PKCE)
    answer = exchange(sandbox, code=code, redirect_uri=callback(sandbox), code_verifier=verifier)
    assert error_of(answer) == (1, None)
    assert exchange(sandbox, code=code, redirect_uri=callback(sandbox), code_verifier=VERIFIER).status_code == 200


def test_a_code_works_once(sandbox):
    code = code_of(sandbox)
    assert exchange(sandbox, code=code, redirect_uri=callback(sandbox)).status_code == 200
    assert error_of(exchange(sandbox, code=code, redirect_uri=callback(sandbox))) == (100, 36009)


def test_a_code_lives_ten_minutes(sandbox):
    code = code_of(sandbox)
    sandbox.advance(CODE_LIFE + 1)
    assert error_of(exchange(sandbox, code=code, redirect_uri=callback(sandbox))) == (100, 36007)


def test_a_code_belongs_to_its_redirect_address_and_its_app(sandbox):
    code = code_of(sandbox)
    assert error_of(exchange(sandbox, code=code, redirect_uri=callback(sandbox) + "/")) == (100, 36008)
    assert error_of(exchange(sandbox, code=code, redirect_uri=callback(sandbox), client_secret="guess")) == (1, None)
    assert error_of(exchange(sandbox, code=code, redirect_uri=callback(sandbox), client_id="1")) == (101, None)
    assert error_of(exchange(sandbox, code="AQmadeup", redirect_uri=callback(sandbox))) == (100, None)


def test_debug_token_tells_what_a_token_is_worth(sandbox):
    token = connect(sandbox, without=(GADGET, "ads_read"))
    app = f"{sandbox.settings['META_APP_ID']}|{sandbox.settings['META_APP_SECRET']}"
    asked = {"input_token": token, "access_token": app}
    facts = requests.get(f"{graph(sandbox)}/debug_token", params=asked, timeout=5).json()["data"]
    assert facts["is_valid"] is True
    assert (facts["type"], facts["user_id"], facts["app_id"]) == ("USER", FARHANA, sandbox.settings["META_APP_ID"])
    assert "pages_manage_posts" in facts["scopes"]
    assert "ads_read" not in facts["scopes"]
    targets = next(g["target_ids"] for g in facts["granular_scopes"] if g["scope"] == "pages_manage_posts")
    assert NAKSHI in targets
    assert GADGET not in targets
    sandbox.advance(LONG_LIFE)
    facts = requests.get(f"{graph(sandbox)}/debug_token", params=asked, timeout=5).json()["data"]
    assert facts["is_valid"] is False
    assert facts["error"]["subcode"] == 463
