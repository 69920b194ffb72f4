"""What is locked when something is decided about a contract that is paid month by month: all that it depends on."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.contracts import queries
from marketplace.contracts.commands import retainers
from marketplace.contracts.models import Contract, Milestone, Month, Retainer
from marketplace.core.db import db
from tests import people
from tests.factories.retainers import make_next_month, make_saved_card


def consent(month: Month, retainer: Retainer) -> None:
    retainers.consent(retainer, make_saved_card(retainer.contract.business), people.ada())


@pytest.mark.parametrize(("act", "tables"), [
    (consent, {Contract, Retainer}), (lambda _month, retainer: retainers.revoke(retainer, people.ada()), {Contract, Retainer}),
    (lambda month, _retainer: retainers.begin_month(month.milestone), {Contract, Retainer}),
    (lambda month, _retainer: retainers.tell_month(str(month.id)), {Milestone, Contract, Month}),
    (lambda month, _retainer: retainers.charge_month(str(month.id)), {Milestone, Contract, Month}),
], ids=["consent", "revoke", "begin", "tell", "charge"])
def test_nobody_else_changes_what_is_decided_about(app, act: Callable[[Month, Retainer], object], tables):
    month = make_next_month()
    retainer = queries.retainer_of(month.milestone.contract)
    db.session.commit()
    act(month, retainer)
    assert {table for table, _key, _token in db.session().info["locked"]} == tables
