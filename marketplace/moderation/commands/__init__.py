"""What the team does about reports, people, roles and the audit."""
from marketplace.moderation.commands.audit_checks import ask_check, check
from marketplace.moderation.commands.reports import clear_parties, decide, report, report_by_rule, report_loss, return_page
from marketplace.moderation.commands.restrictions import lift, suspend
from marketplace.moderation.commands.roles import ask_roles, confirm_roles, refuse_roles

__all__ = ["ask_check", "ask_roles", "check", "clear_parties", "confirm_roles", "decide", "lift", "refuse_roles", "report",
           "report_by_rule", "report_loss", "return_page", "suspend"]
