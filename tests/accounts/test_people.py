"""The cast and the worker's part in tests do what they say."""
from marketplace.accounts.models import Person
from marketplace.core import mail
from marketplace.core.db import db
from tests import jobs, people


def test_the_cast_is_made_once(app):
    assert people.ada().id == people.ada().id
    assert people.sam().is_staff() and people.sam().totp_since
    assert people.eve().audiences == ["business", "manager"]
    assert db.session.query(Person).count() == 3


def test_a_letter_that_was_queued_arrives(app):
    assert jobs.run_jobs() == []
