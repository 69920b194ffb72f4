"""What several tests of the mechanisms look at."""
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from marketplace.core.db import db


@pytest.fixture
def statements(app) -> Iterator[list[str]]:
    """What was sent to the database, from here on."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)
