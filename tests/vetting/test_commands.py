"""Applications: the way of each, two different deciders, nobody for themselves."""
from datetime import timedelta

import pytest

from marketplace.accounts.models import StaffRole
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.states import InvalidTransition
from marketplace.files.models import Purpose
from marketplace.files.queries import files_of
from marketplace.managers.models import Kind
from marketplace.vetting import commands, queries
from marketplace.vetting.models import RUBRIC, Application, ApplicationStatus, Verdict
from tests import people
from tests.factories.files import PDF, make_file
from tests.factories.managers import make_manager
from tests.factories.vetting import CALL, make_application, recommend, vetter
from tests.worker import body, letters, run_jobs, run_sweeps

S = ApplicationStatus


def application_at(step, **changes):
    return make_application(make_manager(people.ben(), vetted=()), step, **changes)


def subjects_of_letters():
    run_jobs()
    return [letter["Subject"].split(":")[0] for letter in letters("ben@example.com")]


def test_two_people_let_a_manager_bid_for_a_year(app):
    application = application_at("approved", level=Kind.boosting)
    manager = application.manager
    assert (application.status, application.recommended_by, application.decided_by) == (S.approved, vetter(1).id, vetter(2).id)
    assert (manager.vetted_for("boosting"), manager.vetted_for("management")) == (True, False)
    assert manager.checks == sorted(criterion.check for criterion in RUBRIC["boosting"])
    assert manager.boosting_until - clock.now() > timedelta(days=364, hours=23)
    clock.move(timedelta(days=365, seconds=1))
    assert manager.vetted_for("boosting") is False


def test_one_person_alone_decides_nothing(app):
    application = application_at("recommended")
    assert (application.status, application.manager.vetted) == (S.interview, False)
    with pytest.raises(NotAllowed):
        commands.confirm(application, vetter(1), "I agree with myself.")
    assert (application.status, application.manager.vetted) == (S.interview, False)


def test_nobody_vets_themselves_whatever_their_role(app):
    application = application_at("submitted")
    ben = people.person_named("Ben Das", "ben@example.com", staff_roles=[StaffRole.superadmin])
    for act in (lambda: commands.take(application, ben), lambda: recommend(application, ben)):
        with pytest.raises(NotAllowed):
            act()
    commands.take(application, vetter(1))
    commands.invite_to_interview(application, vetter(1), clock.now() + timedelta(days=1), CALL)
    recommend(application, vetter(1))
    with pytest.raises(NotAllowed):
        commands.confirm(application, ben, "I am good.")


def test_who_does_not_vet_decides_nothing(app):
    application = application_at("recommended")
    finance = people.person_named("Fin", "fin@example.com", staff_roles=[StaffRole.finance])
    for act in (lambda: commands.confirm(application, finance, "x"),
                lambda: commands.return_recommendation(application, people.eve(), "x")):
        with pytest.raises(NotAllowed):
            act()


def test_a_rejection_needs_two_as_well_and_says_why(app):
    application = application_at("in_review")
    recommend(application, vetter(1), Verdict.reject)
    assert application.status == S.in_review
    commands.confirm(application, vetter(2), "Agreed.")
    assert (application.status, application.manager.vetted) == (S.rejected, False)
    run_jobs()
    letter = letters("ben@example.com")[-1]
    assert "Your work is good." in body(letter)
    assert "The page is hers" not in body(letter), "what is for the team stays with the team"
    again = commands.begin(application.manager, application.level)
    assert (again.id != application.id, again.status) == (True, S.draft)


def test_the_second_may_return_a_recommendation(app):
    application = application_at("recommended")
    with pytest.raises(NotAllowed):
        commands.return_recommendation(application, vetter(1), "Never mind.")
    commands.return_recommendation(application, vetter(2), "Nobody rang the owner.")
    assert (application.verdict, application.recommended_by, application.reasons, application.status) == (None, None, "", S.interview)
    recommend(application, vetter(3))
    commands.confirm(application, vetter(1), "Now it is right.")
    assert application.status == S.approved
    record = [(step.action, step.who, step.why) for step in queries.record_of(application)]
    assert ("return", "Vetter 2", "Nobody rang the owner.") in record
    assert ("approve", "Vetter 1", "Now it is right.") in record


def test_there_is_one_recommendation_at_a_time(app):
    with pytest.raises(WrongState):
        recommend(application_at("recommended"), vetter(2))


def test_approval_needs_the_interview_and_every_line_of_the_rubric(app):
    with pytest.raises(WrongState):
        recommend(application_at("in_review"), vetter(1))
    application = make_application(people_manager("Nila"), "interview")
    with pytest.raises(Invalid):
        commands.recommend(application, vetter(1), Verdict.approve, "Fine.", "Welcome.", ["identity"])


def people_manager(name):
    return make_manager(people.person_named(name, f"{name.lower()}@example.com"), vetted=())


def test_nothing_is_decided_without_a_recommendation(app):
    with pytest.raises(WrongState):
        commands.confirm(application_at("interview"), vetter(2), "Yes.")


@pytest.mark.parametrize(("step", "act"), [
    ("draft", "take"), ("in_review", "take"), ("submitted", "submit"), ("approved", "submit"), ("draft", "put_on_probation"),
    ("approved", "restore"), ("approved", "revoke"), ("submitted", "interview")])
def test_what_is_not_in_the_table_is_refused(app, step, act):
    application = application_at(step)
    moves = {"take": lambda: commands.take(application, vetter(1)), "submit": lambda: commands.submit(application),
             "put_on_probation": lambda: commands.put_on_probation(application, vetter(1), "x"),
             "restore": lambda: commands.restore(application, vetter(1), "x"),
             "revoke": lambda: commands.revoke(application, vetter(1), "x"),
             "interview": lambda: commands.invite_to_interview(application, vetter(1), clock.now() + timedelta(days=1), CALL)}
    with pytest.raises(InvalidTransition):
        moves[act]()


def test_probation_keeps_bidding_and_revoking_ends_it(app):
    application = application_at("approved")
    commands.put_on_probation(application, vetter(1), "A page owner complained.")
    assert application.manager.vetted_for("management")
    commands.restore(application, vetter(1), "It was a mistake.")
    commands.put_on_probation(application, vetter(1), "Again.")
    commands.revoke(application, vetter(2), "Shared a password.")
    assert (application.status, application.manager.vetted, application.manager.checks) == (S.revoked, False, [])
    assert commands.begin(application.manager, application.level).status == S.draft


def test_the_applicant_is_told_of_each_step(app):
    application = application_at("approved")
    commands.put_on_probation(application, vetter(1), "A page owner complained.")
    commands.restore(application, vetter(1), "It was a mistake.")
    commands.put_on_probation(application, vetter(1), "Again.")
    commands.revoke(application, vetter(1), "Shared a password.")
    assert subjects_of_letters() == [
        "We have your application", "We are looking at your application", "Video call about your application", "You are vetted",
        "Your vetting is on probation", "Your probation is over", "Your vetting is on probation", "Your vetting was revoked"]
    assert CALL in body(letters("ben@example.com")[2])


def test_each_step_is_on_record(app):
    application = application_at("approved")
    db.session.flush()
    assert [entry.action for entry in reversed(audit.history(application))] == [
        "application.submit", "application.take", "application.interview", "application.recommend", "application.approve"]


@pytest.mark.parametrize("missing", ["links", "past_work", "clients", "replies"])
def test_an_incomplete_application_is_not_sent(app, missing):
    application = application_at("draft")
    links = [] if missing == "links" else application.links
    commands.save(application, links, {**application.answers, missing: " "})
    with pytest.raises(Invalid) as refusal:
        commands.submit(application)
    assert (refusal.value.field, application.status) == (missing, S.draft)


def test_what_was_sent_cannot_be_changed(app):
    application = application_at("submitted")
    file = make_file(people.ben(), Purpose.evidence, PDF, "paper.pdf", subject=application)
    for act in (lambda: commands.save(application, [], {}), lambda: commands.add_evidence(application, None, None),
                lambda: commands.remove_evidence(application, file)):
        with pytest.raises(WrongState):
            act()
    assert files_of(application) == [file]


def test_there_is_one_application_a_level_and_none_while_vetted(app):
    manager = make_manager(people.ben(), vetted=())
    assert commands.begin(manager, Kind.management) == commands.begin(manager, Kind.management)
    make_application(manager, "approved", Kind.boosting)
    with pytest.raises(WrongState):
        commands.begin(manager, Kind.boosting)
    clock.move(timedelta(days=306))
    assert commands.begin(manager, Kind.boosting).status == S.draft


def test_one_is_told_once_before_it_ends(app):
    application = application_at("approved")
    run_sweeps()
    assert "Your vetting ends on" not in " ".join(subjects_of_letters())
    clock.move(timedelta(days=336))
    run_sweeps()
    run_sweeps()
    assert len([subject for subject in subjects_of_letters() if subject.startswith("Your vetting ends on")]) == 1
    assert db.session.get(Application, application.id).reminded_at


def test_an_interview_lies_ahead(app):
    with pytest.raises(Invalid):
        commands.invite_to_interview(application_at("in_review"), vetter(1), clock.now(), CALL)
