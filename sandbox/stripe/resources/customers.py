"""Customers: whom a payment is from."""

from sandbox.stripe.lists import page
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store

FIELDS = ("email", "name", "phone", "description")


def create(store: Store, params: Params) -> dict:
    fields = {name: params.text(name) for name in FIELDS}
    metadata = params.metadata()
    params.done()
    return store.add(
        "customer", "cus", **fields, metadata=metadata, livemode=False, balance=0, currency=None, default_source=None,
        delinquent=False, address=None, shipping=None, preferred_locales=[], tax_exempt="none",
    )  # fmt: skip


def update(store: Store, params: Params, identifier: str) -> dict:
    customer = store.get("customer", identifier)
    fields = {name: params.text(name) for name in FIELDS if name in params}
    metadata = params.metadata()
    params.done()
    store.change(customer, **fields, metadata=customer["metadata"] | metadata)
    return customer


def payment_methods(store: Store, params: Params, identifier: str) -> dict:
    """GET /v1/customers/{id}/payment_methods: cards saved for later."""
    params.choice("type", "card")
    store.get("customer", identifier)
    return page(store.all("payment_method", customer=identifier), params, f"/v1/customers/{identifier}/payment_methods")
