"""What is done to listings."""
from marketplace.jobs.commands.drafts import COLUMNS, REVIEW_HOURS, Warned, change, create_draft, save_draft, submit, texts
from marketplace.jobs.commands.invitations import decline_invitation, invite
from marketplace.jobs.commands.moderation import approve, remove, send_back
from marketplace.jobs.commands.questions import MOST_QUESTIONS, answer, ask, ask_bidders
from marketplace.jobs.commands.running import close, expire, fill_seat, free_seat, offer_seat, pause, resume, vacate_seat, warn

__all__ = [
    "COLUMNS", "MOST_QUESTIONS", "REVIEW_HOURS", "Warned", "answer", "approve", "ask", "ask_bidders", "change", "close",
    "create_draft", "decline_invitation", "expire", "fill_seat", "free_seat", "invite", "offer_seat", "pause", "remove", "resume",
    "save_draft", "send_back", "submit", "texts", "vacate_seat", "warn",
]
