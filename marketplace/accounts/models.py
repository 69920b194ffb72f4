"""People and what proves who they are."""
from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import ARRAY, String
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Identified, Model


class StaffRole(StrEnum):
    """What a person of the Dayitto team may do."""

    moderator = "moderator"  # listings and reports
    vetter = "vetter"  # managers' applications
    mediator = "mediator"  # disputes
    finance = "finance"  # books, refunds, payouts
    superadmin = "superadmin"  # all of it, and people


class Person(Identified, UserMixin, Model):
    """Somebody who signs in. What they act as is written by the domains above when a business or a profile begins."""

    __tablename__ = "people"
    KIND = "person"

    email: Mapped[str] = mapped_column(CITEXT, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="bn")
    acts_as_business: Mapped[bool] = mapped_column(default=False)
    acts_as_manager: Mapped[bool] = mapped_column(default=False)
    staff_roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    email_verified_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]

    @property
    def audiences(self) -> list[str]:
        """Whose navigation this person sees: "business", "manager", "staff"."""
        flags = {"business": self.acts_as_business, "manager": self.acts_as_manager, "staff": bool(self.staff_roles)}
        return [audience for audience, applies in flags.items() if applies]

    def is_staff(self, *roles: StaffRole) -> bool:
        """Whether this person is of staff in one of these roles (in any, when none is named). A superadmin is in all."""
        held = set(self.staff_roles)
        return bool(held & {*roles, StaffRole.superadmin}) if roles else bool(held)
