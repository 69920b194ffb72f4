"""Who may open the access passport."""
from __future__ import annotations

from datetime import timedelta

from marketplace.access.queries import CONFIRM_LINK
from marketplace.contracts.commands import offers
from marketplace.core import clock, crypto
from tests.authorisation.routes import Route
from tests.factories.access import make_grant, make_working_contract
from tests.factories.businesses import make_business
from tests.factories.channels import make_channel
from tests.factories.contracts import TERMS, make_bid, make_contract, make_funded, make_milestone
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager
from tests.people import person_named

OWNER = {"visitor": 303, "ada": 200, "ben": 403, "eve": 404, "sam": 403}
OWNER_ACTS = {**OWNER, "ada": 303}
MANAGER_ACTS = {**OWNER, "ada": 403, "ben": 303}
BOTH = {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 200}

ANYBODY = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)


def _contract(world):
    return {"contract_id": world.working_contract.id}


def _bare(world):
    """A contract without access yet."""
    return {"contract_id": world.bare_contract.id}


def _grant(world):
    return {"grant_id": world.grant.id}


def _other(world):
    return {"grant_id": world.other_grant.id}


def _other_contract(world):
    return {"contract_id": world.other_grant.contract_id}


def _typed(world):
    until = (clock.today() + timedelta(days=5)).date().isoformat()
    return {"channel": str(world.channel.id), "rights": ["draft"], "until": until}


def _foreign_grant(world):
    """Eve hired somebody else; ada has no part in it."""
    bid = make_bid(make_job(make_business(world.eve)), make_manager(person_named("Dina Roy", "dina@example.com")))
    contract = make_contract(offers.make_offer(bid, world.eve, TERMS, "Hello"))
    make_funded(make_milestone(contract))
    return make_grant(contract, make_channel(contract.business, external_id="200000000000003"))


def _confirmation(world):
    return {"token": crypto.sign(CONFIRM_LINK, str(world.grant.manager_id))}


THINGS = {
    "working_contract": lambda world: make_working_contract(),
    "bare_contract": lambda world: make_working_contract(),
    "grant": lambda world: make_grant(world.working_contract, world.channel),
    "other_grant": _foreign_grant,
}

ROUTES = [
    Route("access.new", "GET", OWNER, ids=_contract, other=_other_contract, statements=10),
    Route("access.create", "POST", OWNER_ACTS, ids=_contract, other=_other_contract, data=_typed),
    Route("access.create_request", "POST", MANAGER_ACTS, ids=_bare, other=_other_contract),
    Route("access.show", "GET", BOTH, ids=_grant, other=_other, statements=15),
    Route("access.create_revocation", "POST", OWNER_ACTS, ids=_grant, other=_other),
    Route("access.new_page_loss", "GET", OWNER, ids=_grant, other=_other, statements=10),
    Route("access.create_page_loss", "POST", OWNER_ACTS, ids=_grant, other=_other, data={"text": ""}),
    Route("access.edit", "GET", OWNER, ids=_grant, other=_other, statements=10),
    # Whoever reads the manager's mail may say that it was them, signed in or not.
    Route("access.confirmation", "GET", ANYBODY, ids=_confirmation, statements=6),
    Route("access.confirmation", "POST", ANYBODY, ids=_confirmation),
    Route("access.update", "POST", OWNER_ACTS, ids=_grant, other=_other, data=_typed),
]
