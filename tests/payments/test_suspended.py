"""A bank kept money that was held: its business is suspended until somebody of finance has looked and lets it go on."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.ledger import queries as books
from marketplace.payments import commands
from marketplace.payments.models import Chargeback, ChargebackStatus
from tests import people
from tests.factories.payments import make_chargeback, make_paid, make_payment, make_row
from tests.pages import errors, words
from tests.payments.test_debts import charged_back, hear, repay, told
from tests.people import sign_in
from tests.worker import run_jobs


@pytest.fixture
def kept(stripe_app, world, client) -> Chargeback:
    """The bank kept what was held; the card's cost, which is owed then, is paid."""
    people.ada().language = "en"
    payment = make_paid(world)
    identifier = world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]
    hear(world, client)
    world.do(f"disputes/{identifier}/decision", outcome="lost")
    hear(world, client)
    repay(world, payment.business)
    run_jobs()
    return db.session.scalars(select(Chargeback)).one()


def test_until_the_team_lets_it_go_on_it_pays_nothing_in(kept, client):
    business = kept.payment.business
    assert books.owed_by(f"business:{business.id}").minor == 0
    with pytest.raises(WrongState):
        make_payment(business=business)
    assert "Our team looks at it now; until then the business cannot pay in" in told("The bank kept a payment")
    assert "or our team has looked at it, you can post" in told("Thank you")
    assert "Until our team has looked at it you cannot pay in" in words(sign_in(client, people.ada()).get("/wallet"))
    commands.let_go_on(kept, people.sam(), "A mistake of the bank; it paid by hand.")
    run_jobs()
    assert make_payment(business=business).checkout_url
    assert "You can pay in, post and hire again" in told("You can pay in")
    assert "Until our team" not in words(client.get("/wallet"))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "chargeback.let_go_on")).one()
    assert entry.details["why"] == "A mistake of the bank; it paid by hand."


def test_it_is_let_go_on_once(kept):
    commands.let_go_on(kept, people.sam(), "Seen.")
    with pytest.raises(WrongState):
        commands.let_go_on(kept, people.sam(), "Seen.")


def test_finance_does_it_on_the_page_and_says_what_it_found(kept, client):
    people.sam().language = "en"
    path = f"/chargebacks/{kept.id}"
    sam = sign_in(client, people.sam())
    assert "to be looked at" in words(sam.get("/staff/chargebacks"))
    assert "May the business go on?" in words(sam.get(path))
    assert errors(sam.post(f"{path}/clearance", data={"note": ""})) == {"note": "Write what you found."}
    assert sam.post(f"{path}/clearance", data={"note": "Spoke with the owner."}).status_code == 303
    assert not kept.suspends
    assert "May the business go on?" not in words(sam.get(path))


def test_the_business_reads_that_the_team_looks_and_cannot_clear_itself(kept, client):
    ada = sign_in(client, people.ada())
    text = words(ada.get(f"/chargebacks/{kept.id}"))
    assert "Our team looks at what the bank kept" in text
    assert "May the business go on?" not in text
    assert ada.post(f"/chargebacks/{kept.id}/clearance", data={"note": "All is well."}).status_code == 403


def test_where_all_was_released_paying_is_enough(stripe_app, world, client):
    """Nothing of it was held: what is owed is paid, and nobody has to look."""
    payment, identifier = charged_back(world, client)
    world.do(f"disputes/{identifier}/decision", outcome="lost")
    hear(world, client)
    repay(world, payment.business)
    assert make_payment(business=payment.business).checkout_url


def test_what_the_bank_gave_back_suspends_nobody(app):
    chargeback = make_chargeback(make_row(people.ada()), people.ben())
    with pytest.raises(WrongState):
        commands.let_go_on(chargeback, people.sam(), "Nothing to see.")
    assert chargeback.status == ChargebackStatus.open
