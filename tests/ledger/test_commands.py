"""The verbs: each balances, writes once, and takes nobody's money below zero."""
import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands, queries


def test_first(committed):
    commands.fund("k1", milestone="milestone:1", contract="contract:1", business="business:1", amount=Money(700000), card_cost=Money(20300), stripe_id="ch_1")
    commands.pay_fee("k2", subject="milestone:1", contract="contract:1", fee=Money(20300), stripe_id="ch_1")
    db.session.commit()
    assert queries.held("milestone:1") == Money(700000)
    commands.release("k3", milestone="milestone:1", contract="contract:1", manager="manager:1", gross=Money(700000), fee=Money(70000))
    with pytest.raises(commands.NotEnough):
        commands.release("k4", milestone="milestone:1", contract="contract:1", manager="manager:1", gross=Money(1), fee=Money(0))
    with pytest.raises(commands.KeyReused):
        commands.release("k3", milestone="milestone:1", contract="contract:1", manager="manager:1", gross=Money(1), fee=Money(0))
    db.session.commit()
    commands.begin_transfer("t1", manager="manager:1", milestone="milestone:1", amount=Money(630000))
    commands.settle_transfer("t1", stripe_id="tr_1")
    commands.settle_transfer("t1", stripe_id="tr_1")
    with pytest.raises(commands.AlreadyFinished):
        commands.void_transfer("t1")
    db.session.commit()
    assert queries.trial_balance().balanced
    assert queries.stripe_clearing() == Money(70000)
    assert queries.discrepancies() == []
