"""The demo data: whole, once, never in production."""
from __future__ import annotations

import dataclasses

import pyotp
from sqlalchemy import func, select

from marketplace.accounts.commands.factors import use_code
from marketplace.accounts.commands.passwords import matches
from marketplace.accounts.models import Person
from marketplace.accounts.queries import by_email
from marketplace.bids.models import Bid
from marketplace.contracts.models import Contract, Offer
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.mail import Letter
from marketplace.firewall.models import Finding
from marketplace.jobs.models import Job, JobStatus
from marketplace.jobs.queries import duplicates
from marketplace.managers.models import Kind, Manager
from marketplace.moderation.queries import open_reports
from marketplace.site import commands
from marketplace.vetting.queries import waiting


def rows(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_demo_data_is_whole_and_made_once(app):
    before = clock.now()
    assert app.test_cli_runner().invoke(args=["demo", "load"]).output == "The demo data is loaded.\n"
    assert clock.now() >= before
    _jobs_of_both_kinds()
    _bad_listings_for_moderators()
    _managers_as_far_as_they_came()
    _everybody_listed_can_sign_in()
    assert (rows(Offer), rows(Contract)) == (2, 1)
    assert len(open_reports()) == 1
    people, bids = rows(Person), rows(Bid)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["demo", "load"]).output == "The demo data is there already.\n"
    assert (rows(Person), rows(Bid)) == (people, bids)
    assert "sharmin@demo.example" in runner.invoke(args=["demo", "people"]).output


def _jobs_of_both_kinds() -> None:
    found = db.session.execute(select(Job.kind, Job.status, func.count()).group_by(Job.kind, Job.status)).all()
    counts = {(kind, status): count for kind, status, count in found}
    assert counts[Kind.management, JobStatus.open] >= 4
    assert counts[Kind.boosting, JobStatus.open] == 2
    assert counts[Kind.management, JobStatus.sent_back] == 1
    assert counts[Kind.management, JobStatus.filled] == 1
    listed = db.session.scalars(select(Job).where(Job.status == JobStatus.open))
    assert all(job.published_at < clock.now() < job.expires_at for job in listed)


def _bad_listings_for_moderators() -> None:
    queue = db.session.scalars(select(Job).where(Job.status == JobStatus.in_review)).all()
    found = {Finding.of(row).rule for job in queue for row in job.findings}
    assert {"guarantee", "phone", "admin", "advance", "password"} <= found
    assert duplicates(queue)
    assert any(not job.findings for job in queue)


def _managers_as_far_as_they_came() -> None:
    managers = db.session.scalars(select(Manager)).all()
    assert all(manager.published and manager.photo_id for manager in managers)
    assert sum(manager.vetted_for("management") for manager in managers) == 5
    assert sum(manager.vetted_for("boosting") for manager in managers) == 2
    assert sum(waiting().values()) == 2


def _everybody_listed_can_sign_in() -> None:
    listed = commands.people()
    told = dict(listed)
    people = [by_email(address) for address, _what in listed if "@" in address]
    assert len(people) == len(listed) - 2
    assert all(person.email_verified_at for person in people)
    assert matches(people[0], told["password"])
    assert {person.totp_since is not None for person in people if person.staff_roles} == {True}
    staff = next(person for person in people if person.staff_roles)
    staff.totp_step = 0
    use_code(staff, pyotp.TOTP(told["second factor of the team"]).now())
    assert db.session.scalars(select(Letter).where(Letter.name.like("jobs/%"))).all() == []


def test_production_refuses(app):
    settings = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(settings, environment="production")
    try:
        for command in ("load", "people"):
            answer = app.test_cli_runner().invoke(args=["demo", command])
            assert answer.exit_code == 1
            assert "refused in production" in answer.output
    finally:
        app.extensions["settings"] = settings
    assert by_email("sharmin@demo.example") is None
