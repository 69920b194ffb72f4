"""A move is locked, looked up in its table, and recorded; at once, exactly one wins."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.mail import Letter, LetterStatus
from marketplace.core.states import InvalidTransition, Stateful


class Parcel(Stateful, Letter):
    """A letter with a transition table: the smallest row that can move."""

    __mapper_args__ = {"polymorphic_identity": None}
    TRANSITIONS = {"send": {LetterStatus.queued: LetterStatus.sent}}


def parcel():
    row = Parcel(address="a@b.example", name="x", language="bn", subject="s", status=LetterStatus.queued)
    db.session.add(row)
    db.session.flush()
    return row


def test_a_move_changes_and_records(app):
    row = parcel()
    row.move("send", "person:1", why="because")
    assert row.status == LetterStatus.sent
    entry = audit.history(row)[0]
    assert (entry.action, entry.actor, entry.details) == ("letter.send", "person:1",
                                                          {"before": "queued", "after": "sent", "why": "because"})


def test_a_move_outside_the_table_is_refused_and_changes_nothing(app):
    row = parcel()
    row.move("send")
    assert not row.may("send")
    with pytest.raises(InvalidTransition):
        row.move("send")
    assert len(audit.history(row)) == 1


def test_what_was_changed_before_the_lock_is_kept(app):
    row = parcel()
    row.subject = "changed"
    row.move("send")
    assert row.subject == "changed"


def test_four_at_once_one_wins(committed):
    key = parcel().id
    db.session.commit()

    def move(_):
        with committed.app_context():
            try:
                db.session.get(Parcel, key).move("send")
                db.session.commit()
            except InvalidTransition:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(move, range(4))) == 1
    assert len(audit.history(f"letter:{key}")) == 1
