"""A boost on Meta: launched with a lifetime budget, read every day, rested, ended. Each step is looked for before it is made."""
from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import or_, select

from marketplace.access import commands as access
from marketplace.access.commands.holding import hold_in_common
from marketplace.access.models import Right
from marketplace.accounts.models import Person
from marketplace.boosts import notices, queries
from marketplace.boosts.commands.pots import close_pot
from marketplace.boosts.models import Boost, BoostStatus
from marketplace.boosts.models.boost import LIVE
from marketplace.channels import commands as channels
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import WrongState
from marketplace.core.tasks import NotYet, sweep, task

SPEND_HOURS = rule("SPEND_HOURS", 24, "hours after which Meta is asked again what a boost has spent")


def launch_boost(boost: Boost, person: Person) -> None:
    """Have an agreed and paid boost launched. Raises WrongState when it is not what was agreed."""
    lock(boost)
    if not boost.may("launch") or boost.hash != boost.approved_hash:
        raise WrongState()
    access.require(boost.grant, Right.boost)
    boost.failure = ""
    launch.later(boost.id, str(person.id), once=f"launch:{boost.id}")


@task
def launch(boost_id: str, person_id: str) -> None:
    """Launch it within its grant: campaign, ad set with the lifetime budget, creative, ad; those made before are found again."""
    boost = db.session.get_one(Boost, uuid.UUID(boost_id))
    hold_in_common(boost.grant)  # before the row: ending a contract holds the grant alone and then ends its boosts
    lock(boost)
    if boost.status != BoostStatus.funded or boost.hash != boost.approved_hash:
        return
    begins = clock.now()
    ends_at = begins + timedelta(days=boost.days)
    try:
        with access.use(boost.grant, Right.boost, "launch", boost, by=db.session.get(Person, uuid.UUID(person_id))):
            boost.account_id, boost.campaign_id = channels.launch_campaign(
                boost.channel, f"boost {boost.id}", boost.objective, boost.post_id, boost.audience, boost.budget_minor, ends_at)
    except (channels.Unanswered, channels.SlowDown) as silence:
        raise NotYet(str(silence)) from silence
    except (channels.Refused, access.Withheld) as refusal:
        boost.failure = str(getattr(refusal, "reason", refusal))[:300]
        notices.boost_failed(boost)
    else:
        boost.move("launch")
        boost.started_at, boost.ends_at = begins, ends_at
        notices.boost_launched(boost)


def pause_boost(boost: Boost, person: Person) -> None:
    """Rest it on Meta. Both sides may: stopping must be easy."""
    boost.move("pause", by=person)
    switch.later(boost.id, once=f"switch:{boost.id}")


def resume_boost(boost: Boost, person: Person) -> None:
    """Let it go on. Raises access.Withheld without the right."""
    access.require(boost.grant, Right.boost)
    boost.move("resume", by=person)
    switch.later(boost.id, once=f"switch:{boost.id}")


def end_boost(boost: Boost, person: Person | None, why: str = "") -> None:
    """Over, or called off. With the last boost the ad money waits for its last receipts, then goes back."""
    lock(boost.contract)
    boost.move("end", by=person, why=why)
    boost.ended_at = clock.now()
    if boost.campaign_id:
        switch.later(boost.id, once=f"switch:{boost.id}")
        read_spend.later(boost.id, once=f"spend:{boost.id}")
        _close_when_last(boost)
        notices.boost_ended(boost)


def _close_when_last(boost: Boost) -> None:
    pot = queries.pot_of(boost.contract_id)
    if pot is not None and all(other.status == BoostStatus.ended for other in queries.boosts_of(boost.contract_id)):
        close_pot(pot, why="the last boost ended")


@task
def switch(boost_id: str) -> None:
    """Make Meta's campaign what our row says: running, or at rest. Resting needs no right of the manager's; it is the owner's page."""
    boost = db.session.get_one(Boost, uuid.UUID(boost_id))
    lock(boost)
    try:
        channels.switch_campaign(boost.channel, boost.campaign_id, on=boost.status == BoostStatus.running)
    except (channels.Unanswered, channels.SlowDown) as silence:
        raise NotYet(str(silence)) from silence
    except channels.Refused as refusal:
        boost.failure = refusal.reason[:300]
        notices.boost_failed(boost)


@sweep
def read_spends() -> None:
    """Boosts whose spend was read long ago, until their ad money is settled."""
    old = clock.now() - timedelta(hours=SPEND_HOURS)
    due = select(Boost.id).where(Boost.campaign_id != "", or_(Boost.spend_read_at.is_(None), Boost.spend_read_at <= old),
                                 or_(Boost.status.in_(LIVE), queries.pot_is_open(Boost.contract_id)))
    for boost_id in db.session.scalars(due.limit(200)):
        read_spend.later(boost_id, once=f"spend:{boost_id}")


@task
def read_spend(boost_id: str) -> None:
    """What Meta says this boost has cost so far. It never falls: what was read once stays."""
    boost = db.session.get_one(Boost, uuid.UUID(boost_id))
    if not boost.campaign_id:
        return
    try:
        spent = channels.campaign_spend(boost.channel, boost.campaign_id)
    except (channels.Unanswered, channels.SlowDown) as silence:
        raise NotYet(str(silence)) from silence
    except channels.Refused:
        return  # the page is no longer ours to ask; what was read before counts
    lock(boost)
    boost.spent_minor, boost.spend_read_at = max(boost.spent_minor, spent), clock.now()


@sweep
def end_due() -> None:
    """Boosts whose days are over."""
    due = select(Boost.id).where(Boost.status.in_(LIVE), Boost.ends_at <= clock.now()).limit(200)
    for boost_id in db.session.scalars(due):
        end_over.later(boost_id, once=f"end-boost:{boost_id}")


@task
def end_over(boost_id: str) -> None:
    """Its days are over; Meta has stopped by itself."""
    boost = db.session.get_one(Boost, uuid.UUID(boost_id))
    lock(boost.contract)
    lock(boost)
    if boost.status in LIVE and boost.ends_at and boost.ends_at <= clock.now():
        end_boost(boost, None, "its days are over")
