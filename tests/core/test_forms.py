"""What a form says of what it cannot take: in the reader's language and digits, and never with a figure that was not typed."""
from __future__ import annotations

import pytest

from marketplace.core import i18n
from marketplace.core.forms import Form, Line, MoneyField, NumberField


class Wish(Form):
    """One field of each kind that counts."""

    title = Line("Title", most=3)
    days = NumberField("Days", least=1, most=60)
    amount = MoneyField("Amount", most=100_000_00)


@pytest.fixture
def form(app):
    """What was typed, in a language, checked."""
    def typed(language, **values):
        with app.test_request_context(method="POST", data=values), i18n.speaking(language):
            wish = Wish(data={"days": 15, "amount": 50_000}, meta={"csrf": False})
            wish.validate()
            return wish, {name: str(messages[0]) for name, messages in wish.errors.items()}
    return typed


@pytest.mark.parametrize(("language", "said"), [
    ("en", {"title": "Write at most 3 characters; now it is 12.", "days": "Write a number from 1 to 60.",
            "amount": "Write an amount from 1 to 1,00,000."}),
    ("bn", {"title": "সর্বোচ্চ ৩ অক্ষর লেখা যায়; এখন আছে ১২।", "days": "১ থেকে ৬০-এর মধ্যে একটা সংখ্যা লিখুন।",
            "amount": "১ থেকে ১,০০,০০০-এর মধ্যে টাকার অঙ্ক লিখুন।"})])
def test_limits_are_said_in_the_readers_digits(form, language, said):
    assert form(language, title="Twelve chars", days="900", amount="100001")[1] == said


@pytest.mark.parametrize("amount", ["-50", "abc", "NaN"])
def test_what_is_no_amount_leaves_none_and_stays_as_typed(form, amount):
    wish, said = form("en", title="Two", days="9", amount=amount)
    assert said == {"amount": "Write an amount in taka, such as 7,000."}
    assert (wish.amount.data, wish.amount._value()) == (None, amount)


@pytest.mark.parametrize(("language", "values"), [("en", ("15", "500.50")), ("bn", ("১৫", "৫০০.৫০"))])
def test_what_is_proposed_stands_in_the_readers_digits_and_is_read_back(app, language, values):
    with app.test_request_context(), i18n.speaking(language):
        wish = Wish(data={"days": 15, "amount": 500_50}, meta={"csrf": False})
        assert (wish.days._value(), wish.amount._value()) == values
    with app.test_request_context(method="POST", data={"days": values[0], "amount": values[1]}):
        again = Wish(meta={"csrf": False})
        assert (again.days.data, again.amount.data) == (15, 500_50)
