"""What people see of ad money, receipts, boosts, rates and prices."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.policies import CONFIRMED_FOR
from marketplace.boosts import commands, queries
from marketplace.boosts.commands.rates import RATE_DAYS
from marketplace.boosts.models import Boost, BoostStatus, Draw, DrawStatus
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from tests import people
from tests.factories.boosts import (
    PLAN,
    make_boost,
    make_boost_grant,
    make_boosting_contract,
    make_draw,
    make_funded_pot,
    make_rate,
    make_running_boost,
)
from tests.factories.contracts import make_contract
from tests.factories.files import PDF, upload
from tests.pages import errors, read, words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs

RECEIPT = {"receipt_number": "FBADS-108-7", "dollars_minor": "10", "vat_minor": "1.50"}


def test_paying_in_shows_both_pots_the_vat_and_the_rate_with_its_source(client, app):
    contract = make_boosting_contract()
    make_rate()
    sign_in(client, people.ada())
    page = client.get(f"/milestones/{milestones_of(contract)[0].id}/funding")
    assert "Ad money" in words(page) and "VAT on ads" in words(page)
    assert "4,900" in words(page) and "735" in words(page)  # 40 × 122.50, and 15 % of it
    assert read(page).select_one("a[href='https://www.bb.org.bd/en/']")


def test_an_old_rate_is_told_before_anything_is_paid(client, app):
    contract = make_boosting_contract()
    make_rate(days_ago=RATE_DAYS + 1)
    sign_in(client, people.ada())
    for ask in (client.get, client.post):
        page = ask(f"/milestones/{milestones_of(contract)[0].id}/funding")
        assert page.status_code == 409
        assert "dollar rate" in page.text


def test_both_sides_see_where_the_ad_money_is(client, app):
    pot = make_funded_pot()
    make_running_boost(pot, spent_minor=20_00)
    commands.approve_draw(make_draw(pot), people.ada())
    for person in (people.ada(), people.ben()):
        sign_in(client, person)
        page = words(client.get(f"/contracts/{pot.contract_id}"))
        assert "Ad money, the second pot" in page
        assert "1,408.75" in page  # 11.50 dollars at 122.50
        assert "4,226.25" in page  # what is left
        assert "122.50" in page and "Bangladesh Bank" in page


def test_other_contracts_speak_of_no_boosts(client, app):
    contract = make_contract()
    sign_in(client, people.ada())
    assert "Boosts" not in words(client.get(f"/contracts/{contract.id}"))


def test_the_terms_say_who_pays_meta(client, app):
    contract = make_boosting_contract(payer="owner")
    sign_in(client, people.ada())
    assert "paid to Meta by the business itself" in words(client.get(f"/contracts/{contract.id}"))


def test_a_receipt_is_handed_in_looked_at_and_repaid(client, app):
    pot = make_funded_pot()
    make_running_boost(pot, spent_minor=6_00)
    sign_in(client, people.ben())
    assert client.post(f"/ad-money/{pot.id}/draws", data=RECEIPT | {"file": upload(PDF, "receipt.pdf")}).status_code == 303
    draw = db.session.query(Draw).one()
    sign_in(client, people.ada())
    page = client.get(f"/draws/{draw.id}")
    assert "845.25" in words(page)  # 6.00 and 0.90 VAT, at 122.50
    assert client.get(f"/files/{draw.file_id}/original").status_code == 200
    assert client.post(f"/draws/{draw.id}/approval").status_code == 303
    db.session.expire_all()
    assert (draw.status, draw.amount_minor) == (DrawStatus.approved, 845_25)


@pytest.mark.parametrize(("cents", "asks"), [(14_19, False), (14_20, True)])
def test_repaying_much_asks_for_the_password(client, app, cents, asks):
    """At 122.50 and with VAT two thousand taka are between the two."""
    pot = make_funded_pot()
    make_running_boost(pot, spent_minor=cents)
    draw = make_draw(pot, dollars_minor=cents, vat_minor=cents * 15 // 100)
    browser = sign_in(client, people.ada())
    clock.move(CONFIRMED_FOR)
    assert browser.post(f"/draws/{draw.id}/approval").location.startswith("/password-again") == asks
    db.session.expire_all()
    assert (draw.status == DrawStatus.asked) == asks


def test_what_is_wrong_with_a_receipt_stands_beside_its_field(client, app):
    pot = make_funded_pot()
    make_draw(pot, RECEIPT["receipt_number"])
    sign_in(client, people.ben())
    page = client.post(f"/ad-money/{pot.id}/draws", data=RECEIPT | {"file": upload(PDF, "receipt.pdf")})
    assert page.status_code == 422
    assert "once" in errors(page)["receipt_number"]
    assert read(page).select_one("input[name=dollars_minor]")["value"] == "10"
    page = client.post(f"/ad-money/{pot.id}/draws", data={"vat_minor": "0"})
    assert set(errors(page)) == {"receipt_number", "dollars_minor", "file"}


def test_the_business_cannot_approve_what_meta_does_not_report(client, app):
    draw = make_draw()
    sign_in(client, people.ada())
    page = client.get(f"/draws/{draw.id}")
    assert "nothing to repay yet" in words(page)
    assert not read(page).select(f"form[action='/draws/{draw.id}/approval']")
    client.post(f"/draws/{draw.id}/approval")
    db.session.expire_all()
    assert draw.status == DrawStatus.asked


def test_a_refusal_needs_a_reason_that_the_manager_reads(client, app):
    draw = make_draw()
    sign_in(client, people.ada())
    assert client.post(f"/draws/{draw.id}/refusal", data={"reason": ""}).status_code == 422
    assert client.post(f"/draws/{draw.id}/refusal", data={"reason": "Not for our ads."}).status_code == 303
    sign_in(client, people.ben())
    assert "Not for our ads." in words(client.get(f"/draws/{draw.id}"))


def test_a_plan_is_sent_approved_as_read_and_may_be_launched(client, app):
    pot = make_funded_pot()
    make_boost_grant(pot.contract)
    sign_in(client, people.ben())
    typed = {"title": "Eid", "post_id": f"https://facebook.com/{PLAN.post_id}", "objective": "messages", "budget_minor": "৪০", "days": "7",
             "gender": "women"}
    assert client.post(f"/contracts/{pot.contract_id}/boosts", data=typed).status_code == 303
    boost = db.session.query(Boost).one()
    assert (boost.post_id, boost.budget_minor) == (PLAN.post_id, 40_00)
    sign_in(client, people.ada())
    form = read(client.get(f"/boosts/{boost.id}")).select_one(f"form[action='/boosts/{boost.id}/approval']")
    client.post(form["action"], data={field["name"]: field["value"] for field in form.select("input[type=hidden]")})
    db.session.expire_all()
    assert boost.status == BoostStatus.funded
    sign_in(client, people.ben())
    assert read(client.get(f"/boosts/{boost.id}")).select(f"form[action='/boosts/{boost.id}/launch']")


def test_a_plan_beyond_the_pot_is_told_at_its_budget(client, app):
    pot = make_funded_pot()
    boost = make_boost(pot, budget_minor=30_00)
    sign_in(client, people.ben())
    page = client.post(f"/boosts/{boost.id}", data={"title": "Eid", "post_id": PLAN.post_id, "objective": "messages", "budget_minor": "41",
                                                   "days": "7", "gender": "all"})
    assert (page.status_code, "40.00" in errors(page)["budget_minor"]) == (422, True)
    db.session.expire_all()
    assert (boost.status, boost.budget_minor) == (BoostStatus.planned, 30_00)


def test_without_access_to_boosts_the_manager_is_told_whom_to_ask(client, app):
    pot = make_funded_pot()
    sign_in(client, people.ben())
    page = client.get(f"/contracts/{pot.contract_id}/boosts/new")
    assert "Ask for it" in words(page)
    assert not read(page).select("input[name=budget_minor]")


def test_finance_enters_the_days_rate_with_its_source(client, app):
    sign_in(client, people.sam())
    today = clock.today().date()
    typed = {"rate_minor": "122.50", "day": today.isoformat(), "source": "Bangladesh Bank", "link": "https://www.bb.org.bd/en/"}
    page = client.post("/staff/exchange-rates", data=typed | {"link": "bb.org.bd", "day": (today + timedelta(days=1)).isoformat()})
    assert set(errors(page)) == {"link"}
    page = client.post("/staff/exchange-rates", data=typed | {"day": (today + timedelta(days=1)).isoformat()})
    assert set(errors(page)) == {"day"}
    assert client.post("/staff/exchange-rates", data=typed).status_code == 303
    assert queries.newest_rate().rate_minor == 122_50
    assert "122.50" in words(client.get("/staff/exchange-rates"))


def test_the_xray_shows_what_an_all_in_price_hides(client, app):
    make_rate()
    page = words(client.get("/prices?dollars_minor=40&charge_minor=800&all_in_minor=165", headers={"Accept-Language": "en"}))
    assert "4,900" in page and "735" in page
    assert "965" in page  # 40 × 165 less 4,900 and 735
    assert "too few yet" in page
    assert client.get("/prices?dollars_minor=nonsense").status_code == 200


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_is_drawn_in_both_languages(client, app, language):
    pot = make_funded_pot()
    boost = make_running_boost(pot, spent_minor=20_00, budget_minor=20_00)
    draw = make_draw(pot)
    commands.close_pot(pot)
    shown = {
        people.ada(): [f"/contracts/{pot.contract_id}", f"/draws/{draw.id}", f"/draws/{draw.id}/refusal", f"/boosts/{boost.id}", "/prices"],
        people.ben(): [f"/ad-money/{pot.id}/draws/new", f"/contracts/{pot.contract_id}/boosts/new", f"/boosts/{boost.id}/edit"],
        people.sam(): ["/staff/exchange-rates"],
    }
    for person, addresses in shown.items():
        person.language = language
        sign_in(client, person)
        for address in addresses:
            page = client.get(address)
            assert page.status_code == 200, address
            assert read(page).html["lang"] == language


@pytest.mark.parametrize("language", ["bn", "en"])
def test_letters_are_written_in_both_languages(client, app, language):
    people.ada().language = people.ben().language = language
    pot = make_funded_pot()
    boost = make_running_boost(pot, spent_minor=5_00)
    commands.approve_draw(make_draw(pot), people.ada())
    commands.refuse_draw(make_draw(pot, "second"), people.ada(), "No.")
    commands.end_boost(boost, people.ada())
    run_jobs()
    told = [letter["Subject"] for letter in letters("ben@example.com")]
    assert len(told) >= 5
    assert f"/boosts/{boost.id}" in body(letters("ben@example.com")[-1])
    assert len(letters("ada@example.com")) >= 4
