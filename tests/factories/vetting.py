"""Applications in any status, moved there as people would."""
from __future__ import annotations

from datetime import timedelta

from marketplace.accounts.models import Person, StaffRole
from marketplace.core import clock, crypto
from marketplace.managers.models import Kind, Manager
from marketplace.vetting import commands
from marketplace.vetting.models import RUBRIC, Application, Verdict
from tests.people import TOTP, person_named

CALL = "https://meet.example.com/abc"
STEPS = ("draft", "submitted", "in_review", "interview", "recommended", "approved")


def vetter(number: int = 1) -> Person:
    """One of those who vet."""
    return person_named(f"Vetter {number}", f"vetter{number}@example.com", staff_roles=[StaffRole.vetter],
                        totp_secret=crypto.seal("totp", TOTP.secret), totp_since=clock.now())


def make_application(manager: Manager, step: str = "draft", level: Kind = Kind.management) -> Application:
    """An application that came as far as this step; "recommended" is an interview with the first opinion given."""
    application = commands.begin(manager, level)
    answers = {criterion.check: "Three years, and well." for criterion in RUBRIC[level] if criterion.question}
    commands.save(application, ["https://facebook.com/nokshighor"], answers)
    for name in STEPS[1:STEPS.index(step) + 1]:
        {"submitted": lambda: commands.submit(application), "in_review": lambda: commands.take(application, vetter(1)),
         "interview": lambda: commands.invite_to_interview(application, vetter(1), clock.now() + timedelta(days=2), CALL),
         "recommended": lambda: recommend(application, vetter(1)),
         "approved": lambda: commands.confirm(application, vetter(2), "Agreed.")}[name]()
    return application


def recommend(application: Application, by: Person, verdict: Verdict = Verdict.approve) -> None:
    """The first opinion, with every check found good."""
    commands.recommend(application, by, verdict, "The page is hers; the owner praised her.", "Your work is good.",
                       [c.check for c in RUBRIC[application.level]])
