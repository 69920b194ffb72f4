"""What people do with their accounts."""
from marketplace.accounts.commands import expiry
from marketplace.accounts.commands.people import act_as_business, act_as_manager, lift_suspension, rename, set_language, suspend

__all__ = ["act_as_business", "act_as_manager", "expiry", "lift_suspension", "rename", "set_language", "suspend"]
