"""People and what proves who they are."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, String, Text, false
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import Identified, Model, enumerated

SESSION_DAYS = rule("SESSION_DAYS", 30, "a session ends this many days after sign-in, used or not")
SESSION_IDLE_DAYS = rule("SESSION_IDLE_DAYS", 14, "a session ends when it was not used for this many days")
STAFF_SESSION_HOURS = rule("STAFF_SESSION_HOURS", 12, "a session of staff ends this many hours after sign-in")
STAFF_IDLE_MINUTES = rule("STAFF_IDLE_MINUTES", 60, "a session of staff ends when it was not used for this many minutes")


class StaffRole(StrEnum):
    """What a person of the Dayitto team may do."""

    moderator = "moderator"  # listings and reports
    vetter = "vetter"  # managers' applications
    mediator = "mediator"  # disputes
    finance = "finance"  # books, refunds, payouts
    superadmin = "superadmin"  # all of it, and people


class Intention(StrEnum):
    """What somebody signed up for; it only says where the first steps lead."""

    business = "business"  # wants pages looked after
    manager = "manager"  # looks after pages


class LinkPurpose(StrEnum):
    """What a one-time link does."""

    reset_password = "reset_password"  # noqa: S105 - a new password, asked for by mail
    change_email = "change_email"  # proves the new address
    join_staff = "join_staff"  # first password of somebody made staff


class Person(Identified, Model):
    """Somebody who signs in. What they act as is written by the domains above when a business or a profile begins.

    Flask-Login's four members are written here because its mixin calls two people equal whose tokens are equal.
    """

    __tablename__ = "people"
    KIND = "person"

    email: Mapped[str] = mapped_column(CITEXT, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="bn")
    intends: Mapped[Intention | None] = mapped_column(enumerated(Intention))
    acts_as_business: Mapped[bool] = mapped_column(default=False)
    acts_as_manager: Mapped[bool] = mapped_column(default=False)
    staff_roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    email_verified_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]  # last; empty before the first time
    totp_secret: Mapped[str | None] = mapped_column(Text)  # sealed; waits for its first code while totp_since is empty
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)  # the last 30-second step whose code was used

    is_authenticated = True
    is_anonymous = False
    session = None  # the Session this request came with
    token = ""  # of that session, only in the request that began it

    @property
    def is_active(self) -> bool:
        """Whether this person may sign in."""
        return self.suspended_at is None

    def get_id(self) -> str:
        """What the cookie holds: the token of a session, never the person's id."""
        return self.token

    @property
    def audiences(self) -> list[str]:
        """Whose navigation this person sees: "business", "manager", "staff"."""
        flags = {"business": self.acts_as_business, "manager": self.acts_as_manager, "staff": bool(self.staff_roles)}
        return [audience for audience, applies in flags.items() if applies]

    def is_staff(self, *roles: StaffRole) -> bool:
        """Whether this person is of staff in one of these roles (in any, when none is named). A superadmin is in all."""
        held = set(self.staff_roles)
        return bool(held & {*roles, StaffRole.superadmin}) if roles else bool(held)


class Session(Identified, Model):
    """One browser that is signed in. The row is the session: without it a copied cookie opens nothing."""

    __tablename__ = "sessions"
    KIND = "session"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(45))
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)  # when the password was last typed
    new_device: Mapped[bool] = mapped_column(default=False, server_default=false())  # its person had not signed in with it before
    expires_at: Mapped[datetime] = mapped_column(index=True)

    person: Mapped[Person] = relationship()

    @staticmethod
    def lifetime(person: Person) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=STAFF_SESSION_HOURS) if person.staff_roles else timedelta(days=SESSION_DAYS)

    @staticmethod
    def patience(person: Person) -> timedelta:
        """How long a session may lie unused."""
        return timedelta(minutes=STAFF_IDLE_MINUTES) if person.staff_roles else timedelta(days=SESSION_IDLE_DAYS)

    @property
    def lives(self) -> bool:
        """Whether it still signs its person in now."""
        now = clock.now()
        return self.person.is_active and now < self.expires_at and now - self.seen_at < self.patience(self.person)


class SignUp(Identified, Model):
    """What somebody typed to join. It becomes a person when the link in their letter is used: until then nobody knows
    whether the address is theirs, so one sign-up cannot take an address from another."""

    __tablename__ = "sign_ups"
    KIND = "sign_up"

    email: Mapped[str] = mapped_column(CITEXT)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    intends: Mapped[Intention] = mapped_column(enumerated(Intention))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # empty until the letter is written
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Identified, Model):
    """A link sent by mail (or printed for staff) that works once, until it expires."""

    __tablename__ = "one_time_links"
    __table_args__ = (Index(None, "person_id", "purpose"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[LinkPurpose] = mapped_column(enumerated(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(CITEXT)  # the address it was sent to, which using it proves
    expires_at: Mapped[datetime] = mapped_column(index=True)

    person: Mapped[Person] = relationship()


class FormerAddress(Identified, Model):
    """An address that a person left a short while ago. Whoever reads it still hears of what must not change unseen: it may be the
    person's own, and the new one a thief's.
    """

    __tablename__ = "former_addresses"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    email: Mapped[str] = mapped_column(CITEXT)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Identified, Model):
    """Signs in once when the phone with the codes is lost. A used code's row is deleted."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
