"""A forgotten password: a link by mail, the same answer for an address nobody has."""
from __future__ import annotations

from datetime import timedelta

from marketplace.accounts import notices, queries
from marketplace.accounts.commands import links
from marketplace.accounts.commands.sign_ups import LETTERS
from marketplace.accounts.models import LinkPurpose
from marketplace.core import crypto, limits
from marketplace.core.config import rule
from marketplace.core.tasks import task

LASTS = timedelta(minutes=rule("RESET_MINUTES", 30, "how long a link to set a new password works, in minutes"))
PER_ADDRESS = rule("RESETS_PER_ADDRESS", 20, "new passwords asked for in an hour from one network address")


def ask(email: str, address: str) -> None:
    """Send the link if somebody has this e-mail address; found out by the worker, so the answer takes as long for nobody."""
    limits.hit(f"reset:from:{address}", PER_ADDRESS, timedelta(hours=1))
    send.later(crypto.seal("reset", email))


@task
def send(sealed_email: str) -> None:
    """Send the link. The address comes sealed because the queue keeps what it was given."""
    email = crypto.unseal("reset", sealed_email)
    person = queries.by_email(email)
    if person is None or not person.is_active or limits.count(f"letter:{queries.address_key(email)}", timedelta(hours=1)) > LETTERS:
        return
    notices.reset_password(person, links.issue(person, LinkPurpose.reset_password, LASTS))
