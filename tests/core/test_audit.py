"""The audit cannot be changed by the application, and a change by anybody else is found."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.core import audit
from marketplace.core.db import db


def test_a_sealed_chain_verifies_and_names_what_was_changed(committed, cluster):
    for number in range(5):
        audit.record("job.opened", f"job:{number}", why="test")
    db.session.commit()
    assert audit.seal() == 5
    db.session.commit()
    assert list(audit.verify()) == []
    cluster.execute("alter table audit_entries disable trigger all; "
                    "update audit_entries set details = '{\"why\": \"forged\"}' where id = 3",
                    database=db.engine.url.database)
    db.session.rollback()
    assert list(audit.verify()) == ["entry 3 does not match its seal 3"]


def test_sealing_twice_seals_once(app):
    audit.record("job.opened", "job:1")
    assert audit.seal() == 1
    assert audit.seal() == 0


@pytest.mark.parametrize("statement", ["update audit_entries set actor = 'x'", "delete from audit_entries",
                                       "truncate audit_entries", "update audit_seals set digest = ''"])
def test_the_application_role_cannot_change_the_record(app, statement):
    with pytest.raises(ProgrammingError, match="permission denied|must be owner"):
        db.session.execute(text(statement))
