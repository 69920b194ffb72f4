"""A small walk and small bursts on real programs; a posting that is wrong by one poisha is found; the floors of money run."""
from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bench import burst, money_walk, postings, release
from bench.burst_resources import RESOURCES
from bench.walk import operations
from bench.walk.browser import Page
from bench.walk.ground import Ground
from marketplace.core import clock
from marketplace.core.db import db

OPS, FAULTS, SEED = 80, 5, 11
TAMPERED = text("""
select ledger_post('forged', 'fund', false, null,
  jsonb_build_object('contract', 'contract:' || cast(:contract as text), 'stripe_id', 'ch_forged'),
  '[{"kind": "stripe", "owner": "platform", "direction": "debit", "currency": "BDT", "amount": 1},
    {"kind": "fees", "owner": "platform", "direction": "credit", "currency": "BDT", "amount": 1}]'::jsonb, now())
""")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Real programs on a PostgreSQL of their own."""
    with Ground() as running:
        yield running
    clock.follow(None)


def test_a_walk_loses_nothing_and_one_wrong_poisha_is_found(ground):
    walkers, counts = money_walk.walk(ground, OPS, FAULTS, SEED, minutes=15, clients=6)
    assert (counts["ops"], counts["faults"]) == (OPS, FAULTS)
    assert counts["done"]["fund"] and counts["done"]["pay"] and counts["done"]["deliver"]
    found = money_walk.prove(ground, walkers)
    assert found["differences"] == [], walkers.journal.last
    assert found["at_stripe_minor"]["charged"] > 0 < found["milestones_on_pages"]
    assert money_walk.exit_code(found) == 0
    with ground.app.app_context():
        db.session.execute(TAMPERED, {"contract": str(walkers.deals[0].contract)})
        db.session.commit()
    broken = money_walk.prove(ground, walkers)
    assert [line for line in broken["differences"] if str(walkers.deals[0].contract) in line]
    assert money_walk.exit_code(broken) == 1


def test_one_of_twenty_wins(ground):
    few = [resource for resource in RESOURCES if resource.name in ("fund", "give the money back", "accept an offer")]
    found = burst.measure(ground, 1, few)
    assert found["wrong"] == []
    assert [sum(resource["answers"].values()) for resource in found["resources"]] == [burst.SHOTS] * len(few)


def test_two_winners_none_and_a_failure_are_named():
    assert burst.faults([303] + [409] * 19, 1) == []
    assert "2 winners" in burst.faults([303, 303, 409], 1)[0]
    assert "0 winners" in burst.faults([409], 1)[0]
    assert burst.faults([303, 409], 2) == ["2 in the database"]
    assert burst.faults([303, 500, 0], 1) == ["answered 500", "answered nothing"]


def test_a_page_offers_what_stands_in_its_main_part():
    page = Page("http://site/contracts/1", 200, """<form action="/sign-out"></form><main><a href="/milestones/2/approval">Release</a>
        <form action="/contracts/1/resumption"><input name="csrf_token" value="t"><textarea name="note">\nOld &amp; new</textarea>
        <input type="radio" name="pick" value="a"><input type="radio" name="pick" value="b" checked></form></main>""")
    found = {one.operation.name: one for one in operations.offered(page)}
    assert set(found) == {"approve", "go on"}
    assert found["approve"].link == "http://site/milestones/2/approval"
    assert found["go on"].form.fields == {"csrf_token": "t", "note": "Old & new", "pick": "b"}
    assert found["go on"].form.choices == {"pick": ["a", "b"]}


def test_postings_beside_their_floor(monkeypatch):
    monkeypatch.setattr(postings, "CLIENTS", (2,))
    found = postings.measure(0, 1, 1)
    assert found["deadlocks"] == 0
    assert set(found["clients"][0]["postings_a_second"]) == {"floor, cold", "ours, cold", "floor, fees", "ours, fees"}
    assert all(rate > 0 for rate in found["clients"][0]["postings_a_second"].values())


def test_releases_beside_their_floor(monkeypatch):
    monkeypatch.setattr(release, "CLIENTS", (1, 2))
    found = release.measure(4, 1, 1)
    assert found["rows_written"] >= 8
    assert found["floor_a_second"] > 0 < found["clients"][0]["releases_a_second"]


def test_every_operation_of_money_has_an_address_of_ours(app):
    """A table that names an address that is gone would quietly do less."""
    paths = [re.sub(r"<[^>]+>", "0192aaaa-0000-7000-8000-000000000001", rule.rule) for rule in app.url_map.iter_rules()]
    ours = [one for one in operations.OPERATIONS if "/stripe/" not in one.at]
    assert [one.name for one in ours if not any(re.search(one.at, path) for path in paths)] == []
