"""Which of the five may read what was typed into which column, somewhere on some page. What is not named, nobody reads.

Visitors, ada (the business), ben (its manager), eve (a stranger who is both), sam (of the team).
"""
from __future__ import annotations

ANYBODY = frozenset({"visitor", "ada", "ben", "eve", "sam"})
SIDES = frozenset({"ada", "ben"})
SIDES_AND_TEAM = SIDES | {"sam"}

READERS = {
    # public: profiles, published jobs, published reviews; a contract's title stands beside its review
    **dict.fromkeys(("businesses.name", "people.name", "contracts.title", "jobs.title", "jobs.description", "jobs.details",
                     "job_questions.text", "job_questions.answer", "managers.name", "managers.headline", "managers.about",
                     "managers.sample_question", "managers.sample_reply", "packages.title", "packages.description",
                     "portfolio_items.title", "portfolio_items.text", "reviews.text", "reviews.reply"), ANYBODY),
    # of one contract: the two sides, and the team where it decides
    **dict.fromkeys(("bids.strategy", "bids.answers", "bids.competing_pages", "bids.price_minor", "bid_milestones.title",
                     "offer_terms.terms", "offer_terms.message", "comments.text", "comments.from_name", "replies.text",
                     "brands.name", "posts.note"), SIDES),
    **dict.fromkeys(("contracts.terms", "milestones.title", "deliveries.note", "change_requests.note", "refund_requests.reason",
                     "channels.name", "posts.text", "payments.title", "grant_uses.note", "contracts.end_reason",
                     "change_orders.reason", "change_orders.details", "bonuses.note", "boosts.title", "boosts.failure",
                     "ad_draws.receipt_number", "ad_draws.reason", "chargebacks.record", "chargebacks.fault_why",
                     "files.name", "papers.about", "dispute_statements.text", "dispute_proposals.note"), SIDES_AND_TEAM),
    **dict.fromkeys(("ad_pots.rate_source", "exchange_rates.source"), ANYBODY),  # a rate is public, and says where it is from
    # of one side
    **dict.fromkeys(("businesses.about", "brands.about", "brands.guide", "channels.controllers", "channel_consents.candidates",
                     "jobs.findings", "job_decisions.note", "job_decisions.findings"), frozenset({"ada", "sam"})),
    **dict.fromkeys(("vetting_applications.answers", "vetting_applications.reasons", "refunds.failure", "transfers.failure",
                     "payouts.failure", "managers.identity_name",
                     "manual_payouts.reference", "manual_payouts.why"), frozenset({"ben", "sam"})),
    "payout_accounts.masked": ANYBODY,  # its last digits, to whoever has the letter with which a change can be stopped
    "sessions.device": ANYBODY - {"visitor"},  # each their own
    "notices.title": ANYBODY - {"visitor"},
    # of the team alone
    **dict.fromkeys(("reports.text", "reports.title", "reports.decision", "restrictions.reason", "restrictions.end_reason",
                     "role_changes.reason", "vetting_applications.recommendation", "vetting_applications.decision",
                     "money_proposals.why", "money_proposals.answer", "mismatches.reason", "mismatches.note",
                     "reversals.failure", "transfers.check_reason", "payout_checks.why",
                     "bank_payouts.failure",
                     "reconciliations.findings", "reconciliations.balances", "audit_entries.details"), frozenset({"sam"})),
}
# Pages that must show these: a crawl in which no mark is ever shown would prove nothing.
MUST_SHOW = {
    ("bids.show", "ada"): {"bids.strategy", "bids.price_minor"}, ("bids.show", "ben"): {"bids.strategy"},
    ("jobs.show", "visitor"): {"jobs.title", "jobs.description"}, ("contracts.show", "sam"): {"contracts.title"},
    ("moderation.report", "sam"): {"reports.text"}, ("managers.show", "eve"): {"managers.about"},
    ("inbox.show", "ben"): {"comments.text"}, ("vetting.show", "sam"): {"vetting_applications.answers"},
}
