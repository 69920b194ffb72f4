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


def test_a_savepoint_that_is_undone_takes_only_its_own_acts_with_it(app):
    audit.record("job.opened", "job:1")
    outer = db.session.begin_nested()
    audit.record("job.paused", "job:1")
    with db.session.begin_nested():
        audit.record("job.resumed", "job:1")
    outer.rollback()
    audit.record("job.closed", "job:1")
    assert [entry.action for entry in audit.history("job:1")] == ["job.closed", "job.opened"]


def test_what_a_transaction_did_is_written_in_one_statement_at_its_end(app, statements):
    for number in range(5):
        audit.record("job.opened", f"job:{number}")
    db.session.flush()
    assert statements == []
    db.session.commit()
    assert [statement.split()[:3] for statement in statements if "audit" in statement] == [["INSERT", "INTO", "audit_entries"]]
