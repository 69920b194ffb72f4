"""What each verb writes, wholly: its name, whom it concerns, and its legs. Not in taka, so that no currency is taken for granted."""
from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.commands import books
from marketplace.ledger.models import AccountKind, Checkpoint

STEP, CONTRACT, BUSINESS, MANAGER, PAYMENT = "milestone:1", "contract:1", "business:1", "manager:1", "payment:1"
BOTH = {"contract": CONTRACT, "business": BUSINESS}
WORK = {"contract": CONTRACT, "manager": MANAGER}


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def told(key: str) -> list[str]:
    """A posting in words: its verb, whose it is, what it ends, then a line a leg."""
    posting = queries.by_key(key)
    facts = [posting.subject, posting.contract, posting.business, posting.manager, posting.stripe_id, posting.of and posting.of.key]
    head = " ".join([posting.verb, *("-" if fact is None else fact for fact in facts), *(["pending"] if posting.pending else [])])
    legs = [f"{leg.direction} {leg.account.kind} {leg.account.owner} {leg.amount_minor} {leg.currency} {leg.account.source}".strip()
            for leg in posting.entries]
    return [head, *legs]


def paid(key: str = "f", source: str = PAYMENT, step: str = STEP, amount: int = 1000, ads: int = 200) -> None:
    commands.fund(key, milestone=step, amount=usd(amount), card_cost=usd(30), ad_spend=usd(ads), source=source, stripe_id="ch_1",
                  settled=eur(900), **BOTH)


def released() -> None:
    paid()
    commands.release("e", milestone=STEP, gross=usd(600), fee=usd(60), **WORK)


def test_paying_in(app):
    paid()
    commands.pay_fee("fee", subject=STEP, contract=CONTRACT, fee=eur(9), stripe_id="ch_1")
    assert told("f") == ["fund milestone:1 contract:1 business:1 - ch_1 -", "debit exchange platform 1230 USD",
        "credit exchange platform 900 EUR", "debit stripe platform 900 EUR", "credit held milestone:1 1000 USD payment:1",
        "credit card_costs platform 30 USD", "credit ad_spend milestone:1 200 USD payment:1"]
    assert told("fee") == ["pay_fee milestone:1 contract:1 - - ch_1 -", "debit card_costs platform 9 EUR", "credit stripe platform 9 EUR"]


def test_giving_back(app):
    paid()
    commands.begin_refund("r", milestone=STEP, amount=usd(100), ad_spend=usd(20), source=PAYMENT, **BOTH)
    commands.settle_refund("r", stripe_id="re_1", settled=eur(108))
    commands.return_refund("r", stripe_id="re_2", source=PAYMENT, settled=eur(107))
    commands.begin_refund("a", milestone=STEP, amount=usd(0), ad_spend=usd(20), source=PAYMENT, **BOTH)
    commands.settle_refund("a", stripe_id="re_3")
    commands.return_refund("a", stripe_id="re_4", source=PAYMENT, ads=True)
    commands.begin_refund("v", milestone=STEP, amount=usd(70), source=PAYMENT, **BOTH)
    commands.void_refund("v")
    assert told("r") == ["refund milestone:1 contract:1 business:1 - - - pending", "debit held milestone:1 100 USD payment:1",
        "credit refunding milestone:1 120 USD", "debit ad_spend milestone:1 20 USD payment:1"]
    assert told("r/settled") == ["refund_settled milestone:1 contract:1 business:1 - re_1 r", "debit refunding milestone:1 120 USD",
        "credit exchange platform 120 USD", "debit exchange platform 108 EUR", "credit stripe platform 108 EUR"]
    assert told("r/returned") == ["refund_returned milestone:1 contract:1 business:1 - re_2 r/settled", "debit exchange platform 120 USD",
        "credit exchange platform 107 EUR", "debit stripe platform 107 EUR", "credit held milestone:1 120 USD payment:1"]
    assert told("a") == ["refund milestone:1 contract:1 business:1 - - - pending", "credit refunding milestone:1 20 USD",
        "debit ad_spend milestone:1 20 USD payment:1"]
    assert told("a/settled") == ["refund_settled milestone:1 contract:1 business:1 - re_3 a", "debit refunding milestone:1 20 USD",
        "credit stripe platform 20 USD"]
    assert told("a/returned") == ["refund_returned milestone:1 contract:1 business:1 - re_4 a/settled", "debit stripe platform 20 USD",
        "credit ad_spend milestone:1 20 USD payment:1"]
    assert told("v/voided") == ["refund_voided milestone:1 contract:1 business:1 - - v", "credit held milestone:1 70 USD payment:1",
        "debit refunding milestone:1 70 USD"]


def test_money_goes_back_to_the_card_it_came_from(app):
    paid()
    paid("f2", source="payment:2")
    commands.begin_refund("r", milestone=STEP, amount=usd(5), ad_spend=usd(20), source="payment:2", **BOTH)
    assert told("r")[1:] == ["debit held milestone:1 5 USD payment:2", "credit refunding milestone:1 25 USD",
        "debit ad_spend milestone:1 20 USD payment:2"]


def test_rolling_over_takes_the_oldest_first_and_once(app):
    paid(ads=0)
    paid("f2", source="payment:2", amount=500, ads=0)
    first = commands.roll_over("o", milestone=STEP, to="milestone:2", amount=usd(1200), **BOTH)
    assert told("o") == ["roll_over milestone:1 contract:1 business:1 - - -", "debit held milestone:1 1000 USD payment:1",
        "credit held milestone:2 1000 USD payment:1", "debit held milestone:1 200 USD payment:2",
        "credit held milestone:2 200 USD payment:2"]
    commands.release("e", milestone=STEP, gross=usd(300), fee=usd(0), **WORK)
    assert commands.roll_over("o", milestone=STEP, to="milestone:2", amount=usd(1200), **BOTH) == first


def test_earning_and_drawing(app):
    released()
    commands.draw("d", milestone=STEP, amount=usd(150), **WORK)
    assert told("e") == ["release milestone:1 contract:1 - manager:1 - -", "debit held milestone:1 600 USD payment:1",
        "credit payable manager:1 540 USD", "credit fees platform 60 USD"]
    assert told("d") == ["draw milestone:1 contract:1 - manager:1 - -", "debit ad_spend milestone:1 150 USD payment:1",
        "credit payable manager:1 150 USD"]


def test_sending(app):
    released()
    commands.begin_transfer("t", manager=MANAGER, milestone=STEP, amount=usd(300), contract=CONTRACT)
    commands.settle_transfer("t", stripe_id="tr_1", settled=eur(270))
    commands.begin_transfer("b", manager=MANAGER, milestone=STEP, amount=usd(80), contract=CONTRACT)
    commands.settle_transfer("b")
    commands.begin_transfer("v", manager=MANAGER, milestone=STEP, amount=usd(40))
    commands.void_transfer("v")
    assert told("t") == ["transfer milestone:1 contract:1 - manager:1 - - pending", "debit payable manager:1 300 USD",
        "credit sending manager:1 300 USD"]
    assert told("t/settled") == ["transfer_settled milestone:1 contract:1 - manager:1 tr_1 t", "debit sending manager:1 300 USD",
        "credit exchange platform 300 USD", "debit exchange platform 270 EUR", "credit stripe platform 270 EUR",
        "debit connected manager:1 300 USD", "credit arriving manager:1 300 USD"]
    assert told("b/settled") == ["transfer_settled milestone:1 contract:1 - manager:1 - b", "debit sending manager:1 80 USD",
        "credit bank platform 80 USD", "debit connected manager:1 80 USD", "credit arriving manager:1 80 USD"]
    assert told("v") == ["transfer milestone:1 - - manager:1 - - pending", "debit payable manager:1 40 USD",
        "credit sending manager:1 40 USD"]
    assert told("v/voided") == ["transfer_voided milestone:1 - - manager:1 - v", "credit payable manager:1 40 USD",
        "debit sending manager:1 40 USD"]


def test_coming_back_and_arriving(app):
    released()
    commands.begin_transfer("t", manager=MANAGER, milestone=STEP, amount=usd(300))
    commands.settle_transfer("t", stripe_id="tr_1")
    commands.return_transfer("r", milestone=STEP, amount=usd(50), stripe_id="trr_1", settled=eur(45), **WORK)
    commands.return_transfer("b", milestone=STEP, amount=usd(60), **WORK)
    commands.pay_out("p", manager=MANAGER, amount=usd(100))
    commands.reverse("pr", "p", stripe_id="po_1")
    assert told("r") == ["return_transfer milestone:1 contract:1 - manager:1 trr_1 -", "debit exchange platform 50 USD",
        "credit exchange platform 45 EUR", "debit stripe platform 45 EUR", "credit payable manager:1 50 USD",
        "debit arriving manager:1 50 USD", "credit connected manager:1 50 USD"]
    assert told("b") == ["return_transfer milestone:1 contract:1 - manager:1 - -", "debit bank platform 60 USD",
        "credit payable manager:1 60 USD", "debit arriving manager:1 60 USD", "credit connected manager:1 60 USD"]
    assert told("p") == ["pay_out manager:1 - - manager:1 - -", "debit arriving manager:1 100 USD", "credit connected manager:1 100 USD"]
    assert told("pr") == ["reverse manager:1 - - manager:1 po_1 p", "credit arriving manager:1 100 USD",
        "debit connected manager:1 100 USD"]


def test_a_bank_takes_ad_money_first_then_work_then_the_business_owes_and_once(app):
    paid()
    paid("f2", source="payment:2")
    facts = {"source": "payment:2", "subject": STEP, "amount": usd(1300), "stripe_id": "dp_1", "settled": eur(1170), **BOTH}
    first = commands.charge_back("c", **facts)
    assert commands.charge_back("c", **facts) == first
    commands.win_back("w", charged_back="c", stripe_id="dp_2")
    commands.pay_dispute_fee("df", subject=STEP, fee=usd(15), stripe_id="dp_1", **BOTH)
    assert told("c") == ["charge_back milestone:1 contract:1 business:1 - dp_1 -", "debit ad_spend milestone:1 200 USD payment:2",
        "debit held milestone:1 1000 USD payment:2", "debit receivable business:1 100 USD", "credit exchange platform 1300 USD",
        "debit exchange platform 1170 EUR", "credit stripe platform 1170 EUR"]
    assert told("w") == ["reverse milestone:1 contract:1 business:1 - dp_2 c", "credit ad_spend milestone:1 200 USD payment:2",
        "credit held milestone:1 1000 USD payment:2", "credit receivable business:1 100 USD", "debit exchange platform 1300 USD",
        "credit exchange platform 1170 EUR", "debit stripe platform 1170 EUR"]
    assert told("df") == ["pay_dispute_fee milestone:1 contract:1 business:1 - dp_1 -", "debit losses platform 15 USD",
        "credit stripe platform 15 USD"]


def test_refunds_that_stripe_made_take_what_is_held_then_the_platform_loses(app):
    paid(ads=0)
    facts = {"source": PAYMENT, "subject": STEP, "amount": usd(1300), "stripe_id": "re_1", "settled": eur(1170), **BOTH}
    first = commands.absorb_refund("a", **facts)
    assert commands.absorb_refund("a", **facts) == first
    assert told("a") == ["absorb_refund milestone:1 contract:1 business:1 - re_1 -", "debit held milestone:1 1000 USD payment:1",
        "debit losses platform 300 USD", "credit exchange platform 1300 USD", "debit exchange platform 1170 EUR",
        "credit stripe platform 1170 EUR"]


def test_debts(app):
    released()
    commands.take_back("k", holder="reversal:1", source=PAYMENT, subject=STEP, paid=usd(100), owed=usd(20), fee=usd(5), business=BUSINESS,
                       **WORK)
    commands.take_back("k2", holder="reversal:1", source="payment:2", subject=STEP, paid=usd(30), owed=usd(0), fee=usd(0),
                       business=BUSINESS, **WORK)
    commands.withhold("w", subject=STEP, amount=usd(10), **WORK)
    commands.pay_debt("p", holder="reversal:1", source="payment:2", business=BUSINESS, amount=usd(25))
    commands.return_payment("rp", holder="reversal:1", source=PAYMENT, business=BUSINESS, amount=usd(15))
    commands.find_fault("ff", subject=STEP, business=BUSINESS, amount=usd(7), **WORK)
    commands.write_off("wo", debtor=MANAGER, amount=usd(6))
    commands.make_good("mg", debtor=BUSINESS, amount=usd(4))
    assert told("k") == ["take_back milestone:1 contract:1 business:1 manager:1 - -", "debit payable manager:1 100 USD",
        "debit receivable manager:1 20 USD", "debit fees platform 5 USD", "credit held reversal:1 125 USD payment:1"]
    assert told("w") == ["withhold milestone:1 contract:1 - manager:1 - -", "debit payable manager:1 10 USD",
        "credit receivable manager:1 10 USD"]
    assert told("p") == ["pay_debt reversal:1 - business:1 - - -", "debit held reversal:1 25 USD payment:2",
        "credit receivable business:1 25 USD"]
    assert told("rp") == ["return_payment reversal:1 - business:1 - - -", "debit receivable business:1 15 USD",
        "credit held reversal:1 15 USD payment:1"]
    assert told("ff") == ["find_fault milestone:1 contract:1 business:1 manager:1 - -", "debit receivable manager:1 7 USD",
        "credit receivable business:1 7 USD"]
    assert told("wo") == ["write_off manager:1 - - manager:1 - -", "debit losses platform 6 USD", "credit receivable manager:1 6 USD"]
    assert told("mg") == ["make_good business:1 - business:1 - - -", "debit receivable business:1 4 USD", "credit losses platform 4 USD"]


def test_what_finance_adds(app):
    commands.book_adjustment("in", account="fees", amount=usd(1), subject="mismatch:1", stripe_id="txn_1")
    commands.book_adjustment("out", account="losses", amount=usd(-12), subject="mismatch:2", stripe_id="txn_2")
    commands.book_exchange("x", ours=usd(2), theirs=eur(1), subject=STEP, stripe_id="txn_3")
    assert told("in") == ["adjust mismatch:1 - - - txn_1 -", "debit stripe platform 1 USD", "credit fees platform 1 USD"]
    assert told("out") == ["adjust mismatch:2 - - - txn_2 -", "debit losses platform 12 USD", "credit stripe platform 12 USD"]
    assert told("x") == ["exchange milestone:1 - - - txn_3 -", "debit exchange platform 2 USD", "credit stripe platform 2 USD",
        "debit stripe platform 1 EUR", "credit exchange platform 1 EUR"]


def test_filling_our_bank(app):
    commands.fund_bank("b", amount=usd(5), stripe_id="po_" + "1" * 77)
    assert told("b") == [f"fund_bank stripe:po_{'1' * 70} - - - po_{'1' * 77} -", "debit bank platform 5 USD",
        "credit stripe platform 5 USD"]


def test_what_was_drawn_is_told_in_its_currency(app):
    paid()
    assert commands.release("e", milestone=STEP, gross=usd(600), fee=usd(60), **WORK).drawn == [(PAYMENT, usd(600))]


def test_nothing_but_the_platforms_own_accounts_is_adjusted(app):
    with pytest.raises(ValueError, match="held is not the platform's own"):
        commands.book_adjustment("in", account=AccountKind.held, amount=usd(1), subject="mismatch:1", stripe_id="txn_1")


def test_what_is_not_pending_is_named(app):
    paid()
    with pytest.raises(commands.KeyReused, match="f is not pending"):
        commands.void_transfer("f")


def test_a_key_of_another_posting_is_named(app):
    paid()
    with pytest.raises(commands.KeyReused, match="^f$"):
        paid(amount=999)


def test_the_sweep_sums_when_enough_was_written(app, monkeypatch):
    paid()
    monkeypatch.setattr(books, "CHECKPOINT_AFTER_ENTRIES", queries.entries_since_checkpoint() + 1)
    commands.checkpoint()
    assert db.session.query(Checkpoint).count() == 0
    monkeypatch.setattr(books, "CHECKPOINT_AFTER_ENTRIES", queries.entries_since_checkpoint())
    commands.checkpoint()
    assert db.session.query(Checkpoint).count() == len(["stripe EUR", "exchange USD", "exchange EUR", "card_costs USD"])
