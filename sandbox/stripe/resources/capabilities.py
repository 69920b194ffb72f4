"""Capabilities: what a connected account may do."""

from sandbox.stripe.errors import missing
from sandbox.stripe.events import emit
from sandbox.stripe.expand import list_object
from sandbox.stripe.params import Params
from sandbox.stripe.store import PLATFORM, Store

NAMES = ("card_payments", "transfers")


def index(store: Store, params: Params, identifier: str) -> dict:
    account = store.of(PLATFORM).get("account", identifier)
    params.done()
    found = [shown(account, name) for name in account["capabilities"]]
    return list_object(f"/v1/accounts/{identifier}/capabilities", found)


def retrieve(store: Store, params: Params, identifier: str, name: str) -> dict:
    account = store.of(PLATFORM).get("account", identifier)
    params.done()
    if name not in account["capabilities"]:
        raise missing("capability", name)
    return shown(account, name)


def announce(store: Store, account: dict, name: str, before: str) -> None:
    emit(store.of(account["id"]), "capability.updated", shown(account, name), {"status": before})


def shown(account: dict, name: str) -> dict:
    """Stripe's capability object, made from the account."""
    wanted = account["requirements"]
    kept = ("alternatives", "current_deadline", "currently_due", "errors", "eventually_due", "past_due")
    is_active = account["capabilities"][name] == "active"
    reason = None if is_active else "requirements.fields_needed" if wanted["currently_due"] else "rejected.other"
    return {
        "id": name, "object": "capability", "account": account["id"], "requested": True,
        "requested_at": account["created"], "status": account["capabilities"][name],
        "requirements": {part: wanted[part] for part in kept} | {"disabled_reason": reason, "pending_verification": []},
    }  # fmt: skip
