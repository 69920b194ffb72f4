"""What people see of a business."""
import pytest

from marketplace.businesses import queries
from marketplace.businesses.models import Role
from tests import people
from tests.factories.businesses import make_brand, make_business, make_member
from tests.pages import errors, link_in, read, words
from tests.worker import letters, run_jobs


@pytest.fixture
def ada(app, client):
    """ada's browser."""
    return people.sign_in(client, people.ada())


def test_a_business_is_begun_in_one_form(ada):
    assert ada.get("/business").headers["Location"].endswith("/businesses/new")
    answer = ada.post("/businesses/new", data={"name": "নকশি ঘর", "trade": "boutique", "district": "narayanganj", "about": "শাড়ি"})
    assert answer.headers["Location"].endswith("/business")
    page = words(ada.get("/business"))
    assert "নকশি ঘর" in page
    assert "Narayanganj" in page
    assert "Page not proven yet" in page


def test_what_is_wrong_is_told_and_kept(ada):
    answer = ada.post("/businesses/new", data={"name": " ", "trade": "wizardry", "district": "", "about": "Sarees by inbox"})
    assert answer.status_code == 422
    assert set(errors(answer)) == {"name", "trade", "district"}
    assert read(answer).find("textarea", {"name": "about"}).text.strip() == "Sarees by inbox"


@pytest.mark.parametrize(("language", "said"), [("bn", "ম্যানেজাররা যেমন দেখেন"), ("en", "How bidders see you")])
def test_the_page_speaks_both_languages(app, client, language, said):
    person = people.person_named("Nila", "nila@example.com", language=language)
    make_business(person)
    people.sign_in(client, person)
    assert said in words(client.get("/business"))


def test_a_brand_has_a_guide(ada):
    brand = make_brand(make_business(people.ada()), guide="")
    ada.post(f"/business/brands/{brand.id}", data={"name": "Nokshi", "trade": "boutique", "guide": "Say আপু.\nNever promise."})
    assert (brand.name, brand.guide) == ("Nokshi", "Say আপু.\nNever promise.")
    ada.post("/business/brands/new", data={"name": "Second", "trade": "cosmetics"})
    assert "Second" in words(ada.get("/business"))


def test_somebody_is_invited_and_joins(app, client, ada):
    business = make_business(people.ada())
    ada.post("/business/invitations", data={"email": "ben@example.com", "role": "finance"})
    assert "ben@example.com" in words(ada.get("/business"))
    run_jobs()
    link = link_in(letters("ben@example.com")[0])
    visitor = app.test_client()
    assert "Sign in" in words(visitor.get(link, headers={"Accept-Language": "en"}))
    people.sign_in(client, people.ben())
    page = read(client.get(link))
    client.post(page.main.form["action"])
    assert queries.role_in(people.ben(), business.id) == Role.finance
    assert "used or is too old" in words(client.get(link))


def test_a_wrong_invitation_is_told_beside_its_field(ada):
    make_business(people.ada())
    for email in ("not an address", "ada@example.com"):
        answer = ada.post("/business/invitations", data={"email": email, "role": "viewer"})
        assert (answer.status_code, set(errors(answer))) == (422, {"email"})
        assert read(answer).find("input", {"name": "email"})["value"] == email


def test_the_last_owner_is_told_so(ada):
    member = queries.memberships(make_business(people.ada()))[0]
    answer = ada.post(f"/business/members/{member.id}/removal")
    assert answer.status_code == 422
    assert "needs an owner" in words(answer)


def test_who_does_not_own_it_sees_no_buttons(app, client):
    business = make_business(people.ada())
    make_member(business, people.ben(), Role.viewer)
    people.sign_in(client, people.ben())
    page = read(client.get("/business"))
    actions = {form["action"] for form in page.main.find_all("form")}
    assert actions == {f"/business/members/{queries.memberships(business)[1].id}/removal"}, "only the way out"
    assert client.get("/business/edit").status_code == 403
    assert client.post("/business/invitations", data={"email": "x@example.com", "role": "owner"}).status_code == 403


def test_only_declared_fields_are_read(ada):
    typed = {"name": "Nokshi", "trade": "boutique", "district": "dhaka"}
    ada.post("/businesses/new", data={**typed, "funded_contracts": "99", "slug": "dayitto"})
    business = queries.business_of(people.ada())
    assert (business.funded_contracts, business.slug) == (0, "nokshi")
