"""The team's pages, and the way to report, as people see them."""
from __future__ import annotations

from datetime import timedelta

import pytest
from flask import url_for

from marketplace.accounts.models import StaffRole
from marketplace.core import calendar, clock
from marketplace.core.subjects import subject_of
from marketplace.moderation import commands, queries
from marketplace.moderation.models import RestrictionStatus
from tests.factories.businesses import make_business
from tests.factories.jobs import make_job, make_submitted
from tests.factories.managers import make_manager
from tests.factories.reviews import make_published
from tests.pages import errors, read, words
from tests.people import ada, ben, eve, person_named, sam, sign_in
from tests.worker import run_jobs

WHY = "Asked three shops for money by bKash."


def moderator():
    return person_named("Mona Akter", "mona@example.com", staff_roles=[StaffRole.moderator], totp_since=clock.now())


def report_of(job, by=None):
    return commands.report(job, job.title, by or eve(), "false", "The pictures are another shop's.")


def day(days: int) -> str:
    return (clock.today().date() + timedelta(days=days)).isoformat()


def test_the_team_starts_with_what_waits_and_since_when(client):
    make_submitted(make_business(ada()))
    clock.move(timedelta(hours=3))
    page = read(sign_in(client, sam()).get("/staff"))
    row = page.select_one("main a[href='/staff/jobs']")
    assert "Listings to read" in row.get_text()
    assert "3 hours ago" in row.get_text()
    assert page.select_one("main a[href='/staff/audit']")


def test_the_desk_says_when_a_year_within_sixty_days_has_no_moving_holidays(client):
    sign_in(client, moderator())
    now = clock.now()
    assert f"The moving holidays of {clock.today().year}" in words(client.get("/staff"))
    calendar.announce({(now + timedelta(days=ahead)).date(): "Eid ul-Fitr" for ahead in (0, 60)})
    assert "moving holidays" not in words(client.get("/staff"))
    calendar.announce({})


def test_a_moderator_sees_only_their_own_queues(client):
    page = read(sign_in(client, moderator()).get("/staff"))
    assert page.select_one("main a[href='/staff/vetting']") is None
    assert page.select_one("main a[href='/staff/audit']") is None
    assert client.get("/staff/audit").status_code == 403


def test_people_are_searched_and_paged(client):
    for number in range(30):
        person_named(f"Rahim {number}", f"rahim{number}@example.com")
    sign_in(client, sam())
    first = read(client.get("/staff/people?q=rahim"))
    assert len(first.select("main .dy-queue li")) == 24
    second = read(client.get(first.select_one(".dy-pager a")["href"]))
    assert len(second.select("main .dy-queue li")) == 6
    assert "Nobody found" in words(client.get("/staff/people?q=nobody-of-that-name"))


def test_a_persons_sheet(client):
    make_business(eve())
    make_manager(eve())
    seen = words(sign_in(client, sam()).get(f"/staff/people/{eve().id}"))
    assert "Eve's Boutique · owner" in seen
    assert "Eve Haque · manager, vetted" in seen
    assert "Signed in on 0 devices" in seen
    assert "business.create" not in seen
    assert "What this person did" in seen


def test_keeping_out_and_letting_in(client):
    sign_in(client, sam())
    page = f"/staff/people/{eve().id}"
    assert client.post(f"{page}/restrictions", data={"rule": "fraud", "reason": WHY, "ends_on": day(30)}).status_code == 303
    seen = client.get(page)
    assert WHY in words(seen)
    assert "kept out" in words(seen)
    ending = read(seen).select_one("form[action$='/ending']")["action"]
    client.post(ending, data={"why": "We talked."})
    assert eve().is_active
    assert queries.sheet(eve()).restrictions[0].status == RestrictionStatus.lifted
    assert "ended: We talked." in words(client.get(page))


def test_a_restriction_needs_rule_reason_and_a_day_to_come(client):
    answer = sign_in(client, sam()).post(f"/staff/people/{eve().id}/restrictions", data={"rule": "", "reason": "", "ends_on": day(0)})
    assert answer.status_code == 422
    assert set(errors(answer)) == {"rule", "reason", "ends_on"}
    assert eve().is_active


def test_oneself_has_no_form(client):
    seen = sign_in(client, sam()).get(f"/staff/people/{sam().id}")
    assert "This is you." in words(seen)
    assert read(seen).select_one("form[action$='/restrictions']") is None
    typed = {"rule": "fraud", "reason": WHY, "ends_on": day(3)}
    assert client.post(f"/staff/people/{sam().id}/restrictions", data=typed).status_code == 403


def test_roles_by_two_people(client):
    hasan = person_named("Hasan Ali", "hasan@example.com", staff_roles=[StaffRole.superadmin], totp_since=clock.now())
    sign_in(client, sam())
    page = f"/staff/people/{ben().id}"
    assert client.post(f"{page}/role-changes", data={"roles": ["vetter"], "reason": "Knows the trade."}).status_code == 303
    seen = read(client.get(page))
    assert "A second superadmin must confirm it." in seen.get_text()
    assert seen.select_one("form[action$='/confirmation']") is None
    sign_in(client, hasan)
    assert "Ben Das: vetter" in words(client.get("/staff/role-changes"))
    confirmation = read(client.get(page)).select_one("form[action$='/confirmation']")["action"]
    assert client.post(confirmation).status_code == 303
    assert ben().staff_roles == ["vetter"]


def test_confirming_roles_needs_a_fresh_password(client):
    hasan = person_named("Hasan Ali", "hasan@example.com", staff_roles=[StaffRole.superadmin], totp_since=clock.now())
    change = commands.ask_roles(ben(), sam(), ["vetter"], "Knows the trade.")
    sign_in(client, hasan)
    clock.move(timedelta(minutes=20))
    answer = client.post(f"/role-changes/{change.id}/confirmation")
    assert answer.headers["Location"].startswith("/password-again")
    assert ben().staff_roles == []


def test_reporting_a_job_from_its_page(client):
    job = make_job(make_business(ada()))
    sign_in(client, eve())
    way_in = read(client.get(f"/jobs/{job.id}")).select_one("a[href*='/reports/new']")
    assert way_in.get_text(strip=True) == "Report this job"
    link = way_in["href"]
    assert "Report: Run the page of a saree boutique" in words(client.get(link))
    assert client.post(link, data={"text": "x"}).status_code == 422
    answer = client.post(link, data={"reason": "false", "text": "Not their shop."})
    assert answer.headers["Location"] == f"/jobs/{job.id}"
    assert "Thank you." in client.get(answer.headers["Location"]).text
    assert "You have reported this already." in client.post(link, data={"reason": "false"}).text


def test_a_visitor_signs_in_first_and_comes_back(client):
    manager = make_manager(ben())
    link = read(client.get(f"/managers/{manager.slug}")).select_one("a[href*='/reports/new']")["href"]
    answer = client.get(link)
    assert answer.status_code == 303
    assert "reports/new" in answer.headers["Location"]


@pytest.mark.parametrize("subject", ["", "job:", "job:nonsense", "person:0192aaaa-0000-7000-8000-000000000001", "contract:x"])
def test_only_public_things_are_reported(client, subject):
    assert sign_in(client, eve()).get("/reports/new", query_string={"subject": subject}).status_code == 404


def test_only_reviews_are_reported_for_traded_stars(client):
    review, manager = make_published(), make_manager(ben())
    sign_in(client, eve())
    forms = [read(client.get("/reports/new", query_string={"subject": subject_of(row)})) for row in (review, manager)]
    of_review, of_manager = ({field["value"] for field in form.select("[name=reason]")} for form in forms)
    assert of_review - of_manager == {"stars_for_refund"}


def test_reports_are_decided_with_a_reason(client):
    made = report_of(make_job(make_business(ada())))
    sign_in(client, moderator())
    assert "Run the page of a saree boutique" in words(client.get("/staff/reports"))
    page = f"/staff/reports/{made.id}"
    assert "The pictures are another shop's." in words(client.get(page))
    refused = client.post(f"{page}/decision", data={"outcome": "uphold", "why": ""})
    assert refused.status_code == 422
    assert set(errors(refused)) == {"why"}
    client.post(f"{page}/decision", data={"outcome": "uphold", "why": "We looked at both pages."})
    assert "Run the page" not in words(client.get("/staff/reports"))
    assert "the report was right" in words(client.get("/staff/reports?state=decided"))
    assert client.post(f"{page}/decision", data={"outcome": "dismiss", "why": "No."}).status_code == 409


def test_ones_own_report_is_somebody_elses_to_decide(client):
    made = report_of(make_job(make_business(ada())), by=moderator())
    seen = sign_in(client, moderator()).get(f"/staff/reports/{made.id}")
    assert "Somebody else must decide this" in words(seen)
    assert read(seen).select_one("form[action$='/decision']") is None


def test_the_record_is_searched_and_its_chain_checked(client):
    commands.suspend(eve(), sam(), "fraud", WHY, clock.now() + timedelta(days=3))
    sign_in(client, sam())
    found = words(client.get("/staff/audit", query_string={"subject": "eve@example.com"}))
    assert "person.suspend · Sam Akter → Eve Haque" in found
    assert "session.begin" not in found
    client.post("/staff/audit/checks")
    assert read(client.get("/staff/audit")).find("meta", {"http-equiv": "refresh"})
    run_jobs()
    assert "unbroken" in words(client.get("/staff/audit"))


@pytest.mark.parametrize("endpoint", ["desk", "people", "record", "reports", "role_changes"])
@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_in_both_languages(client, app, endpoint, language):
    titles = {"desk": ("টিম", "Team"), "people": ("মানুষ", "People"), "record": ("সব কাজের খাতা", "Record of all acts"),
              "reports": ("অভিযোগ", "Reports"), "role_changes": ("দ্বিতীয় মতের অপেক্ষায় ভূমিকা", "Roles that wait for a second opinion")}
    sam().language = language
    page = read(sign_in(client, sam()).get(url_for(f"moderation.{endpoint}")))
    assert page.title.get_text().startswith(titles[endpoint][language == "en"])
