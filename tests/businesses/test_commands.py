"""Businesses, their members and the last owner."""
import threading
from datetime import timedelta

import pytest

from marketplace.accounts.commands import sessions
from marketplace.businesses import commands, policies, queries
from marketplace.businesses.models import Business, Role
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.pages import link_in
from tests.worker import letters, run_jobs, run_sweeps


def invited(business, email="rina@example.com", role=Role.approver):
    """An invitation, and the token of its letter."""
    invitation = commands.invite(business, email, role, people.ada())
    run_jobs()
    return invitation, link_in(letters(email)[-1]).rsplit("=", 1)[-1]


def test_a_business_begins_with_an_owner_and_a_brand(app):
    business = make_business(people.person_named("Nila", "nila@example.com"), name="নকশি ঘর")
    owner = queries.members(business)[0]
    assert (owner.email, queries.role_in(owner, business.id), owner.acts_as_business) == ("nila@example.com", "owner", True)
    assert [brand.name for brand in queries.brands(business)] == ["নকশি ঘর"]
    assert business.slug.isascii()
    assert queries.business_of(owner) == business


def test_two_businesses_of_one_name_have_two_addresses(app):
    one, other = make_business(people.ada(), name="Saree Kunja"), make_business(people.eve(), name="Saree Kunja")
    assert one.slug == "saree-kunja"
    assert other.slug.startswith("saree-kunja-")


@pytest.mark.parametrize(("role", "may"), [
    (Role.owner, {"belong", "manage", "spend", "approve"}), (Role.finance, {"belong", "spend"}),
    (Role.approver, {"belong", "approve"}), (Role.viewer, {"belong"}), (None, set())])
def test_what_each_role_may(app, role, may):
    business, rina = make_business(people.ada()), people.person_named("Rina", "rina@example.com")
    if role:
        make_member(business, rina, role)
    assert {name for name in ("belong", "manage", "spend", "approve") if getattr(policies, name)(rina, business)} == may


def test_members_can_be_asked_for_by_role(app):
    business, rina = make_business(people.ada()), people.person_named("Rina", "rina@example.com")
    make_member(business, rina, Role.finance)
    assert queries.members(business, Role.owner, Role.finance) == [people.ada(), rina]
    assert queries.members(business, Role.approver) == []


def test_an_invitation_is_a_letter_with_a_link_that_works_once(app):
    business = make_business(people.ada())
    _, token = invited(business)
    invitation = queries.invitation_by_token(people.eve(), token)
    commands.accept_invitation(invitation, people.ben())
    assert queries.role_in(people.ben(), business.id) == Role.approver
    assert people.ben().acts_as_business
    with pytest.raises(WrongState):
        commands.accept_invitation(invitation, people.eve())
    assert queries.role_in(people.eve(), business.id) is None


def test_the_link_is_not_kept(app):
    invitation, token = invited(make_business(people.ada()))
    assert token not in (invitation.fingerprint, str(invitation.id))
    assert queries.invitation_by_token(people.eve(), invitation.fingerprint) is None


def test_an_invitation_grows_old_and_can_be_withdrawn(app):
    business = make_business(people.ada())
    invitation, token = invited(business)
    clock.move(timedelta(days=7, seconds=1))
    with pytest.raises(WrongState):
        commands.accept_invitation(invitation, people.ben())
    commands.withdraw_invitation(invitation, people.ada())
    db.session.flush()
    assert queries.invitation_by_token(people.ben(), token) is None


def test_a_letter_to_somebody_known_is_in_their_language(app):
    people.person_named("রিনা", "rina@example.com", language="bn")
    invited(make_business(people.ada()))
    assert letters("rina@example.com")[-1]["Subject"].endswith("ডেকেছেন")


def test_a_member_is_not_invited_again(app):
    with pytest.raises(Invalid):
        commands.invite(make_business(people.ada()), "ADA@example.com", Role.viewer, people.ada())


def test_the_last_owner_stays(app):
    business = make_business(people.ada())
    ada = queries.memberships(business)[0]
    for change in (lambda: commands.remove_member(ada, people.ada()), lambda: commands.change_role(ada, Role.finance, people.ada())):
        with pytest.raises(Invalid):
            change()
    make_member(business, people.ben(), Role.owner)
    commands.change_role(ada, Role.finance, people.ben())
    assert queries.role_in(people.ada(), business.id) == Role.finance


def test_two_owners_who_remove_each_other_at_once_leave_one(committed):
    business = make_business(people.ada())
    make_member(business, people.ben(), Role.owner)
    db.session.commit()
    ids = [member.id for member in queries.memberships(business)]
    business_id, start = business.id, threading.Barrier(2)

    def leave(member_id):
        with committed.app_context():
            start.wait()
            try:
                commands.remove_member(queries.db.session.get(queries.Member, member_id), people.ada())
                db.session.commit()
            except Invalid:
                db.session.rollback()
            db.session.remove()

    threads = [threading.Thread(target=leave, args=(member_id,)) for member_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert queries.owners_of(db.session.get(Business, business_id)) == 1


def test_changes_of_people_are_on_record(app):
    business = make_business(people.ada())
    member = make_member(business, people.ben())
    commands.change_role(member, Role.finance, people.ada())
    commands.remove_member(member, people.ada())
    db.session.flush()
    assert [(entry.action, entry.actor) for entry in audit.history(business)][:2] == [
        ("member.remove", f"person:{people.ada().id}"), ("member.change_role", f"person:{people.ada().id}")]


def test_bidders_read_when_somebody_was_last_here(app):
    business = make_business(people.ada())
    clock.move(timedelta(hours=3))
    sessions.begin(people.ada(), device="Phone", address="127.0.0.1")
    run_sweeps()
    assert clock.now() - db.session.get(Business, business.id).last_seen_at < timedelta(minutes=5)
