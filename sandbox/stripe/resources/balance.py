"""The balance, and the transactions it is the sum of."""

from sandbox.stripe import balances
from sandbox.stripe.lists import earliest, page
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store

FILTERS = ("currency", "source", "type")


def retrieve(store: Store, params: Params) -> dict:
    params.done()
    return balances.balance(store)


def transactions(store: Store, params: Params) -> dict:
    """GET /v1/balance_transactions; `payout` gives that payout's own entry and, when automatic, what it paid out."""
    wanted = {name: params.text(name) for name in FILTERS if name in params}
    payout = params.text("payout")
    if payout:
        wanted["_payout"] = store.get("payout", payout, "payout")["id"]
    return page(store.all("balance_transaction", earliest(params), **wanted), params, "/v1/balance_transactions")
