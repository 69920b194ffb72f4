"""What is done with comments: taking them in, answering, hiding."""
from marketplace.inbox.commands.answering import cancel_waiting, hide, let_go, look_for_replies, reply, send_reply, stop
from marketplace.inbox.commands.arriving import fetch_comments, look_for_comments, mark_answered, take_in

__all__ = ["cancel_waiting", "fetch_comments", "hide", "let_go", "look_for_comments", "look_for_replies", "mark_answered", "reply",
           "send_reply", "stop", "take_in"]
