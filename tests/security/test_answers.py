"""What whole answers say and how the doors behave that no page shows: cookies, methods, odd addresses, reports."""
from __future__ import annotations

import hashlib
import hmac

import pytest
from itsdangerous import base64_decode

from marketplace.accounts.commands import sign_ins
from marketplace.core import crypto, headers
from marketplace.core.db import db
from marketplace.factory import create_app
from tests.conftest import OneContextARequest, test_settings
from tests.people import PASSWORD, ada, sign_in

EVIL = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Real-IP": "6.6.6.6", "X-Original-URL": "/staff",
        "X-Rewrite-URL": "/staff", "Forwarded": "for=6.6.6.6;host=evil.example", "Origin": "https://evil.example"}
ABSENT = ("/.git/config", "/.env", "/console", "/config", "/metrics", "/docs", "/static/", "/assets/", "/wsgi.py",
          "/assets/x/../../wsgi.py",
          "/%2e%2e/%2e%2e/etc/passwd", "/assets/any/%252e%252e/%252e%252e/wsgi.py", "/settings/x.css", "/contracts/x.css", "/admin")
REPORT = {"csp-report": {"document-uri": "https://dayitto.example/jobs?token=secret", "effective-directive": "script-src-elem",
                         "blocked-uri": "https://evil.example/x.js?y\nz"}}


@pytest.fixture
def secure(committed, cluster, request):
    """The same product as people reach it over https."""
    app = create_app(test_settings(cluster, db.engine.url.database, SITE_URL="https://dayitto.example"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/nowhere", 404), ("/sign-out", 405), ("/settings", 303)])
def test_every_answer_over_https_keeps_to_https(secure, path, status):
    answer = secure.test_client().get(path, base_url="https://dayitto.example")
    assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (status, "max-age=31536000; includeSubDomains")


def test_cookies_are_of_this_host_alone_and_out_of_reach_of_scripts(secure):
    client = secure.test_client()
    site = "https://dayitto.example"
    set_by = [client.get("/sign-in", base_url=site),
              *(client.post(f"/{name}", base_url=site, data={name: value, "csrf_token": _token(client, site)}, headers={"Referer": site})
                for name, value in (("language", "en"), ("theme", "dark")))]
    cookies = [cookie for answer in set_by for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-session", "__Host-language", "__Host-theme"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


def test_the_cookie_is_signed_with_sha_256(app, client):
    client.get("/sign-in")
    signed, _, signature = client.get_cookie("session").value.rpartition(".")
    key = hmac.new(app.secret_key.encode(), b"cookie-session", hashlib.sha256).digest()
    assert base64_decode(signature) == hmac.new(key, signed.encode(), hashlib.sha256).digest()


def test_links_and_form_tokens_are_signed_with_sha_256(app, client):
    form_token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert [len(base64_decode(text.rpartition(".")[2])) for text in (crypto.sign("any", 1), form_token)] == [32, 32]


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_no_page_is_not_there(client, path):
    assert client.get(path).status_code == 404
    assert sign_in(client, ada()).get(path).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_other_methods_are_refused(client, method):
    assert client.open("/sign-in", method=method).status_code == 405


def test_made_up_forwarding_changes_nothing(client):
    plain, forged = client.get("/sign-in"), client.get("/sign-in", headers=EVIL)
    assert forged.status_code == plain.status_code
    assert "evil.example" not in forged.text + str(forged.headers)
    assert [name for name, _ in forged.headers if name.startswith("Access-Control")] == []


def test_made_up_forwarding_is_no_way_round_a_limit(committed, monkeypatch):
    monkeypatch.setattr(sign_ins, "PER_ADDRESS", 3)
    committed.test_client_class = OneContextARequest
    client = committed.test_client()
    codes = [client.post("/sign-in", data={"email": f"a{n}@example.com", "password": PASSWORD}, headers={"X-Forwarded-For": f"6.6.6.{n}"})
             .status_code for n in range(4)]
    assert codes == [422, 422, 422, 429]


def test_signing_out_has_the_browser_forget(client):
    answer = sign_in(client, ada()).post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/settings").status_code == 303


def test_the_policy_names_where_it_is_reported(client):
    assert client.get("/").headers["Content-Security-Policy"].endswith("; report-uri /csp-reports")


def test_a_report_is_one_line_without_queries(client, lines):
    assert client.post(headers.REPORTS, json=REPORT, headers={"X-CSRFToken": ""}).status_code == 204
    told = next(line for line in lines if line["event"] == "policy_violated")
    assert (told["page"], told["directive"], told["blocked"]) == ("/jobs", "script-src-elem", "evil.example")


@pytest.mark.parametrize(("body", "status"), [("x" * 17_000, 413), ("{", 400), ("[1]", 400), ('{"csp-report": "x"}', 400), ("", 413)])
def test_what_is_no_report_is_refused(client, body, status):
    assert client.post(headers.REPORTS, data=body, content_type="application/csp-report").status_code == status


def test_reports_are_few(client):
    assert [client.post(headers.REPORTS, json=REPORT).status_code for _ in range(22)][-3:] == [204, 429, 429]


def _token(client, site: str) -> str:
    return client.get("/sign-in", base_url=site).text.partition('name="csrf_token" value="')[2].partition('"')[0]
