"""When staff is reminded of evidence, when it goes by itself, and what the bank reads."""
from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.files.models import Purpose
from marketplace.payments import commands
from marketplace.payments.commands import evidence
from marketplace.payments.models import Chargeback, ChargebackStatus, EvidenceKind
from tests import people
from tests.factories.files import picture
from tests.factories.payments import make_chargeback, make_row
from tests.worker import queued

A_MOMENT = timedelta(minutes=1)
OTHER = EvidenceKind.uncategorized_file


@pytest.fixture
def chargeback(app) -> Chargeback:
    return make_chargeback(make_row(people.ada()), people.ben())


def due_in(chargeback, left, **changes) -> None:
    chargeback.due_by = clock.now() + left
    for name, value in changes.items():
        setattr(chargeback, name, value)
    db.session.flush()


def looked_at() -> list[dict]:
    evidence.remind_of_evidence()
    return [job.args for job in queued() if job.task_name.endswith("act_on_deadline")]


STEPS = [(0, evidence.FIRST_REMINDER), (1, evidence.LAST_REMINDER), (2, evidence.BY_ITSELF)]


@pytest.mark.parametrize(("reminders", "step"), STEPS)
def test_a_day_that_comes_nearer_than_the_last_reminder_is_looked_at(chargeback, reminders, step):
    due_in(chargeback, step + A_MOMENT, reminders=reminders)
    assert looked_at() == []
    due_in(chargeback, step)
    assert looked_at() == [{"chargeback_id": str(chargeback.id)}]


@pytest.mark.parametrize("changes", [{"submitted_at": clock.now()}, {"status": ChargebackStatus.lost}])
def test_what_was_sent_or_decided_is_not_looked_at(chargeback, changes):
    due_in(chargeback, -A_MOMENT, **changes)
    assert looked_at() == []
    evidence.act_on_deadline(str(chargeback.id))
    assert chargeback.reminders == 0


@pytest.mark.parametrize(("left", "reminders", "sent"), [
    (evidence.LAST_REMINDER + A_MOMENT, 1, False), (evidence.LAST_REMINDER, 2, False), (evidence.BY_ITSELF + A_MOMENT, 2, False),
    (evidence.BY_ITSELF, 0, True)])
def test_the_nearer_the_more_is_done(chargeback, left, reminders, sent):
    due_in(chargeback, left)
    evidence.act_on_deadline(str(chargeback.id))
    assert (chargeback.reminders, chargeback.submitted_at is not None) == (reminders, sent)


def test_without_a_day_nothing_is_done(chargeback):
    chargeback.due_by = None
    evidence.act_on_deadline(str(chargeback.id))
    assert (chargeback.reminders, chargeback.submitted_at) == (0, None)


def test_a_file_is_kept_under_what_it_is_evidence_for(chargeback):
    row = commands.add_evidence(chargeback, people.ada(), OTHER, "", BytesIO(picture()), "page.png")
    assert (row.file.subject, row.file.purpose, row.file.person_id, row.file.name) == (
        f"chargeback:{chargeback.id}", Purpose.evidence, people.ada().id, "page.png")


@pytest.mark.parametrize("changes", [{"submitted_at": clock.now()}, {"status": ChargebackStatus.won}])
def test_nothing_is_added_to_what_was_sent_or_decided(chargeback, changes):
    due_in(chargeback, evidence.FIRST_REMINDER, **changes)
    for act in (lambda: commands.add_evidence(chargeback, people.ada(), OTHER, "More"), lambda: commands.submit_evidence(chargeback)):
        with pytest.raises(WrongState):
            act()


def read_by_the_bank(chargeback) -> str | None:
    return evidence._answer(chargeback)["evidence"].get("uncategorized_text")


def test_the_bank_reads_so_much_and_no_empty_text(chargeback):
    """Stripe refuses the whole answer for an empty field."""
    chargeback.record = "x" * (evidence.LONGEST + 1)
    assert read_by_the_bank(chargeback) == "x" * evidence.LONGEST
    chargeback.record = ""
    assert read_by_the_bank(chargeback) is None
    commands.add_evidence(chargeback, people.ada(), OTHER, "It was not me.")
    assert read_by_the_bank(chargeback) == f"{people.ada().name}: It was not me."
