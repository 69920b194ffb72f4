"""Who may read the books."""
from __future__ import annotations

from tests.authorisation.routes import Route
from tests.factories.ledger import make_posting

FINANCE = {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}
THINGS = {"posting": lambda _world: make_posting()}
ROUTES = [
    Route("ledger.index", "GET", FINANCE, statements=9),
    Route("ledger.download", "GET", FINANCE, statements=7),
    Route("ledger.accounts", "GET", FINANCE, statements=8),
    Route("ledger.account", "GET", {**FINANCE, "ada": 404, "ben": 404, "eve": 404},
          ids=lambda world: {"account_id": world.posting.entries[0].account_id},
          other=lambda world: {"account_id": world.posting.entries[0].account_id}, statements=9),
    Route("ledger.show", "GET", {**FINANCE, "ada": 404, "ben": 404, "eve": 404}, ids=lambda world: {"transaction_id": world.posting.id},
          other=lambda world: {"transaction_id": world.posting.id}, statements=12),
]
