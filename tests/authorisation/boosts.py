"""Who may see ad money, hand in receipts, decide them, plan, approve and stop boosts, enter rates, read prices."""
from __future__ import annotations

from marketplace.boosts import commands, queries
from marketplace.boosts.models import AdPot, Boost, Draw
from marketplace.core import clock
from tests.authorisation.routes import Route
from tests.factories.boosts import (
    PLAN,
    RATE,
    make_boost,
    make_boost_grant,
    make_boosting_contract,
    make_draw,
    make_funded_pot,
    make_running_boost,
)
from tests.factories.businesses import make_business
from tests.factories.channels import make_channel
from tests.factories.files import PDF, upload
from tests.factories.managers import make_manager
from tests.people import person_named

EVERYBODY = {"visitor": 200, "ada": 200, "ben": 200, "eve": 200, "sam": 200}
FINANCE = {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}
BOTH = {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 200}
MANAGER = {"visitor": 303, "ada": 403, "ben": 200, "eve": 404, "sam": 403}
MANAGER_ACTS = {**MANAGER, "ben": 303}
BUSINESS = {"visitor": 303, "ada": 200, "ben": 403, "eve": 404, "sam": 403}
BUSINESS_ACTS = {**BUSINESS, "ada": 303}
STOPS = {"visitor": 303, "ada": 303, "ben": 303, "eve": 404, "sam": 303}
HIDDEN = {"visitor": 303, "ada": 404, "ben": 404, "eve": 404, "sam": 200}


def _pot(world):
    return {"pot_id": world.ad_pot.id}


def _other_pot(world):
    return {"pot_id": world.other_ad_pot.id}


def _draw(world):
    return {"draw_id": world.ad_draw.id}


def _other_draw(world):
    return {"draw_id": world.other_ad_draw.id}


def _contract(world):
    return {"contract_id": world.boost.contract_id}


def _other_contract(world):
    return {"contract_id": world.other_ad_pot.contract_id}


def _boost(world):
    return {"boost_id": world.boost.id}


def _other_boost(world):
    return {"boost_id": world.other_boost.id}


def _receipt(world):
    return {"receipt_number": "FB-77", "dollars_minor": "5", "vat_minor": "0.75", "file": upload(PDF, "receipt.pdf")}


def _plan(world):
    return {"title": "Second boost", "post_id": PLAN.post_id, "objective": "messages", "budget_minor": "10", "days": "3", "gender": "all"}


def _foreign_pot(world) -> AdPot:
    """Eve hired somebody else; ada has no part in it."""
    return make_funded_pot(_foreign_contract(world))


def _foreign_contract(world):
    manager = make_manager(person_named("Dina Roy", "dina@example.com"))
    return make_boosting_contract(make_business(world.eve), manager)


def _foreign_draw(world) -> Draw:
    make_running_boost(world.other_ad_pot, 20_00, grant=_foreign_grant(world), budget_minor=20_00)
    return make_draw(world.other_ad_pot, "FB-OTHER")


def _foreign_grant(world):
    contract = world.other_ad_pot.contract
    grants = queries.grants_to_boost(contract)
    return grants[0] if grants else make_boost_grant(contract, make_channel(contract.business, external_id="200000000000003"))


def _foreign_boost(world) -> Boost:
    return make_boost(world.other_ad_pot, _foreign_grant(world), budget_minor=5_00)


def _with_spend(world) -> Draw:
    make_running_boost(world.ad_pot, 20_00, grant=world.boost.grant, budget_minor=20_00)
    return make_draw(world.ad_pot, "FB-OWN")


def _agreed(world):
    commands.approve_boost(world.boost, world.ada, world.boost.hash)
    return _boost(world)


def _running(world):
    return {"boost_id": make_running_boost(world.ad_pot, grant=world.boost.grant, budget_minor=5_00).id}


def _paused(world):
    row = make_running_boost(world.ad_pot, grant=world.boost.grant, budget_minor=5_00)
    commands.pause_boost(row, world.ada)
    return {"boost_id": row.id}


THINGS = {
    "ad_pot": lambda world: make_funded_pot(),
    "boost": lambda world: make_boost(world.ad_pot, budget_minor=10_00),
    "ad_draw": _with_spend,
    "other_ad_pot": _foreign_pot,
    "other_ad_draw": _foreign_draw,
    "other_boost": _foreign_boost,
}

ROUTES = [
    Route("boosts.prices", "GET", EVERYBODY, statements=24),
    Route("boosts.rates", "GET", FINANCE, statements=8),
    Route("boosts.create_rate", "POST", {**FINANCE, "sam": 303},
          data=lambda world: {"rate_minor": str(RATE // 100), "day": clock.today().date().isoformat(), "source": "Bangladesh Bank",
                              "link": "https://www.bb.org.bd/en/"}),
    Route("boosts.pot_money", "GET", HIDDEN, ids=_pot, statements=18),
    Route("boosts.create_pot_refund", "POST", {**HIDDEN, "sam": 303}, ids=_pot,
          data={"amount": "100", "reason": "They agreed on the phone.", "key": "ads-back"}),
    Route("boosts.new_draw", "GET", MANAGER, ids=_pot, other=_other_pot, statements=12),
    Route("boosts.create_draw", "POST", MANAGER_ACTS, ids=_pot, other=_other_pot, data=_receipt),
    Route("boosts.show_draw", "GET", BOTH, ids=_draw, other=_other_draw, statements=18),
    Route("boosts.create_draw_approval", "POST", BUSINESS_ACTS, ids=_draw, other=_other_draw),
    Route("boosts.new_draw_refusal", "GET", BUSINESS, ids=_draw, other=_other_draw, statements=12),
    Route("boosts.create_draw_refusal", "POST", BUSINESS_ACTS, ids=_draw, other=_other_draw, data={"reason": "Not for our ads."}),
    Route("boosts.new_boost", "GET", MANAGER, ids=_contract, other=_other_contract, statements=14),
    Route("boosts.create_boost", "POST", MANAGER_ACTS, ids=_contract, other=_other_contract, data=_plan),
    Route("boosts.show_boost", "GET", BOTH, ids=_boost, other=_other_boost, statements=14),
    Route("boosts.edit_boost", "GET", MANAGER, ids=_boost, other=_other_boost, statements=12),
    Route("boosts.update_boost", "POST", MANAGER_ACTS, ids=_boost, other=_other_boost, data=_plan),
    Route("boosts.create_boost_approval", "POST", BUSINESS_ACTS, ids=_boost, other=_other_boost,
          data=lambda world: {"read": world.boost.hash}),
    Route("boosts.create_launch", "POST", MANAGER_ACTS, ids=_agreed, other=_other_boost),
    Route("boosts.create_boost_pause", "POST", STOPS, ids=_running, other=_other_boost),
    Route("boosts.create_boost_resumption", "POST", MANAGER_ACTS, ids=_paused, other=_other_boost),
    Route("boosts.create_boost_ending", "POST", STOPS, ids=_boost, other=_other_boost),
]
