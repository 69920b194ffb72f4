"""Faults and journal over real HTTP."""

import pytest
import requests

PAGE = "/meta/pages/200000000000001"
VISIT = "/meta/world/people"


def add(sandbox, **rule):
    answer = requests.post(f"{sandbox.base_url}/faults", json=rule, timeout=5)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_status_fault_answers_in_the_vendors_words_and_has_no_effect(sandbox):
    add(sandbox, vendor="meta", path="/world/people$", mode="status:429")
    answer = requests.post(sandbox.base_url + VISIT, json={"name": "Ruma", "page_name": "Ruma's"}, timeout=5)
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == 4
    assert len(sandbox.collection("meta.people")) == 4


def test_a_fault_may_bring_its_own_answer(sandbox):
    body = {"error": {"code": 368, "message": "The action attempted has been deemed abusive", "type": "OAuthException"}}
    add(sandbox, path="/meta/graph/", mode="status:400", body=body)
    answer = requests.get(f"{sandbox.base_url}/meta/graph/me", timeout=5)
    assert (answer.status_code, answer.json()) == (400, body)


def test_a_fault_strikes_the_nth_match_and_so_many_times(sandbox):
    add(sandbox, path=PAGE, nth=2, times=2, mode="status:500")
    statuses = [requests.get(sandbox.base_url + PAGE, timeout=5).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_a_fault_matches_method_and_parameters(sandbox):
    add(sandbox, method="post", path=VISIT, parameters={"name": "^Ru"}, times=0, mode="status:500")
    people = [{"name": "Ruma"}, {"name": "Sima"}]
    assert [requests.post(sandbox.base_url + VISIT, json=p, timeout=5).status_code for p in people] == [500, 201]


@pytest.mark.parametrize(("mode", "people"), [("drop_before", 4), ("drop_after_commit", 5)])
def test_a_dropped_call_gets_no_answer_and_has_its_effect_or_not(sandbox, mode, people):
    add(sandbox, path=VISIT, mode=mode)
    with pytest.raises(requests.ConnectionError):
        requests.post(sandbox.base_url + VISIT, json={"name": "Ruma", "page_name": "Ruma's"}, timeout=5)
    assert len(sandbox.collection("meta.people")) == people
    (entry,) = sandbox.journal.entries(path=VISIT)
    assert entry["status"] is None
    assert entry["fault"] == "1"


def test_a_delayed_call_is_answered_late_but_whole(sandbox):
    add(sandbox, path=PAGE, mode="delay", seconds=0.2)
    answer = requests.get(sandbox.base_url + PAGE, timeout=5)
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.2


@pytest.mark.parametrize("rule", [
    {"mode": "explode"}, {"mode": "status"}, {"mode": "status:200"}, {"mode": "duplicate"}, {"mode": "delay:3"},
    {"on": "webhook", "mode": "drop_before"}, {"on": "elsewhere", "mode": "delay"}, {"mode": "delay", "path": "("},
    {"mode": "delay", "nth": 0}, {"mode": "delay", "times": "many"}, {"mode": "delay", "colour": "red"},
    {"mode": "delay", "parameters": []}, {},
])  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(sandbox, rule):
    answer = requests.post(f"{sandbox.base_url}/faults", json=rule, timeout=5)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert sandbox.faults.rules() == []


def test_rules_can_be_listed_and_cleared(sandbox):
    add(sandbox, path=PAGE, mode="status:500", times=0)
    assert [rule["path"] for rule in requests.get(f"{sandbox.base_url}/faults", timeout=5).json()] == [PAGE]
    assert requests.delete(f"{sandbox.base_url}/faults", timeout=5).status_code == 204
    assert requests.get(sandbox.base_url + PAGE, timeout=5).status_code == 200


def test_the_journal_has_every_call_and_no_secret(sandbox):
    secrets = {"access_token": "EAAsecret", "client_secret": "very-secret", "card[number]": "4242424242424242"}
    requests.post(f"{sandbox.base_url}/meta/graph/me?code=AQsecret", data=secrets | {"message": "open"},
                  headers={"Idempotency-Key": "key-1"}, timeout=5)  # fmt: skip
    (entry,) = requests.get(f"{sandbox.base_url}/journal", params={"vendor": "meta"}, timeout=5).json()
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/meta/graph/me", 400)
    assert entry["idempotency_key"] == "key-1"
    assert entry["parameters"]["message"] == "open"
    assert set(entry["parameters"]) == {*secrets, "code", "message"}
    assert all(entry["parameters"][name].startswith("sha256:") for name in [*secrets, "code"])
    assert "secret" not in str(entry["parameters"].values())
    assert "Cannot parse access token" in entry["answer"]


def test_the_journal_can_be_read_from_a_number_on(sandbox):
    for _ in range(3):
        requests.get(sandbox.base_url + PAGE, timeout=5)
    rest = requests.get(f"{sandbox.base_url}/journal", params={"after": 2}, timeout=5).json()
    assert [entry["sequence"] for entry in rest] == [3]
    assert requests.get(f"{sandbox.base_url}/journal", params={"after": "x"}, timeout=5).status_code == 422


def test_tokens_in_answers_are_not_journalled(sandbox):
    asked = {"client_id": sandbox.settings["META_APP_ID"], "client_secret": sandbox.settings["META_APP_SECRET"],
             "grant_type": "client_credentials"}  # fmt: skip
    token = requests.get(f"{sandbox.base_url}/meta/graph/oauth/access_token", params=asked, timeout=5).json()["access_token"]
    (entry,) = sandbox.journal.entries(path="oauth")
    assert token not in entry["answer"]
    assert "sha256:" in entry["answer"]
