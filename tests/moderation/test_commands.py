"""Keeping people out, two people for roles, deciding reports, walking the audit."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text

from marketplace.accounts.commands import sessions
from marketplace.accounts.models import Session, StaffRole
from marketplace.contracts.models.offer import Side
from marketplace.core import audit, clock
from marketplace.core.audit import history
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.moderation import commands, queries
from marketplace.moderation.models import Report, ReportStatus, RestrictionStatus
from marketplace.notifications.queries import notices_of
from marketplace.reviews.models import ReviewStatus
from tests.factories.businesses import make_business
from tests.factories.jobs import make_job, make_submitted
from tests.factories.managers import make_manager
from tests.factories.reviews import make_published, make_round, write
from tests.people import ada, ben, eve, person_named, sam, sign_in
from tests.worker import body, letters, run_jobs, run_sweeps

WHY = "Asked three shops for money by bKash."
BARGAIN = "টাকা ফেরত দিলে ৫ স্টার দেব, নইলে এটাই থাকবে।"


def moderator():
    return person_named("Mona Akter", "mona@example.com", staff_roles=[StaffRole.moderator])


def second_superadmin():
    return person_named("Hasan Ali", "hasan@example.com", staff_roles=[StaffRole.superadmin])


def in_days(days: int):
    return clock.now() + timedelta(days=days)


def test_a_suspended_person_is_out_at_once_and_told_why_and_until_when(app, client):
    sign_in(client, eve())
    restriction = commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    assert client.get("/home").status_code == 303
    assert db.session.scalars(select(Session).where(Session.person_id == eve().id)).all() == []
    run_jobs()
    letter = letters(eve().email)[-1]
    assert "suspended until" in letter["Subject"]
    assert WHY in body(letter)
    assert restriction.status == RestrictionStatus.active


def test_it_ends_by_itself_on_its_day(app):
    restriction = commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    clock.move(timedelta(days=29))
    run_sweeps()
    assert not eve().is_active
    clock.move(timedelta(days=2))
    run_sweeps()
    assert eve().is_active
    assert restriction.status == RestrictionStatus.expired
    assert letters(eve().email)[-1]["Subject"] == "You can sign in again"


@pytest.mark.parametrize(("mistake", "status"), [(False, RestrictionStatus.lifted), (True, RestrictionStatus.overturned)])
def test_it_is_lifted_with_a_reason_on_record(app, mistake, status):
    restriction = commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    commands.lift(restriction, sam(), "We talked.", mistake)
    assert eve().is_active
    assert restriction.status == status
    assert history(restriction)[0].details["why"] == "We talked."
    with pytest.raises(WrongState):
        commands.lift(restriction, sam(), "Again.")


def test_nobody_suspends_themselves_and_only_a_superadmin_suspends_staff(app):
    for by, person in ((moderator(), moderator()), (moderator(), second_superadmin()), (ada(), eve())):
        with pytest.raises(NotAllowed):
            commands.suspend(person, by, "fraud", WHY, in_days(30))
    commands.suspend(moderator(), sam(), "abuse", WHY, in_days(3))
    assert not moderator().is_active


def test_one_restriction_at_a_time_and_not_into_the_past(app):
    with pytest.raises(Invalid) as refused:
        commands.suspend(eve(), moderator(), "fraud", WHY, in_days(-1))
    assert refused.value.field == "ends_on"
    commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    with pytest.raises(WrongState):
        commands.suspend(eve(), moderator(), "fraud", WHY, in_days(60))


def test_roles_need_a_second_superadmin(app):
    change = commands.ask_roles(ben(), sam(), ["vetter", "moderator"], "Knows the trade.")
    assert ben().staff_roles == []
    for by in (sam(), ben(), moderator()):
        with pytest.raises(NotAllowed):
            commands.confirm_roles(change, by)
    commands.confirm_roles(change, second_superadmin())
    assert ben().staff_roles == ["moderator", "vetter"]
    assert [entry.action for entry in history(ben())][:3] == ["person.set_staff_roles", "session.end_all", "role_change.ask"]


def test_somebody_made_superadmin_does_not_confirm_themselves(app):
    change = commands.ask_roles(second_superadmin(), sam(), [], "Leaves the team.")
    with pytest.raises(NotAllowed):
        commands.confirm_roles(change, second_superadmin())


def test_nobody_asks_for_their_own_roles_or_for_nothing(app):
    with pytest.raises(NotAllowed):
        commands.ask_roles(sam(), sam(), ["finance"], "For myself.")
    with pytest.raises(Invalid):
        commands.ask_roles(moderator(), sam(), ["moderator"], "As now.")


def test_one_change_waits_at_a_time_and_a_dropped_one_is_over(app):
    change = commands.ask_roles(ben(), sam(), ["vetter"], "Knows the trade.")
    with pytest.raises(WrongState):
        commands.ask_roles(ben(), second_superadmin(), ["finance"], "Counts well.")
    commands.refuse_roles(change, sam())
    with pytest.raises(WrongState):
        commands.confirm_roles(change, second_superadmin())
    assert ben().staff_roles == []
    assert queries.role_changes() == []


def report(by=None, subject=None, title="Job"):
    subject = subject or make_job(make_business(ada()))
    return commands.report(subject, title, by or eve(), "false", "The pictures are another shop's.")


def test_a_decided_report_is_told_to_who_made_it(app):
    made = report()
    commands.decide(made, moderator(), False, "The pictures are their own; we asked.")
    assert made.status == ReportStatus.dismissed
    assert "decided" in notices_of(eve(), None).rows[0].title
    run_jobs()
    assert "The pictures are their own; we asked." in body(letters(eve().email)[-1])
    with pytest.raises(WrongState):
        commands.decide(made, moderator(), True, "Changed my mind.")


def test_a_person_reports_a_thing_once_while_it_waits(app):
    job = make_job(make_business(ada()))
    made = report(subject=job)
    with pytest.raises(Invalid):
        report(subject=job)
    report(by=ben(), subject=job)
    commands.decide(made, moderator(), False, "Nothing there.")
    assert report(subject=job).id != made.id


def test_nobody_decides_their_own_report_or_what_is_about_them(app):
    own = report(by=moderator())
    with pytest.raises(NotAllowed):
        commands.decide(own, moderator(), True, "I am right.")
    profile = make_manager(moderator())
    with pytest.raises(NotAllowed):
        commands.decide(report(subject=profile, title="Me"), moderator(), False, "I am fine.")
    shop = make_job(make_business(moderator()))
    with pytest.raises(NotAllowed):
        commands.decide(report(subject=shop), moderator(), False, "We are fine.")


def test_a_rule_that_voids_a_review_asks_the_team(app):
    reviews = make_round()
    review = write(reviews[Side.business], 1, BARGAIN)
    made = db.session.scalars(select(Report)).one()
    assert (made.subject, made.reason, made.person_id) == (f"review:{review.id}", "stars_for_refund", None)
    write(reviews[Side.manager])
    commands.decide(made, moderator(), False, "A joke between them.", review)
    assert review.status == ReviewStatus.published


def test_an_upheld_report_voids_a_published_review(app):
    review = make_published()
    made = commands.report(review, "Review", ben(), "stars_for_refund", "She asked for 2,000 taka first.")
    commands.decide(made, moderator(), True, "The messages show it.", review)
    assert review.status == ReviewStatus.voided
    assert review.manager.review_count == 0


def test_a_review_between_people_of_one_device_waits_for_the_team(app):
    for person in (ada(), ben()):
        sessions.begin(person, "Chrome on Android", "103.4.145.245")
    review = make_published()
    made = db.session.scalars(select(Report)).one()
    assert (made.subject, made.reason, made.person_id, review.manager.score) == (f"review:{review.id}", "same_people", None, None)
    commands.decide(made, moderator(), False, "Two sisters with a shop.", review)
    assert (review.status, review.held, review.manager.score) == (ReviewStatus.published, False, 100)


def test_the_queues_of_each_role(app):
    make_submitted(make_business(ada()))
    clock.move(timedelta(hours=3))
    report(subject=make_manager(ben()), title="Ben")
    found = {queue.code: queue for queue in queries.queues(sam())}
    assert {code: queue.count for code, queue in found.items()} == {
        "listings": 1, "vetting": 0, "reports": 1, "disputes": 0, "money": 0, "differences": 0, "proposals": 0, "roles": 0}
    assert clock.now() - found["listings"].oldest > timedelta(hours=2)
    assert [queue.code for queue in queries.queues(moderator())] == ["listings", "reports"]
    mediator = person_named("Mina", "mina@example.com", staff_roles=[StaffRole.mediator])
    assert [queue.code for queue in queries.queues(mediator)] == ["disputes"]


def test_people_are_found_by_parts_of_name_and_address(app):
    names = {"Rahima Khatun": "rk@example.com", "রাহিমা": "rahima@example.com", "100% Sure": "sure@example.com"}
    for name, email in names.items():
        person_named(name, email)
    assert {person.email for person in queries.search_people("RAHIMA", "all", None)} == {"rk@example.com", "rahima@example.com"}
    assert [person.email for person in queries.search_people("100%", "all", None)] == ["sure@example.com"]
    assert [person.email for person in queries.search_people("%", "all", None)] == ["sure@example.com"]


def test_staff_and_suspended_people_are_lists_of_their_own(app):
    commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    assert [person.id for person in queries.search_people("", "suspended", None)] == [eve().id]
    assert [person.id for person in queries.search_people("", "staff", None)] == [moderator().id]


def test_the_audit_is_searched_by_subject_and_actor(app):
    commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    by_actor = queries.search_audit("", "mona@example.com", None)
    assert {entry.action for entry in by_actor} == {"person.suspend", "session.end_all"}
    assert all(entry.subject == f"person:{eve().id}" for entry in queries.search_audit("eve@example.com", "", None))
    assert len(queries.search_audit("eve@example.com", "nobody@example.com", None)) == 0


def test_a_whole_chain_is_found_whole(app):
    commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    sealed = audit.seal()
    check = commands.ask_check(sam())
    run_jobs()
    assert check.finished_at is not None
    assert (check.fault_count, check.faults) == (0, [])
    assert check.seals >= sealed > 0


def test_a_changed_row_is_found(committed):
    commands.suspend(eve(), moderator(), "fraud", WHY, in_days(30))
    audit.seal()
    db.session.commit()
    _as_owner(committed, "alter table audit_entries disable trigger user; update audit_entries set details = '{}' "
                "where action = 'person.suspend'; alter table audit_entries enable trigger user")
    check = commands.ask_check(sam())
    commands.check(str(check.id))
    assert check.fault_count == 1
    assert "does not match its seal" in check.faults[0]


def _as_owner(app, statement: str) -> None:
    """What somebody with the database's own password could do."""
    engine = create_engine(app.extensions["settings"].database_owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
