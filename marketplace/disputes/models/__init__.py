"""A dispute with what is said in it, and the published reasons."""
from marketplace.disputes.models.dispute import (
    SPEAKING,
    UNDECIDED,
    Dispute,
    DisputeStatus,
    Outcome,
    ProposalStatus,
    SplitProposal,
    Statement,
)
from marketplace.disputes.models.grounds import CLAIMS, GROUNDS, Ground

__all__ = ["CLAIMS", "GROUNDS", "SPEAKING", "UNDECIDED", "Dispute", "DisputeStatus", "Ground", "Outcome", "ProposalStatus", "SplitProposal",
           "Statement"]
