"""The businesses, managers and contracts of a walk, made through the commands that a sign-up and an accepted offer end in."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import select, text

from bench.walk.ground import Ground
from marketplace.access.models import Grant, GrantStatus, Right
from marketplace.accounts import commands as accounts
from marketplace.accounts.commands import passwords
from marketplace.accounts.models import Person, StaffRole
from marketplace.bids.models import Bid, BidMilestone
from marketplace.boosts.models import Boost, BoostStatus, ExchangeRate
from marketplace.businesses import commands as businesses
from marketplace.businesses.models import Business
from marketplace.businesses.queries import brands
from marketplace.channels.models import Channel, ChannelStatus
from marketplace.contracts.commands import offers
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core import clock, crypto
from marketplace.core.db import db
from marketplace.jobs.models import Job, JobStatus, Seat
from marketplace.jobs.queries import seats
from marketplace.managers import commands as managers
from marketplace.managers.models import Kind, Manager
from marketplace.payments import commands as payments
from marketplace.payments import queries as paid
from marketplace.payments.commands import payout_accounts
from marketplace.payments.models import Rail

PASSWORD = "nine quiet kingfishers"
CLEAN = (0, 0, 3, 12)
"""Clean contracts of managers, in turn: some wait for a hold after release, some for none."""
RAILS = (Rail.stripe_connect, Rail.manual_bank, Rail.stripe_connect, Rail.manual_bkash)
"""Where managers are paid, in turn."""
FACTOR = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
DOLLARS = 20_00
"""Cents for ads of a boosting contract."""
OPS_A_CONTRACT = 30
STEPS = (6, 12)
AMOUNTS = (50_000, 80_005, 100_001, 133_333, 150_000, 199_999, 250_007)
"""Minor units of a step; odd ones, so that parts do not divide evenly. The largest asks for the password again."""


Details = dict[str, Any] | None
"""Of a job, what its kind asks."""


@dataclass(frozen=True)
class Party:
    """Somebody who signs in."""

    email: str
    side: str


@dataclass(frozen=True)
class Desk:
    """A page of the team's, and the two who work at it: what one of them proposes or pays, the other confirms."""

    path: str
    people: tuple[Party, Party]

    def party(self, side: str) -> Party:
        return self.people[side == "manager"]


@dataclass(frozen=True)
class Deal:
    """A contract as the two who know its address see it."""

    contract: uuid.UUID
    business: Party
    manager: Party

    @property
    def path(self) -> str:
        return f"/contracts/{self.contract}"

    def party(self, side: str) -> Party:
        return self.business if side == "business" else self.manager


def settle_in(ground: Ground, ops: int, chance: random.Random) -> list[Deal]:
    """A market that gives so many operations enough to do. Its letters are not sent: they are not what is measured."""
    contracts = max(4, ops // OPS_A_CONTRACT)
    with ground.app.app_context():
        secret = passwords.hashed(PASSWORD)
        hirers = [new_business(str(number), secret) for number in range(max(2, contracts // 8))]
        hired = [new_manager(ground, str(number), secret, CLEAN[number % len(CLEAN)], RAILS[number % len(RAILS)])
                 for number in range(max(4, contracts // 10))]  # fmt: skip
        db.session.add(dollar_rate(hirers[0][1]))
        db.session.commit()
        deals = []
        for number in range(contracts):
            begin = BEGINNINGS[number % len(BEGINNINGS)]
            deals.append(begin(chance, number, hirers[number % len(hirers)], hired[number // len(hirers) % len(hired)]))
            db.session.commit()
        db.session.execute(text("delete from procrastinate_jobs where status = 'todo'"))
        db.session.commit()
    return deals


def desks(ground: Ground, deals: list[Deal]) -> list[list[Desk]]:
    """Of the team's two people: what they pay by hand, decide and confirm, and the money of some steps."""
    with ground.app.app_context():
        secret = passwords.hashed(PASSWORD)
        both = new_staff("one", secret), new_staff("two", secret)
        first = select(Milestone.id).where(Milestone.contract_id.in_([deal.contract for deal in deals]), Milestone.position == 1)
        steps = db.session.scalars(first.order_by(Milestone.id)).all()
        db.session.commit()
    lists = [[Desk(path, both)] for path in ("/staff/payouts", "/staff/payout-checks", "/staff/disputes", "/staff/money-proposals",
                                                 "/staff/chargebacks")]
    return [*lists, [Desk(f"/staff/milestones/{step}/money", both) for step in steps]]


def new_staff(name: str, secret: str) -> Party:
    """Somebody of the team who may everything, with a second factor."""
    person = _person(f"staff{name}@example.com", f"Staff {name}", secret)
    person.staff_roles = [StaffRole.superadmin]
    person.totp_secret, person.totp_since = crypto.seal("totp", FACTOR.secret), clock.now()
    return Party(person.email, "staff")


def new_business(name: str, secret: str) -> tuple[Business, Person]:
    """A business and its owner."""
    owner = _person(f"business{name}@example.com", f"Owner {name}", secret)
    business = businesses.create(owner, name=f"Boutique {name}", trade="boutique", district="dhaka", about="Sarees, sold by inbox.")
    return business, owner


def new_manager(ground: Ground | None, name: str, secret: str, clean: int = 0, rail: Rail = Rail.stripe_connect) -> Manager:
    """A manager with so many clean contracts; with a ground one who can be paid: Stripe has their bank, or finance pays by hand."""
    person = _person(f"manager{name}@example.com", f"Worker {name}", secret)
    accounts.act_as_manager(person)
    manager = managers.begin(person)
    manager.clean_contracts = clean
    if ground and rail != Rail.stripe_connect:
        number = f"{person.id.int % 10**9:09}"
        bank = {"bank": "City Bank", "branch": "Dhanmondi", "routing": "225261234", "number": f"1402{number}"}
        details = bank if rail == Rail.manual_bank else {"number": f"017{number[1:]}"}
        payout_accounts.choose(manager, rail, {"holder": person.name, **details}, person)
    elif ground:
        payments.onboard(manager)
        account = paid.payout_account(manager.id)
        ground.outside("POST", f"/stripe/world/accounts/{account.stripe_account_id}/onboarding").raise_for_status()
        payments.sync_account(account)
    return manager


def new_contract(chance: random.Random, number: int, hirer: tuple[Business, Person], manager: Manager, most: int = 0) -> Deal:
    """An offer that was accepted, of some steps, or of so many."""
    steps = list(_steps(chance, number, most or chance.randint(*STEPS)))
    return agreed(number, hirer, manager, {"milestones": steps})


def new_months(chance: random.Random, number: int, hirer: tuple[Business, Person], manager: Manager) -> Deal:
    """One that is paid month by month."""
    price = chance.choice(AMOUNTS)
    month = {"title": "1", "amount_minor": price, "days": 30}
    return agreed(number, hirer, manager, {
        "billing": "monthly", "price_minor": price, "starts_on": clock.today().date().isoformat(),
        "lines": [{"title": "Posts", "count": 60}, {"title": "Videos", "count": 4}], "milestones": [month],
    })  # fmt: skip


def new_boosting(chance: random.Random, number: int, hirer: tuple[Business, Person], manager: Manager) -> Deal:
    """One whose manager's card pays Meta. A boost has run already: receipts for it may be handed in once money is there."""
    steps = list(_steps(chance, number, 2))
    deal = agreed(number, hirer, manager, {"milestones": steps}, Kind.boosting, {"dollars_minor": DOLLARS, "payer": "manager"})
    _boost_that_ran(db.session.get_one(Contract, deal.contract), hirer[1], chance.randint(DOLLARS // 4, DOLLARS))
    return deal


BEGINNINGS = (new_contract, new_contract, new_months, new_contract, new_boosting)
"""What contracts are, in turn."""


def agreed(number: int, hirer: tuple[Business, Person], manager: Manager, steps: dict[str, Any], kind: Kind = Kind.management,
           details: Details = None) -> Deal:  # fmt: skip
    """An offer that was accepted, with these steps."""
    business, owner = hirer
    whole = sum(int(step["amount_minor"]) for step in steps["milestones"])
    terms = {"title": f"Contract {number}", "scope": "Posts and the inbox.", "changes_included": 2, "notice_days": 7,
             "ownership": "business", **steps}  # fmt: skip
    offer = offers.make_offer(new_bid(new_job(business, owner, whole, kind, details), manager, whole), owner, terms)
    contract: Contract = offers.accept_offer(offer, manager.person, Side.manager, 1)
    return Deal(contract.id, Party(owner.email, "business"), Party(manager.person.email, "manager"))


def dollar_rate(by: Person) -> ExchangeRate:
    """Of today, as finance enters it."""
    day, bank = clock.today().date(), "https://www.bb.org.bd/en/"
    return ExchangeRate(rate_minor=122_50, day=day, source="Bangladesh Bank", link=bank, person_id=by.id)


def new_job(business: Business, owner: Person, whole: int, kind: Kind = Kind.management, details: Details = None) -> Job:
    """An open job with one seat."""
    job = Job(
        business_id=business.id, brand_id=brands(business)[0].id, author_id=owner.id, kind=kind, details=details or {},
        status=JobStatus.open,
        title="Run a page", budget_minor=whole, days=30, published_at=clock.now(), expires_at=clock.now() + timedelta(days=30),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    db.session.add(Seat(job_id=job.id, role="all", budget_minor=whole))
    db.session.flush()
    return job


def new_bid(job: Job, manager: Manager, whole: int) -> Bid:
    """A bid on its seat."""
    bid = Bid(job_id=job.id, seat_id=seats(job)[0].id, manager_id=manager.id, price_minor=whole, days=30, strategy="Morning and night.",
              milestones=[BidMilestone(position=1, title="All of it", amount_minor=whole, days=30)])  # fmt: skip
    db.session.add(bid)
    db.session.flush()
    return bid


def _person(email: str, name: str, secret: str) -> Person:
    person = Person(name=name, email=email, password_hash=secret, language="en", email_verified_at=clock.now())
    db.session.add(person)
    db.session.flush()
    return person


def _boost_that_ran(contract: Contract, owner: Person, cents: int) -> None:
    """Over an access that is over, on a page that has left: nothing of it is asked of Meta any more."""
    channel = Channel(
        business_id=contract.business_id, brand_id=contract.brand_id, person_id=owner.id, platform="facebook", name="The page",
        external_id=str(contract.id.int % 10**15), status=ChannelStatus.disconnected, consenter_id="1", connected_at=clock.now(),
        checked_at=clock.now(), disconnected_at=clock.now(), withdrawn_at=clock.now(),
    )  # fmt: skip
    db.session.add(channel)
    db.session.flush()
    grant = Grant(
        contract_id=contract.id, seat_id=contract.seat_id, channel_id=channel.id, manager_id=contract.manager_id, rights=[Right.boost],
        status=GrantStatus.revoked, starts_at=clock.now(), ends_at=clock.now(), ended_at=clock.now(), settled_at=clock.now(),
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    db.session.add(Boost(
        contract_id=contract.id, grant_id=grant.id, channel_id=channel.id, person_id=contract.manager.person_id, title="Eid",
        status=BoostStatus.ended, post_id="1_1", objective="messages", budget_minor=DOLLARS, days=7, started_at=clock.now(),
        ends_at=clock.now(), ended_at=clock.now(), spent_minor=cents, spend_read_at=clock.now(),
    ))  # fmt: skip


def _steps(chance: random.Random, number: int, count: int) -> Iterator[dict[str, object]]:
    for step in range(1, count + 1):
        yield {"title": f"Step {number}-{step}", "amount_minor": chance.choice(AMOUNTS), "days": chance.randint(3, 30)}
