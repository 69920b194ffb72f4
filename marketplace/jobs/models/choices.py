"""Closed lists of the listing forms and of moderation, as (code, label) pairs. The code is stored; the label is shown."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

GOALS = (
    ("regular", _l("Regular posts")),
    ("replies", _l("Nobody waits for an answer")),
    ("orders", _l("More orders from the inbox")),
    ("launch", _l("A new page, from the start")),
    ("group", _l("Grow a group")),
)
OBJECTIVES = (
    ("messages", _l("Messages to the inbox")),
    ("engagement", _l("Reactions to the post")),
    ("traffic", _l("Visits to the website")),
    ("awareness", _l("To be seen in the area")),
)
OBJECTIVES_EXPLAINED = {
    "messages": _l("Those who want to buy write to you"),
    "engagement": _l("Comments, shares, views"),
    "traffic": _l("People press the link"),
    "awareness": _l("People nearby see the shop"),
}
PHOTOS = (
    ("owner", _l("We do")),
    ("manager", _l("The manager does")),
    ("both", _l("We take them, the manager edits")),
)
ORDER_TAKERS = (
    ("owner", _l("We do")),
    ("manager", _l("The manager writes an order slip")),
    ("nobody", _l("No orders by message")),
)
REPLY_TARGETS = (
    ("15", _l("15 minutes")),
    ("60", _l("1 hour")),
    ("180", _l("3 hours")),
    ("1440", _l("the same day")),
)
GENDERS = (("all", _l("Everybody")), ("women", _l("Women")), ("men", _l("Men")))
BUTTONS = (
    ("message", _l("Send message")),
    ("whatsapp", _l("WhatsApp")),
    ("call", _l("Call now")),
    ("shop", _l("Shop now")),
    ("learn", _l("Learn more")),
    ("none", _l("No button")),
)
PAYERS = (
    ("manager", _l("The manager's card")),
    ("owner", _l("My own card")),
)
PAYERS_EXPLAINED = {
    "manager": _l("The ad money waits here; it is paid back against receipts only"),
    "owner": _l("No ad money waits here, only the price of the work"),
}
DIVISIONS = (
    ("dhaka", _l("Dhaka")), ("chattogram", _l("Chattogram")), ("sylhet", _l("Sylhet")), ("rajshahi", _l("Rajshahi")),
    ("rangpur", _l("Rangpur")), ("khulna", _l("Khulna")), ("barishal", _l("Barishal")), ("mymensingh", _l("Mymensingh")),
)
SEND_BACK_REASONS = (
    ("advance", _l("Leave out the advance by mobile money; money is paid in here")),
    ("password", _l("Leave out the password or code")),
    ("admin", _l("Leave out making somebody admin")),
    ("guarantee", _l("Leave out guarantees; write how much work you want")),
    ("phone", _l("Take out the phone number")),
    ("contact", _l("Take out the request to talk elsewhere")),
    ("email", _l("Take out the e-mail address")),
    ("link", _l("Take out the link")),
    ("unclear", _l("Say more clearly what is to be done")),
    ("price", _l("The price does not fit the work")),
    ("duplicate", _l("The same job is listed already")),
    ("not_allowed", _l("This is not allowed to be advertised")),
)
"""What a moderator asks for. The first eight answer the text rule of the same code."""
REMOVAL_REASONS = (
    ("fraud", _l("It asks for money, passwords or numbers outside Dayitto")),
    ("not_allowed", _l("This is not allowed to be advertised")),
    ("duplicate", _l("The same job is listed already")),
    ("owner_asked", _l("The owner asked for it")),
)
