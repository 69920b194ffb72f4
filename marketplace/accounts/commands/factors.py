"""The second factor: codes of an authenticator app (TOTP), and recovery codes for the day the phone is lost."""
from __future__ import annotations

import base64
import re
import secrets
import time
from datetime import timedelta

import pyotp
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from marketplace.accounts import notices
from marketplace.accounts.models import Person, RecoveryCode
from marketplace.core import audit, clock, crypto, limits
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.i18n import LATIN_DIGITS

TRIES = rule("CODE_TRIES_PER_HOUR", 10, "codes of a second factor that may be tried in an hour")
RECOVERY_CODES = 8
RECOVERY_BYTES = 15  # 120 bits, 24 letters: too many to guess, so a plain hash is enough
STEP_SECONDS = 30
WRONG = _l("This code is not right, or it was used already. Wait for the next one.")


def new_secret() -> str:
    """A secret for an authenticator app, to be kept by `turn_on` once its first code has come."""
    return pyotp.random_base32()


def app_address(person: Person, secret: str, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=issuer)


def turn_on(person: Person, secret: str, code: str) -> list[str]:
    """Keep the secret when the app's code fits, in place of an older one; returns new recovery codes, shown only now."""
    limits.hit(f"code:{person.id}", TRIES, timedelta(hours=1))
    step = _step(secret, plain(code), after=0)
    if step is None:
        raise Invalid(_l("This code does not fit. Look at the newest one in the app."), field="code")
    person.totp_secret, person.totp_since, person.totp_step = crypto.seal("totp", secret), clock.now(), step
    _changed(person, "turn_on")
    return renew_recovery_codes(person)


def turn_off(person: Person) -> None:
    """Sign in with the password alone from now on. Raises NotAllowed for staff."""
    if person.is_staff():
        raise NotAllowed(_l("People of the team need a second factor. You can move it to another phone."))
    forget(person)


def forget(person: Person) -> None:
    """Forget secret and recovery codes."""
    person.totp_secret, person.totp_since = None, None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    _changed(person, "turn_off")


def renew_recovery_codes(person: Person) -> list[str]:
    """New recovery codes; the older ones stop working."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(person_id=person.id, code_hash=crypto.fingerprint(code)) for code in codes)
    return [" ".join(re.findall(".{6}", code)) for code in codes]


def use_code(person: Person, code: str) -> None:
    """Take a code of the app or a recovery code; each works once, for two at once too. Raises Invalid, TooMany."""
    limits.hit(f"code:{person.id}", TRIES, timedelta(hours=1))
    lock(person)
    typed = plain(code)
    if not (_use_totp(person, typed) or _use_recovery(person, typed)):
        raise Invalid(WRONG, field="code")


def plain(code: str) -> str:
    """A code without spaces and hyphens, in Latin digits and capitals."""
    return re.sub(r"[\s-]", "", code).translate(LATIN_DIGITS).upper()


def _use_totp(person: Person, code: str) -> bool:
    step = _step(crypto.unseal("totp", person.totp_secret), code, after=person.totp_step)
    if step is None:
        return False
    person.totp_step = step
    return True


def _use_recovery(person: Person, code: str) -> bool:
    mine = delete(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.code_hash == crypto.fingerprint(code))
    used = db.session.execute(mine).rowcount == 1
    if used:
        audit.record("person.use_recovery_code", person, person)
    return used


def _step(secret: str, code: str, after: int) -> int | None:
    """The 30-second step a code is of: this one or a neighbour, later than `after`. Phones go by wall time, so this does."""
    now = int(time.time()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    return next((step for step in (now, now - 1, now + 1) if step > after and crypto.equal(app.at(step * STEP_SECONDS), code)), None)


def _changed(person: Person, how: str) -> None:
    audit.record(f"second_factor.{how}", person, person)
    notices.second_factor_changed(person)


def reseal_secrets() -> int:
    """Seal every second factor with the first of the vault's keys; returns how many."""
    people = db.session.scalars(select(Person).where(Person.totp_secret.is_not(None)).with_for_update()).all()
    for person in people:
        person.totp_secret = crypto.reseal("totp", person.totp_secret)
    return len(people)
