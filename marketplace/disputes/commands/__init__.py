"""Verbs of disputes."""
from marketplace.disputes.commands.banks import lower_claim
from marketplace.disputes.commands.clocks import begin_mediation, hand_over
from marketplace.disputes.commands.deciding import Division, decide, recover, take
from marketplace.disputes.commands.opening import open_dispute, too_late
from marketplace.disputes.commands.settling import (
    accept_claim,
    accept_proposal,
    decline_proposal,
    propose,
    reduce_claim,
    withdraw,
)
from marketplace.disputes.commands.speaking import add_statement, mediate

__all__ = ["Division", "accept_claim", "accept_proposal", "add_statement", "begin_mediation", "decide", "decline_proposal",
           "hand_over", "lower_claim", "mediate", "open_dispute", "propose", "recover", "reduce_claim", "take", "too_late", "withdraw"]
