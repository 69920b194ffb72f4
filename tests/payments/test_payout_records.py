"""What finance writes down about a payout by hand: numbers, days, proofs and reasons, each to its limit."""
from __future__ import annotations

import io
from datetime import timedelta

import pytest

from marketplace.core import clock, i18n
from marketplace.core.errors import Invalid
from marketplace.payments.commands import manual_payouts
from marketplace.payments.models import ManualStatus
from tests import people
from tests.factories.files import picture
from tests.factories.payouts import fin, make_claimed, make_recorded, record
from tests.payments.conftest import sound_books

AT_LENGTH = "x" * 301


@pytest.fixture
def app(app):
    """The application, whose books are looked at afterwards as a commit would."""
    yield app
    sound_books()


@pytest.mark.parametrize(("reference", "kept"), [
    ("123456", "123456"), ("x" * 40, "X" * 40), ("beftn-77/81", "BEFTN-77/81"), ("১২৩ ৪৫৬", "123456")])
def test_a_number_of_six_to_forty_letters_and_digits_is_kept_as_banks_write_it(app, reference, kept):
    payout = make_recorded(fin(), reference=reference)
    assert (payout.status, payout.reference) == (ManualStatus.paid, kept)


@pytest.mark.parametrize("reference", ["12345", "x" * 41, "123_456", "১২৩৪৫৬ক", "-123456"])
def test_a_number_that_no_bank_gives_is_refused(app, reference):
    payout = make_claimed(fin())
    with pytest.raises(Invalid) as refusal:
        record(payout, fin(), reference)
    assert (refusal.value.field, payout.reference) == ("reference", None)


def test_what_was_claimed_after_midnight_was_not_paid_the_day_before(app):
    """In Dhaka, where it is tomorrow while other clocks still show today."""
    payout = make_claimed(fin())
    payout.claimed_at = clock.today().replace(hour=0, minute=1)
    day = clock.today().date() - timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        manual_payouts.record_paid(payout, fin(), "TRX123456", day, io.BytesIO(picture()), "paid.png")
    assert refusal.value.field == "paid_on"


@pytest.mark.parametrize("days", [0, 1, 2])
def test_it_was_paid_on_any_day_from_the_claim_to_today(app, days):
    payout = make_claimed(fin())
    payout.claimed_at = clock.now() - timedelta(days=2)
    day = clock.today().date() - timedelta(days=days)
    manual_payouts.record_paid(payout, fin(), "TRX123456", day, io.BytesIO(picture()), "paid.png")
    assert payout.paid_on == day


def test_a_proof_that_is_no_picture_says_what_would_be_one(app):
    payout = make_claimed(fin())
    with pytest.raises(Invalid) as refusal:
        manual_payouts.record_paid(payout, fin(), "TRX123456", clock.today().date(), io.BytesIO(b"no picture"), "paid.png")
    with i18n.speaking("en"):
        assert "JPG, PNG or WebP picture, or a PDF" in str(refusal.value.message)
    assert refusal.value.field == "proof"


def test_the_proof_keeps_its_name_and_whose_it_is(app):
    payout = make_recorded(fin())
    proof = payout.proof
    assert (proof.name, proof.person_id, proof.subject, proof.purpose) == ("paid.png", fin().id, f"manual_payout:{payout.id}", "evidence")


def test_a_reason_at_length_is_kept_as_far_as_it_fits(app):
    payout = make_recorded(fin())
    [transfer] = manual_payouts._transfers(payout)
    manual_payouts.refuse(payout, people.sam(), AT_LENGTH)
    assert (payout.why, transfer.failure) == ("x" * 300, "x" * 300)

