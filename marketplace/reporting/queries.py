"""Reads of papers through the reader's eyes, and of what stands on them."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, Select, bindparam, func, literal, select, union_all
from sqlalchemy import String as Text
from sqlalchemy.orm import load_only

from marketplace.accounts.models import Person, StaffRole
from marketplace.businesses.models import Business, Member, Role
from marketplace.contracts.models import Bonus, Contract, Milestone
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.paging import Page, columns_page
from marketplace.ledger import queries as books
from marketplace.ledger.queries import movements
from marketplace.managers import queries as managers
from marketplace.managers.models import Manager
from marketplace.payments.models import Payment, Receipt, Refund, Reversal
from marketplace.reporting.models import Paper, PaperKind, StatementRun

SEES_MONEY = (Role.owner, Role.finance)
NAMED = 100
RECEIPT = "receipt"


def parties_of(reader: Any) -> list[str]:
    """Whose papers a person sees: businesses whose money they see, and their own as a manager."""
    if not reader.is_authenticated:
        return []
    query = select(Member.business_id).where(Member.person_id == reader.id, Member.role.in_(SEES_MONEY)).order_by(Member.id)
    own = [f"{Business.KIND}:{business_id}" for business_id in db.session.scalars(query)]
    manager = managers.manager_of(reader)
    return [*own, f"{Manager.KIND}:{manager.id}"] if manager else own


def sees_all(reader: Any) -> bool:
    """Finance sees everybody's papers."""
    return reader.is_authenticated and reader.is_staff(StaffRole.finance)


def paper_seen_by(reader: Any, paper_id: uuid.UUID) -> Paper | None:
    """A paper for those who see its party's money, and finance."""
    paper = db.session.get(Paper, paper_id)
    return paper if paper and (sees_all(reader) or paper.party in parties_of(reader)) else None


def subject_of(refund: Refund) -> str:
    """What papers about a refund are about: each time it was sent."""
    return f"{Refund.KIND}:{refund.id}:{refund.attempt}"


def credit_note_of(refund: Refund, subject: str = "") -> Paper | None:
    """The paper that says a refund went back, this time or as `subject` says."""
    about = subject or subject_of(refund)
    return db.session.scalars(select(Paper).where(Paper.kind == PaperKind.credit_note, Paper.subject == about)).first()


def invoices_of(reversal: Reversal) -> dict[PaperKind, Paper]:
    """The papers of the release that a reversal takes back, by kind; none of releases from before there were papers."""
    posting = books.find(reversal.transfer.release_key)
    found = db.session.scalars(select(Paper).where(Paper.subject == f"posting:{posting.id}")) if posting else ()
    return {paper.kind: paper for paper in found}


def papers_of(parties: list[str], kind: str, year: int | None, after: str | None) -> Page:
    """The papers and receipts of these parties, newest first; of one kind or one year when told so."""
    ids = [uuid.UUID(party.partition(":")[2]) for party in parties if party.startswith(Business.KIND)]
    query, keys = _listed(bool(kind), year is not None, False)
    return columns_page(query, keys, after, parties=parties, businesses=ids, kind=kind, year=year)


def all_papers(sought: str, kind: str, year: int | None, after: str | None) -> Page:
    """Everybody's, for finance; `sought` is a party, a part of its name, or empty."""
    if sought:
        parties = [sought] if _is_party(sought) else parties_named(sought)
        return papers_of(parties, kind, year, after) if parties else Page([], None)
    query, keys = _listed(bool(kind), year is not None, True)
    return columns_page(query, keys, after, kind=kind, year=year)


def years_begun() -> list[int]:
    """The calendar years since the books were begun, the newest first."""
    begun = movements.begun_at()
    return list(range(clock.today().year, begun.astimezone(clock.DHAKA).year - 1, -1)) if begun else []


def last_statements() -> date | None:
    """The newest month whose statements were ordered."""
    return db.session.scalar(select(func.max(StatementRun.month)))


def party_row(party: str) -> Any:
    """The business or manager behind `kind:id`; None when there is none."""
    kind, _, key = party.partition(":")
    return db.session.get(Business if kind == Business.KIND else Manager, uuid.UUID(key))


def name_now(party: str) -> list[str]:
    """Name and district of a party as they are now."""
    row = party_row(party)
    return [row.name, row.district]


def parties_named(sought: str) -> list[str]:
    """The businesses and managers with this in their name, a hundred of each at most."""
    return [f"{table.KIND}:{key}" for table in (Business, Manager)
            for key in db.session.scalars(select(table.id).where(table.name.icontains(sought, autoescape=True)).limit(NAMED))]


def names_of(parties: Iterable[str]) -> dict[str, str]:
    """What these parties are called, by `kind:id`."""
    keys = [uuid.UUID(party.partition(":")[2]) for party in parties]
    return {f"{table.KIND}:{key}": name for table in (Business, Manager)
            for key, name in db.session.execute(select(table.id, table.name).where(table.id.in_(keys)))}


def addressees(parties: Iterable[str]) -> dict[str, Row]:
    """To whom papers of these parties are addressed: id and language of the business's first owner, of the manager; and the name
    and district of the party.
    """
    keys = [uuid.UUID(party.partition(":")[2]) for party in parties]
    owners = (select(literal(Business.KIND).label("kind"), Member.business_id.label("party_id"), Member.id.label("joined"), Person.id,
                     Person.language, Business.name, Business.district).join(Member.person).join(Member.business)
              .where(Member.business_id.in_(keys), Member.role == Role.owner))
    own = (select(literal(Manager.KIND), Manager.id, Manager.id, Person.id, Person.language, Manager.name, Manager.district)
           .join(Manager.person).where(Manager.id.in_(keys)))
    rows = sorted(db.session.execute(union_all(owners, own)), key=lambda row: row.joined, reverse=True)
    return {f"{row.kind}:{row.party_id}": row for row in rows}


def titles(subjects: Iterable[str | None]) -> dict[str, str]:
    """What milestones, bonuses and payments are called, by `kind:id`."""
    kinds: dict[str, list[uuid.UUID]] = {Milestone.KIND: [], Payment.KIND: [], Bonus.KIND: []}
    for subject in {subject for subject in subjects if subject}:
        kind, _colon, key = subject.partition(":")
        kinds.get(kind, []).append(uuid.UUID(key))
    payments = select(Payment.id, Payment.title).where(Payment.id.in_(kinds[Payment.KIND]))
    bonuses = select(Bonus.id, Contract.title + ": " + _("Bonus")).join(Bonus.contract).where(Bonus.id.in_(kinds[Bonus.KIND]))
    found = {f"{kind}:{key}": title for kind, query in ((Payment.KIND, payments), (Bonus.KIND, bonuses)) if kinds[kind]
             for key, title in db.session.execute(query)}
    return found | (_titles_of_steps(kinds[Milestone.KIND]) if kinds[Milestone.KIND] else {})


def _titles_of_steps(keys: list[uuid.UUID]) -> dict[str, str]:
    """Not from the database alone: a month is called in the reader's language."""
    named = load_only(Milestone.called, Milestone.month_days, Milestone.position)
    query = select(Milestone, Contract.title).join(Milestone.contract).where(Milestone.id.in_(keys)).options(named)
    return {f"{Milestone.KIND}:{step.id}": f"{title}: {step.title}" for step, title in db.session.execute(query)}


def title_of(subject: str) -> str:
    """What one milestone or bonus is called now; empty for others. The row is usually at hand."""
    kind, _colon, key = subject.partition(":")
    if kind == Milestone.KIND and (step := db.session.get(Milestone, uuid.UUID(key))):
        return f"{step.contract.title}: {step.title}"
    if kind == Bonus.KIND and (bonus := db.session.get(Bonus, uuid.UUID(key))):
        return f"{bonus.contract.title}: {_('Bonus')}"
    return ""


@lru_cache(maxsize=8)
def _listed(by_kind: bool, by_year: bool, everybody: bool) -> tuple[Select, tuple[Any, ...]]:
    """Papers and receipts as one list of columns, built once for each way of asking."""
    papers = select(Paper.id, Paper.kind.cast(Text).label("kind"), Paper.year, Paper.number, Paper.created_at, Paper.party, Paper.about,
                    Paper.total_minor, Paper.currency, Paper.pdf_id, Paper.csv_id)
    receipts = select(Receipt.id, literal(RECEIPT), Receipt.year, Receipt.number, Receipt.created_at,
                      (literal("business:") + Payment.business_id.cast(Text)).label("party"), Payment.title,
                      Payment.amount_minor + Payment.ad_spend_minor + Payment.card_cost_minor, Payment.currency, Receipt.file_id,
                      Receipt.csv_id).join(Payment, Receipt.payment_id == Payment.id)
    if not everybody:
        papers = papers.where(Paper.party.in_(bindparam("parties", expanding=True)))
        receipts = receipts.where(Payment.business_id.in_(bindparam("businesses", expanding=True)))
    both = union_all(papers, receipts).subquery("listed")
    query = select(both)
    if by_kind:
        query = query.where(both.c.kind == bindparam("kind", type_=Text))
    if by_year:
        query = query.where(both.c.year == bindparam("year"))
    return query, (both.c.created_at, both.c.id)


def _is_party(sought: str) -> bool:
    kind, _, key = sought.partition(":")
    try:
        return kind in (Business.KIND, Manager.KIND) and bool(uuid.UUID(key))
    except ValueError:
        return False


def months_between(first: date, until: date) -> list[date]:
    """The first days of the months from one until before another."""
    months, month = [], first.replace(day=1)
    while month < until:
        months.append(month)
        month = next_month(month)
    return months


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def midnight(day: date) -> datetime:
    """When a day begins in Dhaka."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.DHAKA)


