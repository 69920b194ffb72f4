"""What only one of the team may do: pay a manager by hand, confirm it, decide a dispute, confirm a refund, vet somebody.

The twenty tabs are the two people's, ten each; or all of the second's, where the first may not.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from bench.burst_resources import AUDITED, POSTED, SHOTS, Counted, Resource, Shot, found, fresh, numbers, press
from bench.walk.browser import Line
from bench.walk.ground import Ground
from bench.walk.market import PASSWORD, Deal, Party, agreed, new_manager, new_staff
from marketplace.accounts.commands import passwords
from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.managers.models import Kind, Manager
from marketplace.payments.models import Rail
from marketplace.vetting import commands as vetting
from marketplace.vetting.models import RUBRIC, Verdict

Begun = Callable[[Ground, Line, random.Random, list[Party]], tuple[str, Counted]]
"""Brings a thing of the team's to be; the page where it is done, and what to count afterwards."""
WAIT_SECONDS = 60.0


def of_the_team(name: str, begun: Begun, both: bool = False, last: str = "", at: str = "") -> Resource:
    """An operation on the page that `begun` gives: by the second of two people, or by both. `last` are the first one's steps before;
    `at` is how the form's address ends, of an operation that no walk makes."""

    def prepare(ground: Ground, line: Line, chance: random.Random) -> tuple[list[Shot], Counted]:
        with ground.app.app_context():
            secret, number = passwords.hashed(PASSWORD), next(numbers)
            people = [new_staff(f"{number}-{which}", secret) for which in ("one", "two")]
            db.session.commit()
        path, counted = begun(ground, line, chance, people)
        for earlier in filter(None, last.split(", ")):
            first = line.tab(people[0])
            form, fields = found(first, path, earlier)
            first.send(form, fields)
        sending = people if both else people[1:]
        shots = [_shot(line, party, path, name, at) for party in sending]
        return [Shot(line.tab(one.tab.party), one.form, one.fields) for one in shots * (SHOTS // len(shots))], counted

    return Resource(name, prepare)


def _shot(line: Line, party: Party, path: str, name: str, at: str) -> Shot:
    tab = line.tab(party)
    if not at:
        return Shot(tab, *found(tab, path, name))
    form = next(form for form in tab.open(path).outline.forms if form.address.endswith(at))
    return Shot(tab, form, {"why": "Agreed."})


def payout(counted: str) -> Begun:
    """What was released to a manager whom finance pays by hand."""

    def begun(ground: Ground, line: Line, chance: random.Random, _people: list[Party]) -> tuple[str, Counted]:
        deal = fresh(ground, chance, _one_step, Rail.manual_bank)
        for earlier in ("fund", "pay", "deliver", "approve"):
            press(line, deal, earlier)
        key = looked_up(ground, "select p.id from manual_payouts p join contracts c on c.manager_id = p.manager_id where c.id = :id", deal)
        return f"/staff/payouts/{key}", (counted, {"id": key, "contract": f"contract:{deal.contract}"})

    return begun


def dispute(ground: Ground, line: Line, chance: random.Random, _people: list[Party]) -> tuple[str, Counted]:
    """One that the two sides did not settle in their time."""
    deal = fresh(ground, chance, _one_step)
    for earlier in ("fund", "pay", "claim"):
        press(line, deal, earlier)
    ground.outside("POST", "/clock", json={"advance": 6 * 86_400}).raise_for_status()
    key = looked_up(ground, """select d.id from disputes d join milestones m on m.id = d.milestone_id
                               where m.contract_id = :id and d.status = 'mediation'""", deal)  # fmt: skip
    return f"/disputes/{key}", (AUDITED.format("dispute.decide", "'dispute:' || :id"), {"id": key})


def refund(ground: Ground, line: Line, chance: random.Random, people: list[Party]) -> tuple[str, Counted]:
    """One that the first proposed, of more than one person may send."""
    deal = fresh(ground, chance, _one_step)
    for earlier in ("fund", "pay"):
        press(line, deal, earlier)
    step = looked_up(ground, "select id from milestones where contract_id = :id and status = 'funded'", deal)
    tab = line.tab(people[0])
    form, fields = found(tab, f"/staff/milestones/{step}/money", "refund by the team")
    tab.send(form, fields | {"amount": "900"})
    key = looked_up(ground, """select p.id from money_proposals p join milestones m on p.subject = 'milestone:' || m.id
                               where m.contract_id = :id""", deal)  # fmt: skip
    return f"/staff/money-proposals/{key}", (POSTED.format("refund"), {"contract": f"contract:{deal.contract}"})


def application(ground: Ground, _line: Line, _chance: random.Random, people: list[Party]) -> tuple[str, Counted]:
    """A manager's, recommended by the first."""
    with ground.app.app_context():
        manager = new_manager(None, f"vetted-{next(numbers)}", passwords.hashed(PASSWORD))
        first = db.session.scalars(db.select(Person).where(Person.email == people[0].email)).one()
        key = _recommended(manager, first)
        db.session.commit()
    return f"/staff/vetting/{key}", (AUDITED.format("application.approve", "'application:' || :id"), {"id": key})


def _recommended(manager: Manager, by: Person) -> object:
    row, rubric = vetting.begin(manager, Kind.management), RUBRIC[Kind.management]
    vetting.save(row, ["https://facebook.com/nokshighor"], {one.check: "Three years, and well." for one in rubric if one.question})
    vetting.submit(row)
    vetting.take(row, by)
    vetting.invite_to_interview(row, by, clock.now() + timedelta(days=2), "https://meet.example.com/abc")
    vetting.recommend(row, by, Verdict.approve, "The page is theirs.", "Your work is good.", [one.check for one in rubric])
    return row.id


def looked_up(ground: Ground, query: str, deal: Deal) -> object:
    """The id of what a job or a clock brings to be. Raises TimeoutError."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with ground.app.app_context():
            if key := db.session.scalar(text(query), {"id": deal.contract}):
                return key
        time.sleep(0.1)
    raise TimeoutError(query)


def _one_step(_chance: random.Random, number: int, hirer: tuple, manager: Manager) -> Deal:
    """Of enough to be paid by hand."""
    return agreed(number, hirer, manager, {"milestones": [{"title": "All of it", "amount_minor": 200_000, "days": 10}]})


PAYOUT = "select count(*) from manual_payouts where id = :id and status = '{0}'"
TEAM = (
    of_the_team("take the payout", payout(POSTED.format("transfer")), both=True),
    of_the_team("confirm the payout", payout(POSTED.format("transfer_settled")), last="take the payout, record the payout"),
    of_the_team("decide the dispute", dispute, last="take the dispute"),
    of_the_team("confirm the proposal", refund),
    of_the_team("decide about an application", application, at="/decision"),
)
