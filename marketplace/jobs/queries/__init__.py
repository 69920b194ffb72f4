"""Reads of jobs, through the reader's eyes."""
from marketplace.jobs.queries.desk import case_seen_by, decisions, duplicates, last_sent_back, queue, queue_size
from marketplace.jobs.queries.invitations import (
    invitation_of,
    invitation_seen_by,
    invitations_to,
    jobs_to_invite_to,
    untold_invitations,
)
from marketplace.jobs.queries.lines import facts, lines, reasons_of
from marketplace.jobs.queries.listing import (
    acts_for,
    answered,
    job_seen_by,
    limit_of,
    mine,
    open_count,
    own,
    question_seen_by,
    questions_about,
    role_of,
    seat_of,
    seats,
)
from marketplace.jobs.queries.search import BUDGETS, list_open

__all__ = [
    "BUDGETS", "acts_for", "answered", "case_seen_by", "decisions", "duplicates", "facts", "invitation_of", "invitation_seen_by",
    "invitations_to", "job_seen_by", "jobs_to_invite_to", "last_sent_back", "limit_of", "lines", "list_open", "mine", "open_count",
    "own", "question_seen_by", "questions_about", "queue", "queue_size", "reasons_of", "role_of", "seat_of", "seats",
    "untold_invitations",
]
