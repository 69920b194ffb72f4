"""What the books tell of each account, in the currency that is asked for and in no other."""
from __future__ import annotations

from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.models import AccountKind
from marketplace.ledger.queries import movements
from marketplace.ledger.queries.debts import debtors, took_held
from tests.factories.ledger import post_fund, post_release

STEP, BUSINESS, MANAGER, PAYMENT = "milestone:1", "business:1", "manager:1", "payment:1"
BOTH, WORK = {"contract": "contract:1", "business": BUSINESS}, {"contract": "contract:1", "manager": MANAGER}


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_life_in_dollars() -> None:
    """1000 and ads of 200; 600 released less 60; 300 sent, of which 100 arrived; 50 set aside to go back; 7 owed by each side."""
    commands.fund("f", milestone=STEP, amount=usd(1000), card_cost=usd(30), ad_spend=usd(200), source=PAYMENT, stripe_id="ch_1", **BOTH)
    commands.release("e", milestone=STEP, gross=usd(600), fee=usd(60), **WORK)
    commands.begin_transfer("t", manager=MANAGER, milestone=STEP, amount=usd(300))
    commands.settle_transfer("t", stripe_id="tr_1")
    commands.pay_out("p", manager=MANAGER, amount=usd(100))
    commands.begin_transfer("t2", manager=MANAGER, milestone=STEP, amount=usd(40))
    commands.begin_refund("r", milestone=STEP, amount=usd(50), source=PAYMENT, **BOTH)
    commands.find_fault("ff", subject=STEP, amount=usd(8), business=BUSINESS, **WORK)
    commands.write_off("wo", debtor=MANAGER, amount=usd(1))


def test_dollars_are_told_in_dollars(app):
    post_fund(source="payment:taka")
    a_life_in_dollars()
    assert queries.held(STEP, "USD") == usd(350)
    assert queries.ad_spend(STEP, "USD") == usd(200)
    assert queries.payable(MANAGER, "USD") == usd(200)
    assert queries.sending(MANAGER, "USD") == usd(40)
    assert queries.arriving(MANAGER, "USD") == usd(200)
    assert queries.owed_by(BUSINESS, "USD") == usd(-8)
    assert queries.held_of(PAYMENT, "USD") == [(AccountKind.ad_spend, STEP, usd(200)), (AccountKind.held, STEP, usd(350))]
    assert queries.held_of("payment:taka", "USD") == []
    assert queries.sources_of(STEP, "USD") == [(PAYMENT, usd(350))]
    assert queries.sources_of(STEP, "USD", ads=True) == [(PAYMENT, usd(200))]
    assert set(queries.held_by_source(PAYMENT)) == {(AccountKind.held, STEP, usd(350)), (AccountKind.ad_spend, STEP, usd(200))}
    assert queries.held_for([STEP], "USD") == {STEP: usd(350)}
    assert queries.held_for([STEP], "USD", ads=True) == {STEP: usd(200)}
    assert queries.stripe_clearing("USD") == usd(930)
    assert queries.platform(AccountKind.fees, "USD") == usd(60)
    assert queries.platform(AccountKind.fees, "EUR") == Money(0, "EUR")
    assert queries.balances_of(MANAGER, "USD") == {
        AccountKind.payable: usd(200), AccountKind.sending: usd(40), AccountKind.arriving: usd(200), AccountKind.connected: usd(200),
        AccountKind.receivable: usd(7)}
    assert debtors() == [(MANAGER, usd(7))]


def test_taka_is_told_where_no_currency_is_asked_for(app):
    a_life_in_dollars()
    post_fund(source="payment:taka")
    post_release(gross=Money(1000))
    commands.fund("ads", milestone=STEP, amount=Money(0), card_cost=Money(0), ad_spend=Money(70), source="payment:ads", **BOTH)
    assert queries.held(STEP) == Money(699000)
    assert (queries.ad_spend(STEP), queries.payable(MANAGER)) == (Money(70), Money(900))
    assert (queries.sending(MANAGER), queries.arriving(MANAGER), queries.owed_by(BUSINESS)) == (Money(0), Money(0), Money(0))
    assert queries.held_of("payment:taka") == [(AccountKind.held, STEP, Money(699000))]
    assert queries.sources_of(STEP) == [("payment:taka", Money(699000))]
    assert queries.held_for([STEP]) == {STEP: Money(699000)}
    assert queries.held_for([STEP], ads=True) == {STEP: Money(70)}
    assert (queries.stripe_clearing(), queries.platform(AccountKind.fees)) == (Money(720370), Money(100))
    assert queries.balances_of(MANAGER) == {AccountKind.payable: Money(900)}
    assert movements.course_of(STEP) == {"fund": Money(700000), "release": Money(-1000)}


def test_the_trial_balance_has_each_currency_on_its_sides(app):
    post_fund()
    a_life_in_dollars()
    balance = queries.trial_balance()
    assert balance.balanced and balance.currencies() == ["BDT", "USD"]
    assert [(str(line.kind), line.debit, line.credit) for line in balance.lines if line.debit.currency == "USD"] == [
        ("held", usd(0), usd(350)), ("ad_spend", usd(0), usd(200)), ("payable", usd(0), usd(200)), ("sending", usd(0), usd(40)),
        ("refunding", usd(0), usd(50)), ("arriving", usd(0), usd(200)), ("fees", usd(0), usd(60)), ("card_costs", usd(0), usd(30)),
        ("stripe", usd(930), usd(0)), ("connected", usd(200), usd(0)), ("receivable", usd(0), usd(1)), ("losses", usd(1), usd(0))]
    assert balance.debits("USD") == balance.credits("USD") == usd(1131)
    assert [line.kind for line in balance.lines if line.debit.currency == "BDT"] == ["held", "card_costs", "stripe"]


def test_what_is_left_of_each_payment_is_told_to_the_last_poisha_oldest_first(app):
    for number, source in ((2, "payment:z"), (1, "payment:a")):
        commands.fund(f"fund:{source}", milestone=STEP, amount=Money(10), card_cost=Money(0), ad_spend=Money(5), source=source, **BOTH)
        commands.fund(f"more:{source}", milestone=f"milestone:{number}9", amount=Money(3), card_cost=Money(0), source=source, **BOTH)
    commands.begin_refund("r", milestone=STEP, amount=Money(9), ad_spend=Money(5), source="payment:z", **BOTH)
    assert queries.sources_of(STEP) == [("payment:z", Money(1)), ("payment:a", Money(10))]
    assert queries.sources_of(STEP, ads=True) == [("payment:a", Money(5))]
    assert queries.held_by_source("payment:z") == [(AccountKind.held, STEP, Money(1)), (AccountKind.held, "milestone:29", Money(3))]
    commands.begin_refund("r2", milestone=STEP, amount=Money(1), source="payment:z", **BOTH)
    assert queries.sources_of(STEP) == [("payment:a", Money(10))]


def test_debts_are_told_to_the_last_poisha_and_equal_ones_by_their_age(app):
    for debtor, amount in (("manager:z", 4), ("manager:a", 1), ("manager:m", 2), ("manager:none", 0)):
        commands.take_back(f"owe:{debtor}", holder="reversal:1", source=PAYMENT, subject=STEP, **BOTH, manager=debtor, paid=Money(0),
                           owed=Money(amount), fee=Money(1))
    commands.write_off("wo", debtor="manager:z", amount=Money(3))  # so that the database has it last
    assert debtors() == [("manager:m", Money(2)), ("manager:z", Money(1)), ("manager:a", Money(1))]


def test_whether_a_bank_took_what_was_still_held(app):
    """Also where it was for ads; not where all of it had been released, nor by what came of it later under the same ids."""
    for source, paid, ads in (("payment:held", 10, 0), ("payment:ads", 0, 10), ("payment:gone", 0, 0)):
        commands.fund(f"fund:{source}", milestone=STEP, amount=Money(paid), card_cost=Money(1), ad_spend=Money(ads), source=source, **BOTH)
        commands.charge_back(f"back:{source}", source=source, subject=STEP, amount=Money(11), stripe_id=f"du:{source}", **BOTH)
    commands.reverse("won", of="back:payment:held", stripe_id="du:won")
    assert [took_held([dispute]) for dispute in ("du:payment:held", "du:payment:ads", "du:payment:gone", "du:won")] == [
        True, True, False, False]
    assert took_held(["du:payment:gone", "du:payment:ads"])
    assert not took_held([])
