"""Sealed tokens open only where they lie, and rotation changes only what wraps them."""
from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from marketplace.channels import commands
from marketplace.channels.commands import vault
from marketplace.channels.commands.speaking import page_token, place
from marketplace.channels.models import ChannelStatus, VaultEntry
from marketplace.core.db import db
from tests import people
from tests.factories.businesses import make_business
from tests.factories.channels import make_channel

NEW, OLD = "2:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=", "1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.fixture
def channel(app):
    return make_channel()


def entry(channel):
    return db.session.get(VaultEntry, channel.id)


def test_what_is_kept_is_read_and_lies_there_sealed(channel):
    assert vault.read(place(channel)) == {"page": "EAAnothing", "user": "EAAnobody"}
    dump = db.session.execute(text("select string_agg(v::text, '') from vault_entries v")).scalar()
    assert "EAAnothing" not in dump
    assert b"EAAnothing" not in entry(channel).sealed


def test_each_connection_has_a_key_of_its_own(channel):
    other = make_channel(make_business(people.eve()), external_id="200000000000002")
    assert entry(channel).key_id != entry(other).key_id
    assert entry(channel).wrapped_key != entry(other).wrapped_key


@pytest.mark.parametrize("column", ["sealed", "wrapped_key"])
@pytest.mark.parametrize("at", [0, 12, -1])
def test_one_flipped_bit_is_found(channel, column, at):
    spoilt = bytearray(getattr(entry(channel), column))
    spoilt[at] ^= 1
    setattr(entry(channel), column, bytes(spoilt))
    db.session.flush()
    with pytest.raises(vault.Tampered):
        vault.read(place(channel))


def test_secrets_swapped_between_rows_do_not_open(channel):
    other = make_channel(make_business(people.eve()), external_id="200000000000002")
    columns = "sealed, wrapped_key, key_id, wrapped_with"
    db.session.execute(text(f"update vault_entries a set ({columns}) = (select {columns} from vault_entries b "
                            "where b.connection_id <> a.connection_id)"))
    for one in (channel, other):
        with pytest.raises(vault.Tampered):
            vault.read(place(one))


@pytest.mark.parametrize("changes", [{"asset": "200000000000009"}, {"platform": "x"}])
def test_the_page_and_platform_are_part_of_the_seal(channel, changes):
    with pytest.raises(vault.Tampered):
        vault.read(replace(place(channel), **changes))


def test_a_secret_that_does_not_open_breaks_the_connection_instead_of_failing(channel):
    entry(channel).sealed = b"0" * 60
    db.session.flush()
    with pytest.raises(commands.TokenGone):
        page_token(channel)
    assert channel.status == ChannelStatus.broken


@pytest.fixture
def keys(app):
    """Set VAULT_KEYS for a moment."""
    usual = app.extensions["settings"]

    def use(*versions):
        app.extensions["settings"] = replace(usual, vault_keys=",".join(versions))

    yield use
    app.extensions["settings"] = usual


def test_rotation_wraps_the_data_key_anew_and_leaves_the_secret(channel, keys, app):
    before = (bytes(entry(channel).sealed), entry(channel).key_id)
    keys(NEW, OLD)
    assert vault.versions_in_use() == ["1"]
    result = app.test_cli_runner().invoke(args=["vault", "rotate"])
    assert "1 data keys wrapped anew" in result.output
    assert commands.rotate() == 0
    db.session.expire_all()
    assert (bytes(entry(channel).sealed), entry(channel).key_id) == before
    keys(NEW)
    assert vault.versions_in_use() == ["2"]
    assert vault.read(place(channel))["page"] == "EAAnothing"


def test_without_its_vault_key_a_secret_stays_closed(channel, keys):
    keys(NEW)
    with pytest.raises(vault.Tampered):
        vault.read(place(channel))
