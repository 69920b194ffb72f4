"""The cast of the tests is what it says it is."""
from marketplace.accounts.models import Person
from marketplace.core.db import db
from tests import people


def test_the_cast_is_made_once(app):
    assert people.ada().id == people.ada().id
    assert people.sam().is_staff() and people.sam().totp_since
    assert people.eve().audiences == ["business", "manager"]
    assert db.session.query(Person).count() == 3
