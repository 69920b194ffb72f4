"""Verbs of disputes."""
from marketplace.disputes import queries
from marketplace.disputes.commands.banks import lower_claim
from marketplace.disputes.commands.clocks import SECOND_DAYS, begin_mediation, hand_over
from marketplace.disputes.commands.deciding import Division, decide, recover, take
from marketplace.disputes.commands.opening import open_dispute
from marketplace.disputes.commands.settling import (
    accept_claim,
    accept_proposal,
    decline_proposal,
    propose,
    reduce_claim,
    withdraw,
)
from marketplace.disputes.commands.speaking import ANSWER_DAYS, DECISION_DAYS, add_statement, mediate

DAYS = {"claim": queries.CLAIM_DAYS, "answer": ANSWER_DAYS, "decide": DECISION_DAYS, "second": SECOND_DAYS}
"""The clocks as people are told them."""

__all__ = ["DAYS", "Division", "accept_claim", "accept_proposal", "add_statement", "begin_mediation", "decide", "decline_proposal",
           "hand_over", "lower_claim", "mediate", "open_dispute", "propose", "recover", "reduce_claim", "take", "withdraw"]
