"""What is done with access: giving, using, ending."""
from marketplace.access.commands.doubting import clear, confirm, doubt
from marketplace.access.commands.ending import confirm_withdrawal, expire, expire_due, revoke, revoke_all, settle, settle_contract
from marketplace.access.commands.granting import ask, change, grant, resume_all, suspend, suspend_unfunded
from marketplace.access.commands.losing import bring_back, give_up, lost_pages, report_loss
from marketplace.access.commands.using import Use, Withheld, require, use, withheld

__all__ = ["Use", "Withheld", "ask", "bring_back", "change", "clear", "confirm", "confirm_withdrawal", "doubt", "expire", "expire_due",
           "give_up", "grant", "lost_pages", "report_loss", "require", "resume_all", "revoke", "revoke_all", "settle",
           "settle_contract", "suspend", "suspend_unfunded", "use", "withheld"]
