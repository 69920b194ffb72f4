"""What applicants and the team see of vetting."""
import pytest

from marketplace.core import i18n
from marketplace.files.queries import files_of
from marketplace.vetting import queries
from marketplace.vetting.models import RUBRIC, ApplicationStatus
from tests import people
from tests.factories.files import PDF, upload
from tests.factories.managers import make_manager
from tests.factories.vetting import make_application, vetter
from tests.pages import errors, read, words

ANSWERS = {"past_work": "Two years.", "clients": "Nila, Nokshi Ghor.", "replies": "আপু, খুব দুঃখিত।"}


@pytest.fixture
def manager(app):
    """ben's profile, not vetted."""
    return make_manager(people.ben(), vetted=())


@pytest.fixture
def ben(client, manager):
    """ben's browser."""
    return people.sign_in(client, people.ben())


def begun(ben):
    """The address of a new application."""
    form = read(ben.get("/vetting")).main.find("form", {"action": "/vetting/applications"})
    return ben.post("/vetting/applications", data={"level": form.find("input", {"name": "level"})["value"]}).headers["Location"]


@pytest.mark.parametrize(("language", "said"), [("bn", "৩০ থেকে ৪০ মিনিটের ভিডিও কল"), ("en", "A video call of 30 to 40 minutes")])
def test_the_rubric_is_public_in_both_languages(app, client, language, said):
    page = words(client.get("/vetting/rubric", headers={"Accept-Language": language}))
    assert said in page
    with i18n.speaking(language):
        assert all(str(criterion.looked_at) in page for criteria in RUBRIC.values() for criterion in criteria)


def test_an_application_is_written_in_two_sittings_and_sent(ben, manager):
    address = begun(ben)
    ben.post(address, data={"links": "https://facebook.com/nokshighor", "past_work": "Two years.", "act": "save",
                            "evidence": [upload(PDF, "insights.pdf"), upload(name="page.png")]})
    page = read(ben.get(address))
    assert page.find("textarea", {"name": "past_work"}).text.strip() == "Two years."
    assert ben.post(address, data={"links": "https://facebook.com/nokshighor", **ANSWERS, "act": "send"}).status_code == 303
    application = queries.applications_of(manager)["management"]
    assert application.status == ApplicationStatus.submitted
    assert [file.name for file in files_of(application)] == ["insights.pdf", "page.png"]
    page = read(ben.get(address))
    assert page.main.find("textarea") is None
    assert "আপু, খুব দুঃখিত।" in page.main.get_text()


def test_what_is_missing_is_told_and_nothing_is_lost(ben, manager):
    address = begun(ben)
    answer = ben.post(address, data={"links": "facebook nokshi", "past_work": "Two years.", "act": "send"})
    assert (answer.status_code, set(errors(answer))) == (422, {"links"})
    assert read(answer).find("textarea", {"name": "links"}).text.strip() == "facebook nokshi"
    answer = ben.post(address, data={"links": "https://facebook.com/nokshi", "past_work": "Two years.", "act": "send"})
    assert (answer.status_code, set(errors(answer))) == (422, {"clients"})
    assert read(answer).find("textarea", {"name": "past_work"}).text.strip() == "Two years."


def test_evidence_of_a_wrong_kind_is_told_and_a_file_can_be_taken_out(ben, manager):
    address = begun(ben)
    answer = ben.post(address, data={"act": "save", "evidence": [upload(b"<html>", "a.pdf")]})
    assert (answer.status_code, set(errors(answer))) == (422, {"evidence"})
    ben.post(address, data={"act": "save", "evidence": [upload(PDF, "a.pdf")]})
    removal = read(ben.get(address)).main.find("form", action=lambda url: url and url.endswith("/removal"))["action"]
    ben.post(removal)
    assert files_of(queries.applications_of(manager)["management"]) == []


def test_who_has_no_profile_begins_one_first(app, client):
    people.sign_in(client, people.ada())
    assert client.get("/vetting").headers["Location"].endswith("/profile")


def test_the_team_takes_up_looks_talks_and_two_decide(app, client, manager):
    application = make_application(manager, "submitted")
    case = f"/staff/vetting/{application.id}"
    first = people.sign_in(client, vetter(1))
    assert "Ben Das" in words(first.get("/staff/vetting"))
    first.post(f"{case}/review")
    first.post(f"{case}/interview", data={"at": "2030-01-05T15:00", "link": "https://meet.example.com/abc"})
    page = read(first.get(case))
    checks = [box["value"] for box in page.find_all("input", {"name": "checks"})]
    assert set(checks) == {criterion.check for criterion in RUBRIC["management"]}
    first.post(f"{case}/recommendation", data={"verdict": "approve", "checks": checks, "why": "Good pages.", "reasons": "Welcome."})
    assert "Somebody else must confirm" in words(first.get(case))
    assert first.post(f"{case}/decision", data={"why": "Me too."}).status_code == 403
    second = people.sign_in(client, vetter(2))
    assert "Good pages." in words(second.get(case))
    second.post(f"{case}/decision", data={"why": "I agree."})
    page = words(second.get(case))
    for said in ("Approved", "confirmed: approved · Vetter 2", "recommended · Vetter 1", "I agree."):
        assert said in page
    assert manager.vetted_for("management")


def test_a_decision_without_reasons_is_refused_beside_its_field(app, client, manager):
    application = make_application(manager, "recommended")
    people.sign_in(client, vetter(2))
    answer = client.post(f"/staff/vetting/{application.id}/decision", data={"why": " "})
    assert (answer.status_code, set(errors(answer))) == (422, {"why"})
    assert application.status == ApplicationStatus.interview


def test_what_was_decided_meanwhile_is_said(app, client, manager):
    application = make_application(manager, "in_review")
    people.sign_in(client, vetter(2))
    answer = client.post(f"/staff/vetting/{application.id}/review")
    assert answer.status_code == 409
    assert "changed since you opened the page" in words(answer)


def test_the_navigation_counts_what_waits(app, client, manager):
    make_application(manager, "submitted")
    people.sign_in(client, vetter(1))
    entry = read(client.get("/staff/vetting")).select_one('nav a[href="/staff/vetting"] .dy-dot')
    assert entry.text.split()[0] == "1"
    people.sign_in(client, people.ben())
    assert client.get("/staff/vetting").status_code == 403


def test_a_rejected_applicant_reads_why_and_may_apply_again(app, client, manager):
    application = make_application(manager, "in_review")
    vet = people.sign_in(client, vetter(1))
    vet.post(f"/staff/vetting/{application.id}/recommendation",
             data={"verdict": "reject", "why": "One page.", "reasons": "Come back with two pages."})
    people.sign_in(client, vetter(2)).post(f"/staff/vetting/{application.id}/decision", data={"why": "Yes."})
    page = words(people.sign_in(client, people.ben()).get("/vetting"))
    assert "Come back with two pages." in page
    assert "One page." not in page
    assert "Apply again" in page
