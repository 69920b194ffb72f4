"""What is done with applications."""
from marketplace.vetting.commands.applying import add_evidence, begin, complete, remove_evidence, save, submit
from marketplace.vetting.commands.deciding import VALID_DAYS, confirm, invite_to_interview, recommend, return_recommendation, take
from marketplace.vetting.commands.watching import put_on_probation, remind_of_expiry, restore, revoke

__all__ = ["VALID_DAYS", "add_evidence", "begin", "complete", "confirm", "invite_to_interview", "put_on_probation", "recommend",
           "remind_of_expiry", "remove_evidence", "restore", "return_recommendation", "revoke", "save", "submit", "take"]
