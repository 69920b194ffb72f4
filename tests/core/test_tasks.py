"""A job and the change that wants it commit together or not at all."""
import pytest
from sqlalchemy import text

from marketplace.core import audit, tasks
from marketplace.core.db import db
from marketplace.core.errors import WrongState


@tasks.task
def note(subject: str) -> None:
    audit.record("test.noted", subject)


@tasks.task
def refuse(subject: str) -> None:
    audit.record("test.half_done", subject)
    raise WrongState()


def waiting():
    return db.session.scalars(text("select task_name from procrastinate_jobs where status = 'todo' order by id")).all()


def test_a_job_is_queued_in_the_same_transaction(committed):
    note.later("thing:1")
    db.session.rollback()
    assert waiting() == []
    note.later("thing:1")
    db.session.commit()
    assert len(waiting()) == 1


def test_the_same_key_waits_once_and_spoils_nothing(committed):
    audit.record("test.before", "thing:1")
    note.later("thing:1", once="thing:1")
    note.later("thing:1", once="thing:1")
    db.session.commit()
    assert len(waiting()) == 1
    assert audit.history("thing:1")[0].action == "test.before"


def test_a_savepoint_that_is_undone_takes_its_jobs_with_it(app):
    note.later("thing:1")
    with db.session.begin_nested() as savepoint:
        refuse.later("thing:1")
        savepoint.rollback()
    assert waiting() == [note.job_name]


def test_all_jobs_of_a_transaction_are_queued_in_one_statement_at_its_end(app, statements):
    for number in range(3):
        note.later(f"thing:{number}", once=f"thing:{number % 2}")
    assert statements == []
    db.session.commit()
    assert sum("procrastinate_jobs" in statement for statement in statements) == 1
    assert len(waiting()) == 2


def test_a_refusal_ends_a_job_quietly_and_undoes_it(app):
    tasks.perform(refuse, {"subject": "thing:1"})
    assert audit.history("thing:1") == []


def test_a_failure_is_raised_for_the_queue_to_try_again(app):
    with pytest.raises(ZeroDivisionError):
        tasks.perform(lambda: 1 / 0, {})


def test_patience_grows_and_ends():
    class Job:
        attempts = 3

    assert tasks.Patience().get_retry_decision(exception=tasks.NotYet(), job=Job) is not None
    assert tasks.Patience().get_retry_decision(exception=WrongState(), job=Job) is None
    Job.attempts = 12
    assert tasks.Patience().get_retry_decision(exception=tasks.NotYet(), job=Job) is None
