"""Every use is checked where it is made and written down; after access was revoked no call begins."""
from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.access import commands
from marketplace.access.models import Grant, GrantStatus, Outcome, Right, UseEntry
from marketplace.channels.commands import Refused, Unanswered
from marketplace.core import clock
from marketplace.core.db import commit, db
from tests import people
from tests.factories.access import make_grant


def entries(grant):
    return db.session.scalars(select(UseEntry).where(UseEntry.grant_id == grant.id).order_by(UseEntry.id)).all()


def test_a_use_is_written_before_and_closed_after(app):
    grant = make_grant()
    with commands.use(grant, Right.publish, "publish", grant, people.ben()) as one:
        [entry] = entries(grant)
        assert (entry.outcome, entry.ended_at, one.lost_since) == (Outcome.begun, None, None)
    db.session.expire_all()
    [entry] = entries(grant)
    assert (entry.outcome, entry.person_id, entry.subject) == (Outcome.done, people.ben().id, f"grant:{grant.id}")


@pytest.mark.parametrize(("error", "outcome"), [(Unanswered("x"), Outcome.unanswered), (Refused("x"), Outcome.failed),
                                                (ZeroDivisionError(), Outcome.failed)])
def test_how_a_use_ended_is_kept(app, error, outcome):
    grant = make_grant()
    with pytest.raises(type(error)), commands.use(grant, Right.publish, "publish", grant):
        raise error
    assert entries(grant)[0].outcome == outcome


def test_a_lost_answer_is_remembered_until_one_comes(app):
    grant = make_grant()
    began = clock.now()
    with pytest.raises(Unanswered), commands.use(grant, Right.publish, "publish", grant):
        raise Unanswered("x")
    clock.move(timedelta(minutes=5))
    with pytest.raises(Refused), commands.use(grant, Right.publish, "publish", grant) as second:
        assert began <= second.lost_since < clock.now() - timedelta(minutes=4)
        raise Refused("x")
    with commands.use(grant, Right.publish, "publish", grant) as third:
        assert third.lost_since == second.lost_since
    with commands.use(grant, Right.publish, "publish", grant) as fourth:
        assert fourth.lost_since is None


def withhold_by_revoking(grant):
    commands.revoke(grant, people.ada())


def withhold_by_time(grant):
    clock.move(timedelta(days=40))


def withhold_by_contract(grant):
    from marketplace.contracts.commands import contracts
    from marketplace.contracts.models.offer import Side

    contracts.end_contract(grant.contract, people.ada(), Side.business, "We part.")


def withhold_by_pause(grant):
    grant.contract.move("pause")


@pytest.mark.parametrize("withhold", [withhold_by_revoking, withhold_by_time, withhold_by_contract, withhold_by_pause])
def test_nothing_begins_after(app, withhold):
    grant = make_grant()
    withhold(grant)
    with pytest.raises(commands.Withheld) as refusal, commands.use(grant, Right.publish, "publish", grant):
        pytest.fail("a call began")
    assert refusal.value.reason == "ended"
    assert entries(grant)[-1].outcome == Outcome.refused


def test_a_right_that_was_not_given_is_refused(app):
    grant = make_grant(rights=[Right.draft])
    with pytest.raises(commands.Withheld), commands.use(grant, Right.publish, "publish", grant):
        pytest.fail("a call began")


def test_revoking_waits_for_the_call_under_way_and_none_begins_after_its_answer(committed):
    """Real connections: a call is on its way, access is revoked, and a second call tries at the same moment."""
    grant_id, ada_id = _committed_grant()
    calling, may_end, revoked, order = threading.Event(), threading.Event(), threading.Event(), []

    def call():
        with committed.app_context():
            with _use(grant_id):
                calling.set()
                assert may_end.wait(20)
                order.append("call ended")
            commit()

    def revoke():
        with committed.app_context():
            commands.revoke(db.session.get(Grant, grant_id), db.session.get(people.Person, ada_id))
            commit()
            order.append("revoked")
            revoked.set()

    first, second = threading.Thread(target=call), threading.Thread(target=revoke)
    first.start()
    assert calling.wait(20)
    second.start()
    _until_somebody_waits()
    assert not revoked.is_set()
    may_end.set()
    first.join(20)
    second.join(20)
    assert order == ["call ended", "revoked"]
    with pytest.raises(commands.Withheld), _use(grant_id):
        pytest.fail("a call began after the answer")
    assert db.session.get(Grant, grant_id, populate_existing=True).status == GrantStatus.revoked


def test_many_calls_at_once_none_after_the_answer(committed):
    """Four workers act again and again while access is revoked: no act's time lies after the answer."""
    grant_id, ada_id = _committed_grant()
    began, lock, revoked_at = [], threading.Lock(), []
    start = threading.Barrier(5)

    def act():
        with committed.app_context():
            start.wait(20)
            for _ in range(30):
                try:
                    with _use(grant_id), lock:
                        began.append(bool(revoked_at))
                    commit()
                except commands.Withheld:
                    return

    workers = [threading.Thread(target=act) for _ in range(4)]
    for worker in workers:
        worker.start()
    start.wait(20)
    commands.revoke(db.session.get(Grant, grant_id), db.session.get(people.Person, ada_id))
    commit()
    with lock:
        revoked_at.append(clock.now())
    for worker in workers:
        worker.join(30)
    assert not any(began)


def _use(grant_id):
    grant = db.session.get(Grant, grant_id)
    return commands.use(grant, Right.publish, "publish", grant)


def _committed_grant():
    grant = make_grant()
    ids = grant.id, people.ada().id
    commit()
    return ids


def _until_somebody_waits():
    """Until a session waits for an advisory lock."""
    from sqlalchemy import text

    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    for _ in range(2000):
        if db.session.scalar(waiting):
            return
    pytest.fail("nobody waits for the lock")
