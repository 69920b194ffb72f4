"""Facebook, fictional: Graph, the consent screen, pages a person can open, and webhooks."""

from flask import Blueprint

from sandbox.meta import accounts, ads, comments, posts  # noqa: F401 (they put their routes into the table)
from sandbox.meta.dialog import add_dialog
from sandbox.meta.errors import fault_body
from sandbox.meta.graph import add_graph
from sandbox.meta.pages import add_controls, add_pages
from sandbox.meta.seed import seed
from sandbox.meta.store import Store
from sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """Facebook over this world, seeded when it is empty."""
    store = Store(world)
    if not store.people:
        seed(store)
    world.on_reset(lambda: seed(store))
    world.faults.describe_errors("meta", fault_body)
    meta = Blueprint("meta", __name__, template_folder="templates")
    for add in (add_graph, add_dialog, add_pages, add_controls):
        add(meta, store)
    return meta
