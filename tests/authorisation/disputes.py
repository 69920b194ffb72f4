"""Who may open, see, settle and decide disputes."""
from marketplace.contracts.models.offer import Side
from marketplace.core.money import Money
from marketplace.disputes import commands
from tests.authorisation.routes import Route
from tests.factories.contracts import make_delivered, make_funded
from tests.factories.disputes import make_dispute, make_mediated

ABSENT = {"visitor": 303, "ada": 404, "ben": 404, "eve": 404, "sam": 404}


def who(**roles):
    """Signed-out are led to sign-in, strangers see nothing."""
    return ABSENT | roles


def _proposal(world):
    """ben would divide it."""
    return commands.propose(make_dispute(), world.ben, Side.manager, Money(100_000))


THINGS = {
    "dispute": lambda world: make_dispute(),
    "mediated_dispute": lambda world: make_mediated(),
    "split_proposal": _proposal,
    "disputable_milestone": lambda world: make_delivered(),
    "other_dispute": lambda world: make_dispute(make_delivered(make_funded(world.other_milestone)), side=Side.manager),
    "other_split_proposal": lambda world: commands.propose(
        world.other_dispute, world.other_dispute.milestone.contract.manager.person, Side.manager, Money(1_000)),
}


def dispute(world):
    return {"dispute_id": world.dispute.id}


def mediated(world):
    return {"dispute_id": world.mediated_dispute.id}


def proposal(world):
    return {"proposal_id": world.split_proposal.id}


def milestone(world):
    return {"milestone_id": world.disputable_milestone.id}


def other(world):
    return {"dispute_id": world.other_dispute.id}


def other_proposal(world):
    return {"proposal_id": world.other_split_proposal.id}


def other_milestone(world):
    return {"milestone_id": world.other_milestone.id}


CLAIM = {"amount": "1,500", "reason": "other", "text": "Five posts are missing."}
DECISION = {"to_manager": "500", "to_business": "1000", "grounds": ["delivered_in_part"], "text": "Fifteen posts are on the page."}
ANYONE = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)
TEAM = {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}

ROUTES = [
    Route("disputes.reasons", "GET", ANYONE, statements=6),
    Route("disputes.new", "GET", who(ada=200, ben=200, sam=403), milestone, other_milestone, statements=18),
    Route("disputes.create", "POST", who(ada=303, ben=303, sam=403), milestone, other_milestone, data=CLAIM),
    Route("disputes.show", "GET", who(ada=200, ben=200, sam=200), dispute, other, statements=22),
    Route("disputes.create_statement", "POST", who(ada=303, ben=303, sam=303), dispute, other, data={"text": "Look at the page."}),
    Route("disputes.create_acceptance", "POST", who(ada=403, ben=303, sam=403), dispute, other),
    Route("disputes.new_proposal", "GET", who(ada=200, ben=200, sam=403), dispute, other, statements=16),
    Route("disputes.create_proposal", "POST", who(ada=303, ben=303, sam=403), dispute, other, data={"to_manager": "500"}),
    Route("disputes.create_proposal_acceptance", "POST", who(ada=303, ben=403, sam=403), proposal, other_proposal),
    Route("disputes.create_proposal_refusal", "POST", who(ada=303, ben=403, sam=403), proposal, other_proposal),
    Route("disputes.new_reduction", "GET", who(ada=200, ben=403, sam=403), dispute, other, statements=16),
    Route("disputes.create_reduction", "POST", who(ada=303, ben=403, sam=403), dispute, other, data={"amount": "500"}),
    Route("disputes.create_withdrawal", "POST", who(ada=303, ben=403, sam=403), dispute, other),
    Route("disputes.desk", "GET", TEAM, statements=12),
    Route("disputes.create_assignment", "POST", who(ada=403, ben=403, sam=303), mediated, other),
    Route("disputes.new_decision", "GET", who(ada=403, ben=403, sam=200), mediated, other, statements=16),
    Route("disputes.create_decision", "POST", who(ada=403, ben=403, sam=303), mediated, other, data=DECISION),
]
