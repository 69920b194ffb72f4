"""What the front page and the start page know."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.models import Intention
from marketplace.bids import commands as bids
from marketplace.contracts.commands import milestones
from marketplace.contracts.models import PartyCheck, PartyCheckStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.jobs import commands as jobs
from marketplace.managers import commands as managers
from marketplace.payments.models import AccountStatus, PayoutAccount, Rail
from marketplace.site import queries
from marketplace.vetting.models import Application
from tests.factories.bids import make_bid
from tests.factories.businesses import make_business
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded, make_milestone, make_offer
from tests.factories.jobs import make_job, make_submitted
from tests.factories.managers import make_item, make_manager
from tests.factories.payouts import make_bank
from tests.factories.vetting import make_application
from tests.people import ada, ben, eve, person_named, sam


def done(person) -> dict[str, bool]:
    return {step.code: step.done for step in queries.first_steps(person)}


def asked(person) -> list[str]:
    return [one.code for one in queries.waiting_for(person)]


def test_an_empty_marketplace_has_no_figures(app):
    assert queries.numbers() == queries.Numbers(0, 0, None)
    assert queries.managers_free_soon() == []


def test_only_vetted_published_managers_are_counted_and_shown(app):
    make_manager(ben())
    make_manager(eve(), vetted=())
    make_manager(person_named("Zia Khan", "zia@example.com"), published=False)
    assert queries.numbers().managers == 1
    assert [one.manager.person_id for one in queries.managers_free_soon()] == [ben().id]
    clock.move(timedelta(days=400))
    assert queries.numbers().managers == 0
    assert queries.managers_free_soon() == []


def test_the_shelf_holds_three_who_are_free_within_a_week_with_their_work(app):
    people = [person_named(f"Manager {number}", f"m{number}@example.com") for number in range(5)]
    made = [make_manager(person) for person in people]
    make_item(made[1], "Second")
    make_item(made[1], "Third")
    managers.edit(made[4], available_from=clock.today().date() + timedelta(days=8))
    managers.record_work(made[1], score=90)
    shelf = queries.managers_free_soon()
    assert len(shelf) == 3
    assert shelf[0].manager.id == made[1].id
    assert [item.title for item in shelf[0].work] == ["Second", "Third"]
    assert made[4].id not in {one.manager.id for one in shelf}


def test_the_first_steps_of_a_business(app):
    person = person_named("Nadia", "nadia@example.com", intends=Intention.business)
    assert done(person) == {"business": False, "job": False, "contract": False, "funding": False}
    business = make_business(person)
    assert done(person)["business"]
    make_submitted(business)
    assert done(person) == {"business": True, "job": True, "contract": False, "funding": False}


def test_the_first_steps_end_with_the_first_payment(app):
    milestone = make_milestone()
    assert done(ada()) == {"business": True, "job": True, "contract": True, "funding": False}
    make_funded(milestone)
    assert done(ada()) == {}


def test_the_first_steps_of_a_manager(app):
    person = person_named("Zia Khan", "zia@example.com", intends=Intention.manager)
    assert done(person) == {"profile": False, "vetting": False, "payout": False, "vetted": False, "bid": False}
    manager = make_manager(person, vetted=())
    assert [code for code, is_done in done(person).items() if is_done] == ["profile"]
    application: Application = make_application(manager)
    assert not done(person)["vetting"]
    assert application.status == "draft"
    make_application(manager, "approved")
    assert done(person) == {"profile": True, "vetting": True, "payout": False, "vetted": True, "bid": False}
    make_bid(make_job(make_business(ada())), manager)
    assert [code for code, is_done in done(person).items() if not is_done] == ["payout"]
    make_bank(person)
    assert done(person) == {}


@pytest.mark.parametrize(("rail", "status", "submitted", "said"), [
    ("manual_bank", "checking", False, True), ("manual_bank", "cancelled", False, False),
    ("stripe_connect", "current", False, False), ("stripe_connect", "current", True, True)])
def test_where_a_manager_is_paid_is_said_once_it_is_said_wholly(app, rail, status, submitted, said):
    manager = make_manager(ben())
    db.session.add(PayoutAccount(manager_id=manager.id, rail=Rail(rail), status=AccountStatus(status), details_submitted=submitted))
    db.session.flush()
    assert done(ben())["payout"] is said


def test_staff_have_no_first_steps(app):
    assert queries.first_steps(sam()) == []


def test_an_offer_waits_for_the_side_whose_turn_it_is(app):
    offer = make_offer()
    assert asked(ben()) == ["offer"]
    assert "offer" not in asked(ada())
    assert queries.waiting_for(ben())[0].at == offer.expires_at
    assert asked(eve()) == []


def test_a_contract_waits_for_whoever_acts_next(app):
    milestone = make_milestone(make_contract())
    assert (asked(ada()), asked(ben())) == (["milestone_planned"], [])
    make_funded(milestone)
    assert (asked(ada()), asked(ben())) == ([], ["milestone_funded"])
    make_delivered(milestone)
    assert (asked(ada()), asked(ben())) == (["milestone_delivered"], [])
    milestones.ask_changes(milestone, ada(), "Brighter pictures, please.")
    assert (asked(ada()), asked(ben())) == ([], ["milestone_changes_asked"])
    make_delivered(milestone)
    make_approved(milestone)
    assert (asked(ada()), asked(ben())) == ([], [])


@pytest.mark.parametrize(("says", "left"), [("open", []), ("refused", []), ("noted", ["milestone_planned"]),
                                            ("cleared", ["milestone_planned"])])
def test_nobody_is_asked_to_pay_in_what_the_team_has_stopped(app, says, left):
    contract = make_milestone(make_contract()).contract
    db.session.add(PartyCheck(business_id=contract.business_id, manager_id=contract.manager_id, contract_id=contract.id, signs=["card"],
                              status=PartyCheckStatus(says)))
    db.session.flush()
    assert asked(ada()) == left


def test_jobs_wait_when_sent_back_and_when_bids_are_unread(app):
    business = make_business(ada())
    job = make_submitted(business)
    assert asked(ada()) == []
    jobs.send_back(job, sam(), ["unclear"])
    assert asked(ada()) == ["job_sent_back"]
    jobs.submit(job, ada(), keep=True)
    jobs.approve(job, sam())
    bid = make_bid(job, make_manager(ben()))
    assert asked(ada()) == ["job_bids"]
    bids.shortlist(bid, ada())
    assert asked(ada()) == []


def test_the_sitemap_lists_only_what_everybody_may_see(app):
    manager = make_manager(ben())
    make_manager(eve(), published=False)
    job = make_job(make_business(ada()))
    make_submitted(make_business(eve()))
    assert queries.listed_managers() == [manager.slug]
    assert [key for key, _at in queries.listed_jobs()] == [job.id]
