"""The tables of contracts."""
from marketplace.contracts.models.bonus import Bonus, BonusStatus
from marketplace.contracts.models.change_order import ChangeKind, ChangeOrder, ChangeOrderStatus
from marketplace.contracts.models.contract import Contract, ContractStatus, HandoverItem
from marketplace.contracts.models.funding_release import FundingRelease
from marketplace.contracts.models.milestone import ChangeRequest, Delivery, Milestone, MilestoneStatus
from marketplace.contracts.models.offer import Offer, OfferStatus, OfferTerms
from marketplace.contracts.models.party_check import PartyCheck, PartyCheckStatus
from marketplace.contracts.models.refund_request import RefundRequest
from marketplace.contracts.models.retainer import Month, MonthProposal, MonthProposalStatus, Retainer
from marketplace.contracts.models.settlement import Settlement

__all__ = [
    "Bonus", "BonusStatus", "ChangeKind", "ChangeOrder", "ChangeOrderStatus", "ChangeRequest", "Contract",
    "ContractStatus", "Delivery", "FundingRelease", "HandoverItem", "Milestone", "MilestoneStatus",
    "Month", "MonthProposal", "MonthProposalStatus", "Offer", "OfferStatus", "OfferTerms",
    "PartyCheck", "PartyCheckStatus", "RefundRequest", "Retainer", "Settlement",
]
