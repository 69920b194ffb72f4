"""A row is locked once in a transaction, and again wherever the lock was given back."""
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from marketplace.businesses.queries import memberships
from marketplace.core.db import db, lock, locked
from marketplace.core.mail import Letter
from tests import people
from tests.factories.businesses import make_business

ROW = "select from letters where id = :id for update nowait"


@pytest.fixture
def asked(committed) -> Iterator[Callable[[], int]]:
    """How often a row was locked so far."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        found.extend([statement] if "FOR NO KEY UPDATE" in statement else [])

    event.listen(db.engine, "before_cursor_execute", note)
    yield lambda: len(found)
    event.remove(db.engine, "before_cursor_execute", note)


def a_letter() -> Letter:
    row = Letter(address="a@b.example", name="x", language="bn", subject="before")
    db.session.add(row)
    db.session.commit()
    return row


def change(row_id, subject: str) -> None:
    """As another transaction does, which waits for nobody."""
    with db.engine.begin() as other:
        other.execute(text(ROW), {"id": row_id})
        other.execute(text("update letters set subject = :subject where id = :id"), {"id": row_id, "subject": subject})


def test_a_row_is_locked_once_and_of_several_only_those_that_are_not(asked):
    row, other = a_letter(), a_letter()
    lock(row)
    row.subject = "mine"
    with db.session.begin_nested():
        lock(row)
        lock(other)
    lock(other)
    assert (asked(), row.subject) == (2, "mine")
    with pytest.raises(OperationalError, match="could not obtain lock"):
        change(other.id, "theirs")


@pytest.mark.parametrize("undone", [False, True])
def test_where_a_lock_was_given_back_the_row_is_locked_and_read_anew(asked, undone):
    """A transaction gives back all its locks, a savepoint that is undone those taken since."""
    row, key = (made := a_letter()), made.id
    db.session.refresh(row)
    savepoint = db.session.begin_nested()
    lock(row)
    savepoint.rollback() if undone else db.session.commit()
    change(key, "theirs")
    lock(row)
    assert (asked(), row.subject) == (2, "theirs")


def test_the_rows_of_a_query_are_locked_and_read_anew_and_others_may_refer_to_them(asked):
    row, key = (made := a_letter()), made.id
    db.session.refresh(row)
    change(key, "theirs")
    row.text = "mine"
    assert locked(select(Letter).where(Letter.id == key)) == [row]
    assert (asked(), row.subject, row.text) == (1, "theirs", "mine")
    with pytest.raises(OperationalError, match="could not obtain lock"):
        change(key, "theirs")


def test_what_a_locked_row_refers_to_is_looked_up_again_where_its_key_changed(app):
    business = make_business(people.ada())
    [member] = memberships(business)
    lock(member)
    assert member.person is people.ada()
    member.person_id = people.ben().id
    lock(member)
    assert (member.person, member.business) == (people.ben(), business)
    member.person = people.eve()
    lock(member)
    assert (member.person, member.person_id) == (people.eve(), people.eve().id)
