"""Facebook, through its own SDK: short time-outs, one defined answer for each thing that can go wrong.

A call ends in an answer or in one of: TokenGone (connect again), NotAllowed (the person lacks a task or a permission),
Refused (final, with Facebook's reason), SlowDown (nothing happened; wait), Unanswered (it may have happened: look before
trying again). The SDK puts tokens into addresses and repeats those in its errors; none of them leaves this folder, and
what does is redacted. Graph's ids are text, times are UTC.
"""
from marketplace.gateways.meta.ads import Campaign, launch, spend, switch
from marketplace.gateways.meta.asking import NotAllowed, Refused, SlowDown, TokenGone, Unanswered
from marketplace.gateways.meta.consent import consent_url, exchange, person, withdraw
from marketplace.gateways.meta.pages import controllers, page, pages, subscribe, unsubscribe
from marketplace.gateways.meta.posts import comments_on, hide, moment, newest_posts, post, publish, replies_to, reply
from marketplace.gateways.meta.webhooks import Forged, knows_our_token, verified_event

__all__ = ["Campaign", "Forged", "NotAllowed", "Refused", "SlowDown", "TokenGone", "Unanswered", "comments_on", "consent_url",
           "controllers", "exchange", "hide", "knows_our_token", "launch", "moment", "newest_posts", "page", "pages", "person", "post",
           "publish", "replies_to", "reply", "spend", "subscribe", "switch", "unsubscribe", "verified_event", "withdraw"]
