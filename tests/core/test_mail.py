"""Letters go out after the change that wrote them, all of one change together, each once."""
import smtplib

import pytest
from sqlalchemy import text

from marketplace.core import mail, tasks
from marketplace.core.db import db
from tests import worker

NAME = "accounts/goodbye"


@tasks.task
def audit_job() -> None:
    """A job of no importance."""


def written(*names):
    """Letters that wait for the commit."""
    letters = [mail.Letter(address=f"{name}@example.com", name=NAME, language="en", subject=name, text="Words.\n") for name in names]
    db.session.add_all(letters)
    mail.post(letters)
    db.session.flush()
    return letters


def test_all_letters_of_a_transaction_go_by_one_job(app):
    written("ada", "ben")
    written("sam")
    db.session.commit()
    assert worker.run_jobs() == ["core.mail.send"]
    assert [letter["To"] for letter in worker.letters()] == ["ada@example.com", "ben@example.com", "sam@example.com"]


def test_letters_wait_in_a_queue_of_their_own(app):
    written("ada")
    audit_job.later()
    db.session.commit()
    queues = db.session.execute(text("select task_name, queue_name from procrastinate_jobs where status = 'todo'")).all()
    assert {tuple(row) for row in queues} == {("core.mail.send", "letters"), (audit_job.job_name, "default")}


def test_a_savepoint_that_is_undone_takes_its_letters_with_it(app):
    written("ada")
    savepoint = db.session.begin_nested()
    written("ben")
    savepoint.rollback()
    db.session.commit()
    worker.run_jobs()
    assert [letter["To"] for letter in worker.letters()] == ["ada@example.com"]


def test_very_many_letters_go_by_several_jobs(app):
    written(*[f"reader{number}" for number in range(tasks.MOST_TOGETHER + 1)])
    db.session.commit()
    assert [len(job.args["letter_ids"]) for job in worker.queued()] == [tasks.MOST_TOGETHER, 1]


def test_a_letter_that_is_not_taken_keeps_no_other_and_is_tried_again(app):
    letters = written("ada", "ben", "sam")
    db.session.commit()
    [job] = worker.queued()
    with worker.turned_away("ben@example.com"), pytest.raises(smtplib.SMTPRecipientsRefused):
        worker.run_job(job)
    db.session.expire_all()
    assert [letter.status for letter in letters] == ["sent", "queued", "sent"]
    assert [letter.text for letter in letters] == [None, "Words.\n", None]
    worker.run_job(job)
    assert [letter["To"] for letter in worker.letters()] == ["ada@example.com", "sam@example.com", "ben@example.com"]


def test_a_letter_is_sent_once_however_often_its_job_runs(app):
    written("ada")
    db.session.commit()
    [job] = worker.queued()
    worker.run_job(job, forget=False)
    worker.run_job(job)
    assert len(worker.letters()) == 1
