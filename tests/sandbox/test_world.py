"""State, transactions, clock and journal of the sandbox."""

import threading
from datetime import UTC, datetime

import pytest

from sandbox.journal import LIMIT, fingerprint
from sandbox.world import World


def test_documents_and_clock_survive_a_restart(tmp_path):
    first = World(state=tmp_path / "state.sqlite")
    first.collection("things")["ক"] = {"name": "শাড়ি"}
    first.advance(3600)
    first.close()

    second = World(state=tmp_path / "state.sqlite", clock_file=tmp_path / "clock")

    assert dict(second.collection("things")) == {"ক": {"name": "শাড়ি"}}
    assert second.offset == 3600
    assert float((tmp_path / "clock").read_text()) == 3600
    second.close()


def test_without_a_state_file_nothing_is_kept():
    first, second = World(), World()
    first.collection("things")["a"] = {}
    assert "a" not in second.collection("things")


def test_a_read_document_is_a_copy(world):
    things = world.collection("things")
    things["a"] = {"n": 1}
    things["a"]["n"] = 2
    assert things["a"] == {"n": 1}
    assert things.change("a", n=3) == {"n": 3} == things["a"]


def test_documents_keep_the_order_they_came_in(world):
    things = world.collection("things")
    for key in ("c", "a", "b"):
        things[key] = {"key": key}
    things["c"] = {"key": "c", "changed": True}
    assert list(things) == ["c", "a", "b"]
    things.keep_newest(2)
    assert list(things) == ["a", "b"]


def test_a_transaction_that_raises_leaves_nothing_behind(world):
    things, called = world.collection("things"), []
    things["a"] = {"n": 1}
    with pytest.raises(ZeroDivisionError), world.transaction():
        things["a"] = {"n": 2}
        del things["a"]
        world.after_commit(lambda: called.append("told"))
        raise ZeroDivisionError
    assert dict(things) == {"a": {"n": 1}}
    assert called == []


def test_an_inner_transaction_fails_alone_when_the_outer_one_catches_it(world):
    things, called = world.collection("things"), []
    with world.transaction():
        things["outer"] = {}
        world.after_commit(lambda: called.append("outer"))
        with pytest.raises(ZeroDivisionError), world.transaction():
            things["inner"] = {}
            world.after_commit(lambda: called.append("inner"))
            raise ZeroDivisionError
        assert called == []
    assert list(things) == ["outer"]
    assert called == ["outer"]


def test_transactions_of_two_threads_do_not_mix(world):
    counter = world.collection("counter")
    counter["n"] = {"n": 0}

    def count():
        for _ in range(50):
            with world.transaction():
                counter["n"] = {"n": counter["n"]["n"] + 1}

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter["n"] == {"n": 200}


def test_moving_the_clock_ticks_at_once_and_writes_the_file(world, tmp_path):
    seen = []
    world.every_tick(lambda: seen.append(world.now()))
    world.set_clock(datetime(2030, 1, 1, tzinfo=UTC))
    assert seen[-1].year == 2030
    assert float((tmp_path / "clock").read_text()) == pytest.approx(world.offset)
    assert "e" not in (tmp_path / "clock").read_text()
    world.advance(-world.offset)
    assert abs((world.now() - datetime.now(UTC)).total_seconds()) < 1


def test_a_tick_that_fails_does_not_stop_the_others(world, caplog):
    seen = []
    world.every_tick(lambda: 1 / 0)
    world.every_tick(lambda: seen.append("later"))
    world.tick()
    assert "later" in seen
    assert "ZeroDivisionError" in caplog.text


def test_reset_forgets_and_seeds_anew(world, tmp_path):
    world.on_reset(lambda: world.collection("things").update({"seed": {}}))
    world.collection("things")["a"] = {}
    world.advance(60)
    world.reset()
    assert list(world.collection("things")) == ["seed"]
    assert world.offset == 0
    assert float((tmp_path / "clock").read_text()) == 0
    assert world.journal.entries() == []


def test_the_journal_numbers_and_finds_calls_and_keeps_a_bounded_number(world):
    for path in ("/stripe/v1/transfers", "/meta/graph/me", "/stripe/v1/refunds"):
        world.journal.record(path.split("/")[1], "GET", path, status=200)
    assert [entry["sequence"] for entry in world.journal.entries()] == [1, 2, 3]
    assert [entry["path"] for entry in world.journal.entries(vendor="stripe", after=1)] == ["/stripe/v1/refunds"]
    assert [entry["sequence"] for entry in world.journal.entries(path="graph")] == [2]
    assert LIMIT == 20_000


def test_a_fingerprint_recognises_and_hides():
    assert fingerprint("token") == fingerprint("token") != fingerprint("other")
    assert "token" not in fingerprint("token")
