"""What the books tell: parties' statements, search, what moved at Stripe."""
from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

from sqlalchemy import text

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.models import AccountKind
from marketplace.ledger.queries import movements
from tests.factories.ledger import NOTHING, PARTIES, post_fund, post_release

M = "milestone:1"


def a_life() -> None:
    """Funded twice, released, sent; the second refunded."""
    post_fund(M)
    post_release(M)
    commands.begin_transfer("t", manager="manager:1", milestone=M, amount=Money(630000))
    commands.settle_transfer("t", stripe_id="tr_1")
    post_fund("milestone:2", Money(100000), card_cost=NOTHING)
    commands.begin_refund("r", milestone="milestone:2", amount=Money(100000), **PARTIES)
    commands.settle_refund("r", stripe_id="re_1")


def lines(party: str) -> list[tuple[str, int, int | None]]:
    return [(line.verb, line.amount.minor, None if line.balance is None else line.balance.minor)
            for line in queries.whole_statement(party)]


def test_a_business_sees_what_left_and_reached_its_card(app):
    a_life()
    assert lines("business:1") == [("fund", -720300, None), ("fund", -100000, None), ("refund_settled", 100000, None)]


def test_a_manager_sees_what_is_owed_and_what_was_sent(app):
    a_life()
    assert lines("manager:1") == [("release", 630000, 630000), ("transfer", -630000, 0)]


def test_a_line_of_a_statement_says_when_what_for_and_how_much(app):
    a_life()
    posting, [line, *_] = queries.by_key("fund:milestone:1"), queries.whole_statement("business:1")
    [leg] = [entry for entry in posting.entries if entry.account.kind == "stripe"]
    assert line == queries.StatementLine(leg.id, posting.created_at, "fund", M, Money(-720300), None)
    commands.fund("usd", milestone=M, amount=Money(5, "USD"), card_cost=Money(0, "USD"), **PARTIES)
    assert queries.statement("business:1").rows[0].amount == Money(-5, "USD")
    commands.release("usd:e", milestone=M, contract="contract:1", manager="manager:1", gross=Money(5, "USD"), fee=Money(0, "USD"))
    [last, *_] = queries.statement("manager:1").rows
    assert (last.amount, last.balance) == (Money(5, "USD"), Money(5, "USD"))


def test_a_statement_is_nobody_elses(app):
    a_life()
    assert lines("business:2") == lines("manager:2") == []


def test_the_newest_come_first_and_in_pages(app):
    for number in range(30):
        post_fund(f"milestone:{number}", Money(100 + number), card_cost=NOTHING)
    first = queries.statement("business:1")
    second = queries.statement("business:1", first.next)
    amounts = [line.amount.minor for line in (*first, *second)]
    assert amounts == [-(100 + number) for number in reversed(range(30))]
    assert second.next is None


def test_postings_are_found_by_whatever_names_them(app):
    a_life()
    for sought, expected in ((M, 4), ("contract:1", 5), ("manager:1", 3), ("business:1", 4), ("tr_1", 1), ("t/settled", 1), ("nothing", 0),
                             ("", 7), (" re_1 ", 1)):
        assert len(queries.transactions(queries.Search(sought), None).rows) == expected, sought
        assert len(list(queries.all_transactions(queries.Search(sought)))) == expected


def test_a_day_is_sought_from_its_midnight_in_dhaka_to_the_next(app):
    legs = ('[{"kind": "stripe", "owner": "platform", "currency": "BDT", "direction": "debit", "amount": 5},'
            ' {"kind": "fees", "owner": "platform", "currency": "BDT", "direction": "credit", "amount": 5}]')
    for key, moment in (("first", "2026-03-01 00:00:00+06"), ("last", "2026-03-01 23:59:59.999999+06"), ("next", "2026-03-02 00:00:00+06")):
        db.session.execute(text("select ledger_post(:key, 'adjust', false, null, '{}', :legs, :at)"),
                           {"key": key, "legs": legs, "at": moment})
    day, before = date(2026, 3, 1), date(2026, 2, 28)
    assert [one.key for one in queries.transactions(queries.Search(first=day, last=day), None)] == ["last", "first"]
    assert [one.key for one in queries.all_transactions(queries.Search(first=day))] == ["next", "last", "first"]
    assert [one.key for one in queries.all_transactions(queries.Search(last=before))] == []
    assert [one.key for one in queries.all_transactions(queries.Search(first=date(2026, 3, 2)))] == ["next"]


def test_accounts_and_what_moved_on_one_come_newest_first(app):
    for number in range(26):
        post_fund(f"milestone:{number}", Money(100 + number), card_cost=NOTHING, source=f"payment:{number}")
    first = queries.accounts(AccountKind.held, "", None)
    second = queries.accounts(AccountKind.held, "", first.next)
    assert [account.owner for account in (*first, *second)] == [f"milestone:{number}" for number in reversed(range(26))]
    assert [account.kind for account in queries.accounts(None, "payment:3", None)] == ["held"]
    [stripe] = queries.accounts(AccountKind.stripe, "platform", None)
    page = queries.entries(stripe, None)
    amounts = [entry.amount_minor for entry in (*page, *queries.entries(stripe, page.next))]
    assert amounts == [100 + number for number in reversed(range(26))]


def test_what_moved_at_stripe_by_its_ids(app):
    a_life()
    commands.pay_fee("f", subject=M, contract="contract:1", fee=Money(24000), stripe_id=f"ch_{M}")
    commands.fund("nameless", milestone=M, amount=Money(5), card_cost=NOTHING, **PARTIES)
    assert queries.cash_by_stripe_id() == {
        ("", "BDT"): 5, (f"ch_{M}", "BDT"): 696300, ("ch_milestone:2", "BDT"): 100000, ("tr_1", "BDT"): -630000,
        ("re_1", "BDT"): -100000}


def test_held_for_many_in_one_question(app):
    post_fund("milestone:1")
    post_fund("milestone:2", Money(5), card_cost=NOTHING)
    assert queries.held_for(["milestone:1", "milestone:2", "milestone:3"]) == {"milestone:1": Money(700000), "milestone:2": Money(5)}


def test_what_a_release_was_and_how_held_money_went(app):
    a_life()
    release = movements.release_of(queries.by_key(f"release:{M}").id)
    assert (release.manager, release.gross, release.fee, release.net) == ("manager:1", Money(700000), Money(70000), Money(630000))
    assert movements.course_of("milestone:2") == {"fund": Money(100000), "refund": Money(-100000)}
    assert movements.currencies_of("business:1") == ["BDT"]
    assert movements.currencies_of("business:2") == []


def test_every_verb_has_its_words():
    """What the commands write is found in their own text: the verb of each posting, and what becomes of pending ones."""
    calls = [node for path in Path(commands.__file__).parent.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"post", "write"}]
    written = {call.args[1].value: {word.arg for word in call.keywords} for call in calls if isinstance(call.args[1], ast.Constant)}
    ended = {f"{verb}_{end}" for verb, words in written.items() if "pending" in words for end in ("settled", "voided")}
    assert {"fund", "draw", "roll_over", "reverse"} < set(written)
    assert {"refund_settled", "transfer_voided"} < ended
    assert set(written) | ended == set(queries.VERBS)
