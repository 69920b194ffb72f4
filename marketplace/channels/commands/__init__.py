"""What is done with channels: connecting, speaking for a page, ending, webhooks. The only place that knows tokens."""
from marketplace.channels.commands.advertising import campaign_spend, launch_campaign, switch_campaign
from marketplace.channels.commands.connecting import begin_consent, connect_page, end_consent, forget_consents
from marketplace.channels.commands.ending import check, disconnect, look_after, shares_consent, withdraw
from marketplace.channels.commands.events import Unsigned, confirm_subscription, handle_event, receive, take_up_events
from marketplace.channels.commands.rotation import rotate
from marketplace.channels.commands.speaking import (
    find_post,
    find_reply,
    hide_comment,
    newest_comments,
    permalink,
    publish_post,
    reply_to_comment,
)
from marketplace.gateways.meta import NotAllowed, Refused, SlowDown, TokenGone, Unanswered

__all__ = ["NotAllowed", "Refused", "SlowDown", "TokenGone", "Unanswered", "Unsigned", "begin_consent", "campaign_spend", "check",
           "confirm_subscription", "connect_page", "disconnect", "end_consent", "find_post", "find_reply", "forget_consents",
           "handle_event", "hide_comment", "launch_campaign", "look_after", "newest_comments", "permalink", "publish_post", "receive",
           "reply_to_comment", "rotate", "shares_consent", "switch_campaign", "take_up_events", "withdraw"]
