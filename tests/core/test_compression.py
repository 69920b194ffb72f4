"""Pages go out compressed to those who can take it; small and drawn things as they are."""
import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_and_whole(client):
    plain = client.get("/how-it-works", headers={"Accept-Encoding": "identity"})
    sent = client.get("/how-it-works", headers=GZIP)
    assert sent.headers["Content-Encoding"] == "gzip"
    assert int(sent.headers["Content-Length"]) == len(sent.data) < len(plain.data) / 3
    assert _without_secrets(gzip.decompress(sent.data).decode()) == _without_secrets(plain.text)


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0, br", ""])
def test_whoever_cannot_take_it_gets_it_plain(client, accepted):
    answer = client.get("/how-it-works", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.text.startswith("<!doctype html>")


def test_a_refusal_is_compressed_too(client):
    answer = client.get("/nowhere", headers=GZIP)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (404, "gzip")


def test_small_answers_and_pictures_stay_as_they_are(client):
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers


def test_vary_keeps_what_others_vary_on(client):
    varies = client.get("/sign-in", headers=GZIP).headers["Vary"]
    assert {"Accept-Encoding", "Cookie"} <= {name.strip() for name in varies.split(",")}


def _without_secrets(page):
    """What differs from answer to answer: tokens and the request's id."""
    return [line for line in page.splitlines() if "csrf_token" not in line]
