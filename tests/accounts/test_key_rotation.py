"""A new key in front of VAULT_KEYS, everything sealed anew, the old key taken away: second factors still work."""
from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.fernet import InvalidToken

from marketplace.accounts.commands.factors import reseal_secrets
from marketplace.core import crypto
from tests.people import TOTP, sam

OLD = "1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NEW = "2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="


@pytest.fixture
def keys(app, monkeypatch):
    def use(value):
        monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], vault_keys=value))
    return use


def test_second_factors_survive_the_removal_of_the_old_key(keys):
    keys(OLD)
    person = sam()
    keys(f"{NEW},{OLD}")
    assert reseal_secrets() == 1
    keys(NEW)
    assert crypto.unseal("totp", person.totp_secret) == TOTP.secret


def test_without_it_the_old_key_is_needed(keys):
    keys(OLD)
    person = sam()
    keys(NEW)
    with pytest.raises(InvalidToken):
        crypto.unseal("totp", person.totp_secret)
