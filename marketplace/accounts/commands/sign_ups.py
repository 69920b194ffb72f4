"""Joining. Whether an address is taken is told only to those who read its mail: page and timing are the same."""
from __future__ import annotations

import uuid
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from marketplace.accounts import notices, queries
from marketplace.accounts.commands import passwords
from marketplace.accounts.models import Intention, Person, SignUp
from marketplace.core import audit, clock, crypto, limits
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.tasks import task

LASTS = timedelta(hours=rule("SIGN_UP_HOURS", 24, "how long the link that confirms an address works, in hours"))
LETTERS = rule("LETTERS_PER_ADDRESS", 5, "letters an hour that visitors can have sent to one address")


def sign_up(name: str, email: str, password: str, language: str, intends: Intention) -> SignUp:
    """Keep what was typed and answer by mail. Raises Invalid for a password that is too weak."""
    joining = SignUp(name=name, email=email, password_hash=passwords.hashed(passwords.fit(password, email)),
                     language=language, intends=intends, expires_at=clock.now() + LASTS)
    db.session.add(joining)
    db.session.flush()
    answer.later(joining.id)
    return joining


def send_again(joining: SignUp) -> None:
    """Write the letter once more; its older link stops working."""
    joining.token_hash = None
    answer.later(joining.id)


@task
def answer(sign_up_id: str) -> None:
    """Send the link that confirms the address, or tell whoever reads its mail that they have an account."""
    joining = db.session.get(SignUp, uuid.UUID(sign_up_id), with_for_update=True)
    if joining is None or joining.token_hash or limits.count(f"letter:{queries.address_key(joining.email)}", timedelta(hours=1)) > LETTERS:
        return
    if person := queries.by_email(joining.email):
        notices.already_here(person)
    else:
        token = crypto.token()
        joining.token_hash = crypto.fingerprint(token)
        notices.confirm_address(joining, token)


def confirm(token: str, password: str | None) -> Person:
    """Make the person whose link this is. `password` proves that who reads the mail also signed up; None when this is
    the browser they signed up with. Raises Invalid for a wrong password, WrongState when the link is over."""
    joining = queries.sign_up_of_link(token, lock=True)
    if joining is None:
        raise WrongState(_l("This link was used already, or it is too old. Sign in, or sign up again."))
    if password is not None:
        _same_person(joining, password)
    return _join(joining)


def _same_person(joining: SignUp, password: str) -> None:
    limits.hit(f"sign-up:{joining.id}", 10, timedelta(hours=1))
    if not passwords.matches(joining, password):
        raise Invalid(_l("This is not the password you chose when you signed up."), field="password")


def _join(joining: SignUp) -> Person:
    person = Person(email=joining.email, name=joining.name, password_hash=joining.password_hash, language=joining.language,
                    intends=joining.intends, email_verified_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError as taken:
        raise WrongState(_l("This address has an account already. Sign in.")) from taken
    db.session.execute(delete(SignUp).where(SignUp.email == person.email))
    audit.record("person.join", person, person, intends=str(person.intends))
    return person
