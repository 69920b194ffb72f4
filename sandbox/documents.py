"""Named collections of JSON documents in one SQLite file, with nested all-or-nothing transactions."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

SCHEMA = """
create table if not exists documents (
    position integer primary key autoincrement,
    collection text not null,
    key text not null,
    body text not null,
    unique (collection, key)
)
"""
INDEX = "create index if not exists by_{0} on documents (collection, json_extract(body, '$.{0}'))"
INDEXED = ("charge", "created", "customer", "payment_intent", "source_transaction", "transfer")
"""Fields that `where` seeks by: walks and demos make tens of thousands of documents."""


class Documents:
    """One SQLite file (`:memory:` keeps nothing) behind one re-entrant lock."""

    def __init__(self, path: str = ":memory:"):
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("pragma synchronous = off")
        for statement in (SCHEMA, *(INDEX.format(name) for name in INDEXED)):
            self._connection.execute(statement)
        self._depth = 0
        self._after_commit: list[Callable[[], None]] = []

    def execute(self, statement: str, *values) -> sqlite3.Cursor:
        with self.lock:
            return self._connection.execute(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock; keep every change of the block, or none when it raises. Blocks nest."""
        with self.lock:
            with self._savepoint():
                yield
            due = self._take_due()
        for function in due:
            function()

    def after_commit(self, function: Callable[[], None]) -> None:
        """Call when the open transaction has committed (at once when none is open); forgotten on roll-back."""
        with self.lock:
            if self._depth:
                self._after_commit.append(function)
                return
        function()

    def clear(self) -> None:
        self.execute("delete from documents")

    def close(self) -> None:
        with self.lock:
            self._connection.close()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        name, waiting = f"level_{self._depth}", len(self._after_commit)
        self._connection.execute(f"savepoint {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._connection.execute(f"rollback to {name}")
            del self._after_commit[waiting:]
            raise
        finally:
            self._depth -= 1
            self._connection.execute(f"release {name}")

    def _take_due(self) -> list[Callable[[], None]]:
        if self._depth:
            return []
        due, self._after_commit = self._after_commit, []
        return due


class Collection(MutableMapping[str, dict[str, Any]]):
    """Documents of one name, in the order they were added.

    Reading gives a copy: assign it back to keep a change (`things[key] = thing`, or `things.change(key, paid=True)`).
    """

    def __init__(self, documents: Documents, name: str):
        self._documents = documents
        self.name = name

    def __getitem__(self, key: str) -> dict[str, Any]:
        row = self._documents.execute(
            "select body from documents where collection = ? and key = ?", self.name, key
        ).fetchone()
        if row is None:
            raise KeyError(key)
        return json.loads(row[0])

    def __setitem__(self, key: str, document: dict[str, Any]) -> None:
        self._documents.execute(
            "insert into documents (collection, key, body) values (?, ?, ?)"
            " on conflict (collection, key) do update set body = excluded.body",
            self.name, key, json.dumps(document, ensure_ascii=False),
        )  # fmt: skip

    def __delitem__(self, key: str) -> None:
        gone = self._documents.execute("delete from documents where collection = ? and key = ?", self.name, key)
        if not gone.rowcount:
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._column("key"))

    def __len__(self) -> int:
        return self._documents.execute("select count(*) from documents where collection = ?", self.name).fetchone()[0]

    def all(self) -> list[dict[str, Any]]:
        """Every document, oldest first."""
        return [json.loads(body) for body in self._column("body")]

    def where(self, since: int = 0, **wanted) -> list[dict[str, Any]]:
        """Documents whose fields (plain values) equal all of `wanted`, `created` at that moment or later; oldest first."""
        bound = ("created", ">=", since) if since else None
        return [json.loads(body) for (body,) in self._select("body", wanted, bound)]

    def total(self, field: str, bound: str, most: int, **wanted) -> int:
        """The sum of a field of those whose fields equal all of `wanted`, and whose field `bound` is `most` or less."""
        ((found,),) = self._select(f"sum(json_extract(body, '$.{field}'))", wanted, (bound, "<=", most))
        return found or 0

    def change(self, key: str, **fields) -> dict[str, Any]:
        """Read, set the fields, keep; returns the new document. KeyError when absent."""
        with self._documents.transaction():
            self[key] = document = self[key] | fields
        return document

    def keep_newest(self, number: int) -> None:
        """Forget the oldest documents above `number`."""
        self._documents.execute(
            "delete from documents where collection = ? and position <= (select position from documents"
            " where collection = ? order by position desc limit 1 offset ?)",
            self.name, self.name, number,
        )  # fmt: skip

    def _column(self, name: str) -> list[str]:
        return [value for (value,) in self._select(name, {})]

    def _select(self, what: str, wanted: dict[str, Any], bound: tuple[str, str, int] | None = None) -> list[tuple]:
        conditions = [f" and json_extract(body, '$.{name}') is ?" for name in wanted]
        values = list(wanted.values())
        if bound:
            conditions.append(f" and json_extract(body, '$.{bound[0]}') {bound[1]} ?")
            values.append(bound[2])
        statement = f"select {what} from documents where collection = ?{''.join(conditions)} order by position"
        with self._documents.lock:
            return self._documents.execute(statement, self.name, *values).fetchall()
