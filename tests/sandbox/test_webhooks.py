"""Webhooks out: retries on the sandbox's clock, and faults."""

import pytest

from sandbox.webhooks import RETRY_AFTER


def send(world, listener, *bodies, event="thing.happened"):
    for body in bodies:
        world.webhooks.deliver(f"{listener.url}/hook", lambda body=body: ({"X-Sign": "s"}, body.encode()), vendor="v", event=event)
    assert world.webhooks.wait_until_idle()


def heard(listener):
    return [heard.body.decode() for heard in listener.heard]


def test_webhooks_arrive_in_order_and_are_journalled(world, listener):
    send(world, listener, "1", "2", "3")
    assert heard(listener) == ["1", "2", "3"]
    assert listener.heard[0].headers["X-Sign"] == "s"
    assert [(e["direction"], e["event"], e["status"]) for e in world.journal.entries()] == [("out", "thing.happened", 200)] * 3


def test_a_refused_webhook_is_tried_again_when_the_sandboxs_clock_says_so(world, listener):
    listener.statuses = [500, 503]
    send(world, listener, "1")
    assert heard(listener) == ["1"]
    world.advance(RETRY_AFTER[0])
    assert world.webhooks.wait_until_idle()
    world.advance(RETRY_AFTER[1])
    assert world.webhooks.wait_until_idle()
    assert heard(listener) == ["1"] * 3
    assert [e["attempt"] for e in world.journal.entries()] == [1, 2, 3]
    assert world.webhooks.pending() == 0


def test_it_gives_up_after_about_three_days(world, listener):
    listener.statuses = [500] * 20
    send(world, listener, "1")
    for seconds in RETRY_AFTER:
        world.advance(seconds)
        assert world.webhooks.wait_until_idle()
    assert heard(listener) == ["1"] * (len(RETRY_AFTER) + 1)
    assert world.journal.entries()[-1]["answer"] == "given up"
    assert world.webhooks.pending() == 0
    assert 2 * 86400 < sum(RETRY_AFTER) < 3 * 86400


def test_a_listener_that_is_not_there_is_tried_again(world, listener):
    world.webhooks.deliver("http://127.0.0.1:1/hook", lambda: ({}, b""), vendor="v")
    assert world.webhooks.wait_until_idle()
    assert world.journal.entries()[-1]["status"] is None
    assert world.webhooks.pending() == 1


def test_what_is_rolled_back_is_not_sent(world, listener):
    with pytest.raises(ZeroDivisionError), world.transaction():
        world.webhooks.deliver(f"{listener.url}/hook", lambda: ({}, b"never"))
        raise ZeroDivisionError
    send(world, listener, "after")
    assert heard(listener) == ["after"]


def test_duplicate(world, listener):
    world.faults.add({"on": "webhook", "event": "thing", "mode": "duplicate", "copies": 3})
    send(world, listener, "1", "2")
    assert sorted(heard(listener)) == ["1", "1", "1", "2"]


def test_drop(world, listener):
    world.faults.add({"on": "webhook", "mode": "drop", "nth": 2})
    send(world, listener, "1", "2", "3")
    assert heard(listener) == ["1", "3"]
    assert "dropped by a fault" in [e["answer"] for e in world.journal.entries()]
    assert world.webhooks.pending() == 0


def test_reorder_puts_a_webhook_behind_the_next_one(world, listener):
    world.faults.add({"on": "webhook", "mode": "reorder"})
    send(world, listener, "1", "2", "3")
    assert sorted(heard(listener)) == ["1", "2", "3"]
    assert heard(listener).index("1") > heard(listener).index("2")


def test_a_reordered_webhook_that_nothing_follows_comes_after_a_while(world, listener):
    world.faults.add({"on": "webhook", "mode": "reorder"})
    send(world, listener, "1")
    assert heard(listener) == []
    world.advance(10)
    assert world.webhooks.wait_until_idle()
    assert heard(listener) == ["1"]


def test_delay(world, listener):
    world.faults.add({"on": "webhook", "mode": "delay", "seconds": 600})
    send(world, listener, "1", "2")
    assert heard(listener) == ["2"]
    world.advance(600)
    assert world.webhooks.wait_until_idle()
    assert heard(listener) == ["2", "1"]
