"""Posts at any point of their life."""
from __future__ import annotations

import io
from datetime import datetime, timedelta

from marketplace.access.models import Grant
from marketplace.core import clock
from marketplace.publishing import commands
from marketplace.publishing.models import Post
from tests import people
from tests.factories.access import make_grant
from tests.factories.files import picture

TEXT = "শীতের শুরুতে হালকা খাদি কুর্তি। তিন রঙ, ৩৬ থেকে ৪৪ সাইজ।"


def make_post(grant: Grant | None = None, text: str = TEXT, at: datetime | None = None, pictured: bool = False) -> Post:
    """Ben's draft, for tomorrow unless told."""
    grant = grant or make_grant()
    upload = commands.Upload(io.BytesIO(picture()), "kurti.png") if pictured else None
    return commands.draft(grant, people.ben(), text, at or clock.now() + timedelta(days=1), upload)


def make_submitted(grant: Grant | None = None, **changes: object) -> Post:
    """One that waits for ada."""
    post = make_post(grant, **changes)
    commands.submit(post, people.ben())
    return post


def make_scheduled(grant: Grant | None = None, **changes: object) -> Post:
    """One ada approved."""
    post = make_submitted(grant, **changes)
    commands.approve(post, people.ada(), post.hash)
    return post
