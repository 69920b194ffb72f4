"""The applicant's part: begin, write, add evidence, send."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose
from marketplace.files.queries import files_of
from marketplace.managers.models import Kind, Manager
from marketplace.vetting import notices, queries
from marketplace.vetting.models import RUBRIC, Application, ApplicationStatus

MOST_EVIDENCE = rule("VETTING_FILES_MOST", 12, "files of evidence in one application")
RENEW_DAYS = rule("VETTING_RENEW_DAYS", 60, "a vetted manager may apply again this many days before the vetting ends")


def begin(manager: Manager, level: Kind) -> Application:
    """Begin an application, or go on with the one under way. Raises WrongState while a vetting lasts well beyond now."""
    lock(manager)
    if found := queries.undecided(manager, level):
        return found
    until = manager.vetted_until(level)
    if until and until > clock.now() + timedelta(days=RENEW_DAYS):
        raise WrongState(_l("You are vetted for this already."))
    application = Application(manager=manager, level=level)
    db.session.add(application)
    db.session.flush()
    return application


def save(application: Application, links: Sequence[str], answers: Mapping[str, str]) -> None:
    """Keep what was written so far. Raises WrongState once it was sent."""
    _still_writing(application)
    asked = {criterion.check for criterion in RUBRIC[application.level] if criterion.question}
    application.links = list(links)
    application.answers = {check: text for check, text in answers.items() if check in asked and text}


def add_evidence(application: Application, upload: BinaryIO, name: str | None) -> File:
    """Add a picture or PDF, seen by the applicant and by those who vet. Raises Invalid for what is neither, or one too many."""
    _still_writing(application)
    if len(files_of(application)) >= MOST_EVIDENCE:
        raise Invalid(_l("At most %(most)s files can be sent.", most=MOST_EVIDENCE), field="evidence")
    return files.store(upload, name, Purpose.evidence, application.manager.person, subject=application)


def remove_evidence(application: Application, file: File) -> None:
    """Take a file out again."""
    _still_writing(application)
    files.remove(file)


def complete(application: Application) -> None:
    """Raises Invalid, naming the first field, while something is missing."""
    if lacking := queries.lacking(application):
        raise Invalid(_l("This is missing. The team cannot decide without it."), field=lacking[0])


def submit(application: Application) -> None:
    """Send it to the team. Raises Invalid while something is missing, WrongState when it was sent before."""
    if application.may("submit"):
        complete(application)
    application.move("submit", by=application.manager.person)
    application.submitted_at = clock.now()
    notices.tell(application, "submitted")


def _still_writing(application: Application) -> None:
    lock(application)
    if application.status != ApplicationStatus.draft:
        raise WrongState(_l("This application was sent already and can no longer be changed."))
