"""What is done to profiles."""
from marketplace.managers.commands.offers import add_item, add_package, edit_item, edit_package, move_item_up, remove_item, remove_package
from marketplace.managers.commands.profiles import begin, edit, publish, set_photo, withdraw
from marketplace.managers.commands.standing import drop_lapsed, mark_vetted, record_work, rerank

__all__ = ["add_item", "add_package", "begin", "drop_lapsed", "edit", "edit_item", "edit_package", "mark_vetted", "move_item_up",
           "publish", "record_work", "remove_item", "remove_package", "rerank", "set_photo", "withdraw"]
