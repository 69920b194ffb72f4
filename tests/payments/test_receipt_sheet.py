"""What a receipt says, line by line."""
from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from marketplace.core import i18n, tasks
from marketplace.payments.commands import receipts
from marketplace.payments.models import Payment
from tests import people
from tests.factories.payments import make_row

HELD = "Dayitto keeps this money until you approve the work. What is not used goes back to your card."
BONUS = "A bonus is the manager’s at once, less the fee. It does not come back."


@pytest.fixture
def payment(app) -> Payment:
    """Work and ads, paid on the last evening of November elsewhere, and after midnight in Dhaka."""
    tasks.bind(app)
    payment = make_row(people.ada())
    payment.ad_spend_minor, payment.ad_vat_minor = 40_000, 5_000
    payment.fee_minor, payment.stripe_charge_id = 70_000, "ch_1"
    payment.succeeded_at = datetime(2026, 11, 30, 20, 5, tzinfo=UTC)
    return payment


def test_all_that_the_sheet_says(payment):
    with i18n.speaking("en"):
        told = receipts._told(payment, "R-2026-000001")
    assert json.loads(told.pop("facts")) == [["For", "Ten posts"], ["Paid by", "Ada's Boutique"], ["Payment", "ch_1"]]
    assert json.loads(told.pop("lines")) == [
        ["The manager gets, when you approve", "৳6,300"], ["The platform keeps of it", "৳700"],
        ["Ad money", "৳350"], ["VAT on ads", "৳50"], ["Card cost", "৳203"]]
    assert told == {"site": "Dayitto", "title": "Receipt", "number": "R-2026-000001", "paid": "1 December 2026, 2:05 am",
                    "total_label": "Paid", "total": "৳7,603", "note": HELD}


@pytest.mark.parametrize(("subject", "fee", "lines", "note"), [
    ("bonus:1", 70_000, [("The manager gets of the bonus", 630_000), ("The platform keeps of it", 70_000), ("Card cost", 20_300)], BONUS),
    ("milestone:1", None, [("Held money", 700_000), ("Card cost", 20_300)], HELD)])
def test_a_bonus_is_no_held_money_and_what_bears_no_fee_names_none(payment, subject, fee, lines, note):
    payment.subject, payment.fee_minor, payment.ad_spend_minor, payment.ad_vat_minor = subject, fee, 0, 0
    with i18n.speaking("en"):
        assert [(label, amount.minor) for label, amount in receipts._lines(payment)] == lines
        assert receipts._told(payment, "")["note"] == note


def test_as_data_its_day_is_the_day_in_dhaka(payment):
    assert receipts._day(payment) == "2026-12-01"
