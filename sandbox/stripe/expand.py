"""How objects are shown: without the sandbox's own fields, and with what `expand[]` asks for in place of ids."""

from collections.abc import Callable

from sandbox.stripe import balances
from sandbox.stripe.errors import InvalidParameter
from sandbox.stripe.store import PLATFORM, Store, public

KINDS = {
    "acct": "account", "ch": "charge", "py": "charge", "cus": "customer", "du": "dispute", "file": "file",
    "pi": "payment_intent", "pm": "payment_method", "po": "payout", "pyr": "refund", "re": "refund",
    "tr": "transfer", "trr": "transfer_reversal", "txn": "balance_transaction",
}  # fmt: skip
DEEPEST = 4


def shown(store: Store, thing: dict, wanted: list[str]) -> dict:
    """The object as the caller sees it. Refuses paths that do not lead to an object."""
    thing = public(thing)
    for path in wanted if isinstance(wanted, list) else [wanted]:
        names = path.split(".")
        if len(names) > DEEPEST:
            raise _refused(path, f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}")
        _expand(store, thing, names, path)
    return _with_status(store, thing)


def list_object(url: str, things: list[dict], has_more: bool = False) -> dict:
    return {"object": "list", "data": things, "has_more": has_more, "url": url}


def _expand(store: Store, thing: dict, names: list[str], path: str) -> None:
    name, rest = names[0], names[1:]
    if name == "data" and thing.get("object") == "list":
        for item in thing["data"]:
            _expand(store, item, rest, path)
        return
    thing[name] = _expanded(store, thing, name, path)
    if rest and isinstance(thing[name], dict):
        _expand(store, thing[name], rest, path)


def _expanded(store: Store, thing: dict, name: str, path: str):
    value = thing.get(name)
    if isinstance(value, dict):
        return value
    if include := INCLUDED.get((thing.get("object", ""), name)):
        return include(store, thing)
    if name in thing and value is None:
        return None
    found = _find(store, value) if isinstance(value, str) else None
    if found is None:
        raise _refused(path, f"This property cannot be expanded ({path}).")
    return public(found)


def _find(store: Store, identifier: str) -> dict | None:
    kind = KINDS.get(identifier.partition("_")[0])
    if kind is None:
        return None
    return (store.of(PLATFORM) if kind == "account" else store).find(kind, identifier)


def _refused(path: str, message: str) -> InvalidParameter:
    return InvalidParameter(message, param=f"expand[{path}]")


def _with_status(store: Store, value):
    """Whether a balance transaction is available depends on the clock, so it is said when it is shown."""
    if isinstance(value, list):
        return [_with_status(store, item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _with_status(store, item) for name, item in value.items()}
    if inner.get("object") == "balance_transaction":
        inner["status"] = balances.status(store, inner)
    return inner


def _refunds_of(store: Store, charge: dict) -> dict:
    found = [public(refund) for refund in reversed(store.all("refund", charge=charge["id"]))]
    return list_object(f"/v1/charges/{charge['id']}/refunds", found)


def _lines_of(store: Store, session: dict) -> dict:
    lines = store.get("checkout.session", session["id"])["_line_items"]
    return list_object(f"/v1/checkout/sessions/{session['id']}/line_items", lines)


def _bank_of(store: Store, payout: dict) -> dict | str:
    """The account's bank of today; the id alone when it was another's."""
    account = store.of(PLATFORM).find("account", store.account) or {"external_accounts": {"data": []}}
    banks = {bank["id"]: public(bank) for bank in account["external_accounts"]["data"]}
    return banks.get(payout["destination"], payout["destination"])


INCLUDED: dict[tuple[str, str], Callable[[Store, dict], dict | str]] = {
    ("charge", "refunds"): _refunds_of,
    ("checkout.session", "line_items"): _lines_of,
    ("payout", "destination"): _bank_of,
}
