"""Production refuses defaults, the sandbox, http and missing keys, naming each."""
from datetime import date

import pytest

from marketplace.core import config
from marketplace.factory import create_app

GOOD = {
    "ENVIRONMENT": "production", "SITE_URL": "https://dayitto.example", "SECRET_KEY": "k" * 40,
    "DATABASE_URL": "postgresql+psycopg://app@db/dayitto?sslmode=verify-full",
    "STRIPE_API_URL": "https://api.stripe.com", "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_a", "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_b", "META_GRAPH_URL": "https://graph.facebook.com",
    "META_DIALOG_URL": "https://www.facebook.com", "META_APP_ID": "1", "META_APP_SECRET": "s", "META_WEBHOOK_TOKEN": "t",
    "MAIL_SERVER": "smtp.example", "MAIL_TLS": "starttls", "MAIL_SENDER": "Dayitto <hello@dayitto.example>",
    "VAULT_KEYS": "1:abc", "AUDIT_KEY": "a" * 40, "FILES_PATH": "/srv/files",
}


def test_a_complete_production_starts():
    assert config.load(GOOD).production


@pytest.mark.parametrize(("name", "value"), [
    ("SITE_URL", "http://dayitto.example"), ("SECRET_KEY", None), ("SECRET_KEY", "short"), ("DATABASE_URL", None),
    ("STRIPE_API_URL", "http://127.0.0.1:9000/stripe"), ("STRIPE_SECRET_KEY", None), ("STRIPE_WEBHOOK_SECRET", None),
    ("META_GRAPH_URL", "http://localhost:9000"), ("META_APP_SECRET", None), ("MAIL_SERVER", "127.0.0.1"), ("MAIL_TLS", ""),
    ("VAULT_KEYS", None), ("AUDIT_KEY", None), ("FILES_PATH", None), ("CLOCK_FILE", "/tmp/clock"),
    ("DATABASE_URL", "postgresql+psycopg://app@db/dayitto"), ("DATABASE_URL", "postgresql+psycopg://app@db/dayitto?sslmode=require"),
])
def test_production_refuses_and_names_the_setting(name, value):
    environ = {**GOOD, name: value} if value is not None else {key: old for key, old in GOOD.items() if key != name}
    with pytest.raises(config.SettingsError, match=name):
        config.load(environ)


@pytest.mark.parametrize("address", ["postgresql+psycopg://app@127.0.0.1/dayitto", "postgresql+psycopg:///dayitto?host=/run/postgresql"])
def test_a_database_of_this_machine_needs_no_certificate(address):
    assert config.load({**GOOD, "DATABASE_URL": address}).production


def test_every_fault_is_named_at_once():
    with pytest.raises(config.SettingsError) as refusal:
        config.load({"ENVIRONMENT": "production"})
    assert all(name in str(refusal.value) for name in ("SECRET_KEY", "STRIPE_SECRET_KEY", "META_APP_SECRET", "MAIL_TLS"))


def test_an_unknown_environment_is_refused():
    with pytest.raises(config.SettingsError, match="ENVIRONMENT"):
        config.load({"ENVIRONMENT": "staging"})


def test_development_knows_that_it_is_on_the_sandbox():
    assert config.load({}).on_sandbox
    assert not config.load(GOOD).on_sandbox


def test_announced_holidays_are_days_with_names():
    read = config.load({"ANNOUNCED_HOLIDAYS": " 2031-01-25 Eid ul-Fitr,2031-07-04  Ashura, "}).holidays
    assert read == {date(2031, 1, 25): "Eid ul-Fitr", date(2031, 7, 4): "Ashura"}


@pytest.mark.parametrize(("written", "named"), [
    ("2031-02-30 Eid", "2031-02-30 Eid"), ("2031-01-25", "2031-01-25"), ("Eid 2031-01-25", "Eid"),
    ("2031-01-25 Eid, 2031-01-25 Ashura", "twice")])
def test_the_program_does_not_start_on_holidays_that_are_none(written, named):
    with pytest.raises(config.SettingsError, match=f"ANNOUNCED_HOLIDAYS .*{named}"):
        create_app(config.load({"ANNOUNCED_HOLIDAYS": written}))
