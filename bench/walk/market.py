"""The businesses, managers and contracts of a walk, made through the commands that a sign-up and an accepted offer end in."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from bench.walk.ground import Ground
from marketplace.accounts import commands as accounts
from marketplace.accounts.commands import passwords
from marketplace.accounts.models import Person
from marketplace.bids.models import Bid, BidMilestone
from marketplace.businesses import commands as businesses
from marketplace.businesses.models import Business
from marketplace.businesses.queries import brands
from marketplace.contracts.commands import offers
from marketplace.contracts.models import Contract
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.jobs.models import Job, JobStatus, Seat
from marketplace.jobs.queries import seats
from marketplace.managers import commands as managers
from marketplace.managers.models import Kind, Manager
from marketplace.payments import commands as payments
from marketplace.payments import queries as paid

PASSWORD = "nine quiet kingfishers"
CLEAN = (0, 0, 3, 12)
"""Clean contracts of managers, in turn: some wait for a hold after release, some for none."""
OPS_A_CONTRACT = 30
STEPS = (6, 12)
AMOUNTS = (50_000, 80_005, 100_001, 133_333, 150_000, 199_999, 250_007)
"""Minor units of a step; odd ones, so that parts do not divide evenly. The largest asks for the password again."""


@dataclass(frozen=True)
class Party:
    """Somebody who signs in."""

    email: str
    side: str


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
        hired = [new_manager(ground, str(number), secret, CLEAN[number % len(CLEAN)]) for number in range(max(2, contracts // 10))]
        db.session.commit()
        deals = []
        for number in range(contracts):
            deals.append(new_contract(chance, number, hirers[number % len(hirers)], hired[number // len(hirers) % len(hired)]))
            db.session.commit()
        db.session.execute(text("delete from procrastinate_jobs where status = 'todo'"))
        db.session.commit()
    return deals


def new_business(name: str, secret: str) -> tuple[Business, Person]:
    """A business and its owner."""
    owner = _person(f"business{name}@example.com", f"Owner {name}", secret)
    business = businesses.create(owner, name=f"Boutique {name}", trade="boutique", district="dhaka", about="Sarees, sold by inbox.")
    return business, owner


def new_manager(ground: Ground | None, name: str, secret: str, clean: int = 0) -> Manager:
    """A manager with so many clean contracts; with a ground one who can be paid, because Stripe has their bank."""
    person = _person(f"manager{name}@example.com", f"Worker {name}", secret)
    accounts.act_as_manager(person)
    manager = managers.begin(person)
    manager.clean_contracts = clean
    if ground:
        payments.onboard(manager)
        account = paid.payout_account(manager.id)
        ground.outside("POST", f"/stripe/world/accounts/{account.stripe_account_id}/onboarding").raise_for_status()
        payments.sync_account(account)
    return manager


def new_contract(chance: random.Random, number: int, hirer: tuple[Business, Person], manager: Manager, most: int = 0) -> Deal:
    """An offer that was accepted, of some steps, or of so many."""
    business, owner = hirer
    steps = list(_steps(chance, number, most or chance.randint(*STEPS)))
    whole = sum(int(str(step["amount_minor"])) for step in steps)
    terms = {"title": f"Contract {number}", "scope": "Posts and the inbox.", "changes_included": 2, "notice_days": 7,
             "ownership": "business", "milestones": steps}  # fmt: skip
    offer = offers.make_offer(new_bid(new_job(business, owner, whole), manager, whole), owner, terms)
    contract: Contract = offers.accept_offer(offer, manager.person, Side.manager, 1)
    return Deal(contract.id, Party(owner.email, "business"), Party(manager.person.email, "manager"))


def new_job(business: Business, owner: Person, whole: int) -> Job:
    """An open job with one seat."""
    job = Job(
        business_id=business.id, brand_id=brands(business)[0].id, author_id=owner.id, kind=Kind.management, status=JobStatus.open,
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


def _steps(chance: random.Random, number: int, count: int) -> Iterator[dict[str, object]]:
    for step in range(1, count + 1):
        yield {"title": f"Step {number}-{step}", "amount_minor": chance.choice(AMOUNTS), "days": chance.randint(3, 30)}
