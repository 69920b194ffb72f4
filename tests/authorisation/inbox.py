"""Who may open the inbox."""
from __future__ import annotations

from marketplace.inbox import commands
from tests.authorisation.routes import Route
from tests.factories.inbox import make_comment

SIGNED_IN = {"visitor": 303, "ada": 200, "ben": 200, "eve": 200, "sam": 200}
BOTH = {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 404}
EITHER_ACTS = {"visitor": 303, "ada": 303, "ben": 303, "eve": 404, "sam": 404}
OWNER_ACTS = {"visitor": 303, "ada": 303, "ben": 403, "eve": 404, "sam": 404}


def _inbox(world):
    for _ in range(5):
        make_comment(world.grant.channel)
    return {}


def _comment(world):
    return {"comment_id": world.comment.id}


def _other(world):
    return {"comment_id": world.other_comment.id}


def _reply(world):
    return {"reply_id": world.held_reply.id}


THINGS = {
    "comment": lambda world: make_comment(world.grant.channel),
    "other_comment": lambda world: make_comment(world.other_channel),
    "held_reply": lambda world: commands.reply(world.comment, world.ben, "Call 01711223344"),
}

ROUTES = [
    Route("inbox.index", "GET", SIGNED_IN, ids=_inbox, statements=12),
    Route("inbox.show", "GET", BOTH, ids=_comment, other=_other, statements=12),
    Route("inbox.create_reply", "POST", EITHER_ACTS, ids=_comment, other=_other, data={"text": "1,450 taka."}),
    Route("inbox.create_hiding", "POST", {**EITHER_ACTS, "ada": 422, "ben": 422}, ids=_comment, other=_other),
    Route("inbox.create_approval", "POST", OWNER_ACTS, ids=_reply),
    Route("inbox.create_refusal", "POST", OWNER_ACTS, ids=_reply),
]
