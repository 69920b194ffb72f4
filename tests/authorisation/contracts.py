"""Who may open and do what with offers, contracts and milestones."""
from marketplace.contracts.commands import milestones, refunds
from marketplace.contracts.commands.contracts import end_contract, open_items, pause_contract
from marketplace.contracts.commands.prorating import propose
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import months_of
from tests.authorisation.routes import Route
from tests.factories.businesses import make_business
from tests.factories.changes import make_bonus, make_change
from tests.factories.contracts import make_approved, make_bid, make_contract, make_delivered, make_funded, make_milestone, make_offer
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager
from tests.factories.retainers import make_next_month, make_retainer, make_saved_card
from tests.people import person_named

ABSENT = {"visitor": 303, "ada": 404, "ben": 404, "eve": 404, "sam": 404}


def who(**roles):
    """Signed-out are led to sign-in, strangers see nothing."""
    return ABSENT | roles


def _doubted(world):
    """Released at once, with nothing handed in that shows work."""
    milestone = make_funded()
    milestones.deliver(milestone, world.ben, "Done.", [])
    return make_approved(milestone)


def _other_contract(world):
    """Between two people nobody of the cast knows."""
    business = make_business(person_named("Dina Alam", "dina@example.com"))
    manager = make_manager(person_named("Kamal Uddin", "kamal@example.com"))
    return make_contract(make_offer(make_bid(make_job(business), manager)))


def _ended(world):
    contract = make_contract()
    end_contract(contract, world.ada, Side.business, "Over.")
    return contract


def _paused(world):
    contract = make_contract()
    pause_contract(contract, world.ada, Side.business, "Eid.")
    return contract


def _ended_month(world):
    """A month that is paid in, of a contract that has ended."""
    contract = make_next_month().milestone.contract
    end_contract(contract, world.ada, Side.business, "Over.")
    return months_of(contract)[0]


THINGS = {
    "offered_bid": lambda world: make_bid(),
    "offer": lambda world: make_offer(),
    "contract": lambda world: make_contract(),
    "paused_contract": _paused,
    "planned_milestone": lambda world: make_milestone(),
    "funded_milestone": lambda world: make_funded(),
    "delivered_milestone": lambda world: make_delivered(),
    "refund_request": lambda world: refunds.ask_refund(make_funded(), world.ada, "The shop closes."),
    "change_order": lambda world: make_change(),
    "other_change_order": lambda world: make_change(world.other_contract),
    "approved_milestone": lambda world: make_approved(),
    "doubted_milestone": _doubted,
    "bonus": lambda world: make_bonus(),
    "handover_item": lambda world: next(item for item in open_items(_ended(world)) if item.code != "access_revoked"),
    "retainer": lambda world: make_retainer(),
    "saved_card": lambda world: make_saved_card(world.retainer.business),
    "ended_month": _ended_month,
    "month_proposal": lambda world: propose(_ended_month(world).milestone, world.ada, Side.business, [30, 2]),
    "other_contract": _other_contract,
    "other_offer": lambda world: world.other_contract.offer,
    "other_milestone": lambda world: make_milestone(world.other_contract),
}


def bid(world):
    return {"bid_id": world.offered_bid.id}


def offer(world):
    return {"offer_id": world.offer.id}


def contract(world):
    return {"contract_id": world.contract.id}


def planned(world):
    return {"milestone_id": world.planned_milestone.id}


def funded(world):
    return {"milestone_id": world.funded_milestone.id}


def delivered(world):
    return {"milestone_id": world.delivered_milestone.id}


def request(world):
    return {"request_id": world.refund_request.id}


def change(world):
    return {"order_id": world.change_order.id}


def other_change(world):
    return {"order_id": world.other_change_order.id}


def rewarded(world):
    return {"contract_id": world.approved_milestone.contract_id}


def item(world):
    return {"item_id": world.handover_item.id}


def retainer(world):
    return {"contract_id": world.retainer.id}


def month(world):
    return {"milestone_id": world.ended_month.milestone_id}


def proposal(world):
    return {"proposal_id": world.month_proposal.id}


def other_offer(world):
    return {"offer_id": world.other_offer.id}


def other_contract(world):
    return {"contract_id": world.other_contract.id}


def other_milestone(world):
    return {"milestone_id": world.other_milestone.id}


TERMS = {"title": "December", "scope": "Posts", "milestones-0-title": "All", "milestones-0-amount_minor": "7000", "milestones-0-days": "30",
         "changes_included": "2", "notice_days": "9", "ownership": "business"}
SIGNED_IN = {"visitor": 303, "ada": 200, "ben": 200, "eve": 200, "sam": 200}
BUSINESS_PAGE, MANAGER_PAGE = who(ada=200, ben=403, sam=403), who(ada=403, ben=200, sam=403)
BUSINESS_ACT, MANAGER_ACT = who(ada=303, ben=403, sam=403), who(ada=403, ben=303, sam=403)

ROUTES = [
    Route("contracts.new_offer", "GET", who(ada=200, ben=403), bid, statements=14),
    Route("contracts.create_offer", "POST", who(ada=303, ben=403), bid, data=TERMS),
    Route("contracts.show_offer", "GET", who(ada=200, ben=200), offer, other_offer, statements=14),
    Route("contracts.new_counter_offer", "GET", who(ada=200, ben=200), offer, other_offer, statements=14),
    Route("contracts.create_counter_offer", "POST", who(ada=409, ben=303), offer, other_offer, data=TERMS | {"version": "1"}),
    Route("contracts.create_acceptance", "POST", who(ada=409, ben=303), offer, other_offer, data={"version": "1"}),
    Route("contracts.create_refusal", "POST", who(ada=303, ben=303), offer, other_offer),
    Route("contracts.index", "GET", SIGNED_IN, statements=12),
    Route("contracts.show", "GET", who(ada=200, ben=200, sam=200), contract, other_contract,
          statements=15),  # of the parties 11; the team's navigation counts four times
    Route("contracts.wallet", "GET", SIGNED_IN, statements=12),
    Route("contracts.new_funding", "GET", BUSINESS_PAGE, planned, other_milestone, statements=16),
    Route("contracts.create_funding", "POST", who(ada=409, ben=403, sam=403), funded, other_milestone),
    Route("contracts.create_funding_cancellation", "POST", who(ada=409, ben=403, sam=403), funded, other_milestone),
    Route("contracts.new_delivery", "GET", MANAGER_PAGE, funded, other_milestone, statements=16),
    Route("contracts.create_delivery", "POST", MANAGER_ACT, funded, other_milestone, data={"note": "Done."}),
    Route("contracts.new_approval", "GET", BUSINESS_PAGE, delivered, other_milestone, statements=16),
    Route("contracts.create_approval", "POST", BUSINESS_ACT, delivered, other_milestone, statements=20),
    Route("contracts.new_change_request", "GET", BUSINESS_PAGE, delivered, other_milestone, statements=16),
    Route("contracts.create_change_request", "POST", BUSINESS_ACT, delivered, other_milestone, data={"note": "Brighter."}),
    Route("contracts.create_extension", "POST", BUSINESS_ACT, delivered, other_milestone),
    Route("contracts.new_refund_request", "GET", BUSINESS_PAGE, funded, other_milestone, statements=16),
    Route("contracts.create_refund_request", "POST", BUSINESS_ACT, funded, other_milestone, data={"reason": "The shop closes."}),
    Route("contracts.create_refund_refusal", "POST", MANAGER_ACT, request),
    Route("contracts.create_refund_agreement", "POST", MANAGER_ACT, request),
    Route("contracts.new_refund", "GET", MANAGER_PAGE, funded, other_milestone, statements=16),
    Route("contracts.create_refund", "POST", MANAGER_ACT, funded, other_milestone),
    Route("contracts.new_change_order", "GET", who(ada=200, ben=200, sam=403), contract, other_contract, statements=16),
    Route("contracts.create_change_order", "POST", who(ada=303, ben=303, sam=403), contract, other_contract,
          data={"kind": "add", "title": "More", "amount_minor": "1500", "days": "9", "reason": "More work."}),
    Route("contracts.show_change_order", "GET", who(ada=200, ben=200, sam=200), change, other_change, statements=16),
    Route("contracts.create_change_acceptance", "POST", who(ada=303, ben=403, sam=403), change, other_change),
    Route("contracts.create_change_refusal", "POST", who(ada=303, ben=403, sam=403), change, other_change),
    Route("contracts.create_change_withdrawal", "POST", who(ada=403, ben=303, sam=403), change, other_change),
    Route("contracts.new_bonus", "GET", who(ada=200, ben=403, sam=403), rewarded, other_contract, statements=16),
    Route("contracts.create_bonus", "POST", who(ada=409, ben=403, sam=403), contract, other_contract, data={"amount": "500", "card": ""}),
    Route("contracts.create_bonus_cancellation", "POST", who(ada=303, ben=403, sam=403), lambda world: {"bonus_id": world.bonus.id}),
    Route("contracts.new_ending", "GET", who(ada=200, ben=200, sam=403), contract, other_contract, statements=16),
    Route("contracts.create_ending", "POST", who(ada=303, ben=303, sam=403), contract, other_contract, data={"reason": "Over."}),
    Route("contracts.new_pause", "GET", who(ada=200, ben=200, sam=403), contract, other_contract, statements=16),
    Route("contracts.create_pause", "POST", who(ada=303, ben=303, sam=403), contract, other_contract, data={"reason": "Eid."}),
    Route("contracts.create_resumption", "POST", who(ada=303, ben=403, sam=403),
          lambda world: {"contract_id": world.paused_contract.id}, other_contract),
    Route("contracts.create_tick", "POST", BUSINESS_ACT, item),
    Route("contracts.new_consent", "GET", who(ada=200, ben=403, sam=403), retainer, other_contract, statements=16),
    Route("contracts.create_consent", "POST", who(ada=303, ben=403, sam=403), retainer, other_contract,
          data=lambda world: {"card": str(world.saved_card.id)}),
    Route("contracts.create_consent_withdrawal", "POST", who(ada=303, ben=403, sam=403), retainer, other_contract),
    Route("contracts.new_proposal", "GET", who(ada=200, ben=200, sam=403), month, other_milestone, statements=16),
    Route("contracts.create_proposal", "POST", who(ada=303, ben=303, sam=403), month, other_milestone,
          data={"done-0": "30", "done-1": "2"}),
    Route("contracts.create_proposal_agreement", "POST", MANAGER_ACT, proposal),
    Route("contracts.create_proposal_refusal", "POST", MANAGER_ACT, proposal),
    Route("contracts.milestone_money", "GET", who(sam=200), statements=12,
          ids=lambda world: {"milestone_id": world.funded_milestone.id},
          other=lambda world: {"milestone_id": make_milestone(_other_contract(world)).id}),
    Route("contracts.create_take_back", "POST", who(sam=303), data={"take_back-reason": "No work.", "take_back-key": "k"},
          ids=lambda world: {"milestone_id": world.doubted_milestone.id},
          other=lambda world: {"milestone_id": make_milestone(_other_contract(world)).id}),
    Route("contracts.create_staff_refund", "POST", who(sam=303),
          data={"amount": "100", "reason": "A promise.", "key": "k"},
          ids=lambda world: {"milestone_id": world.funded_milestone.id},
          other=lambda world: {"milestone_id": make_milestone(_other_contract(world)).id}),
    Route("contracts.funding_checks", "GET", {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}, statements=8),
    Route("contracts.create_funding_release", "POST", who(sam=409), data={"reason": "All is well."},
          ids=lambda world: {"business_id": world.funded_milestone.contract.business_id},
          other=lambda world: {"business_id": make_milestone(_other_contract(world)).contract.business_id}),
]
