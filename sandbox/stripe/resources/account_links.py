"""Account links: a way into the hosted onboarding, good once and for minutes."""

from sandbox.stripe.params import Params
from sandbox.stripe.store import PLATFORM, Store, new_id

GOOD_FOR = 300


def create(store: Store, params: Params) -> dict:
    account_id = params.text("account", required=True)
    kind = params.choice("type", "account_onboarding", "account_update", required=True)
    urls = {name: params.text(name, required=True) for name in ("refresh_url", "return_url")}
    params.choice("collect", "currently_due", "eventually_due")
    options = params.group("collection_options")
    options.choice("fields", "currently_due", "eventually_due")
    options.choice("future_requirements", "include", "omit")
    params.done()
    account = store.of(PLATFORM).get("account", account_id, "account")
    return _add(store, account, kind, urls)


def _add(store: Store, account: dict, kind: str | None, urls: dict) -> dict:
    """The link has no id of its own: its secret is in the URL."""
    token = new_id("link")
    url = f"{store.world.base_url}/stripe/onboarding/{token}"
    link = {"object": "account_link", "created": store.now(), "expires_at": store.now() + GOOD_FOR, "url": url}
    store.of(PLATFORM).save(link | {"id": token, "_account": account["id"], "_type": kind, "_used": False} | _hidden(urls))
    return link


def _hidden(urls: dict) -> dict:
    return {f"_{name}": url for name, url in urls.items()}
