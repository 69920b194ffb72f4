"""The rows of a market, table by table, each from its number."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bench import words
from bench.market import JOBS_OF_A_BUSINESS, MOST_SIGNED_IN, Bench, key
from marketplace.accounts.models import Person, Session
from marketplace.bids.models import Bid, BidMilestone
from marketplace.businesses.models import Brand, Business, Member
from marketplace.core import crypto, search, vocabulary
from marketplace.files.models import File
from marketplace.jobs.models import Job, Seat
from marketplace.managers.commands.standing import rerank
from marketplace.managers.models import Manager, Package, PortfolioItem

TRADES = [code for code, _ in vocabulary.TRADES]
PLATFORMS = [code for code, _ in vocabulary.PLATFORMS]
DISTRICTS = [code for code, _ in vocabulary.DISTRICTS]
CHECKS = [code for code, _ in vocabulary.CHECKS]
PIECES = 3


def people(bench: Bench) -> Iterator[dict[str, Any]]:
    """First the managers, then the owners."""
    for number in range(bench.rows + bench.businesses):
        manages = number < bench.rows
        yield {
            "id": key(Person, number),
            "email": f"person{number}@example.com",
            "name": words.person_name(number),
            "password_hash": "none",
            "language": "bn",
            "acts_as_manager": manages,
            "acts_as_business": not manages,
            "email_verified_at": bench.now,
        }


def sessions(bench: Bench) -> Iterator[dict[str, Any]]:
    tokens = {number: bench.manager_token(number) for number in range(bench.signed_in)} | {bench.rows: bench.owner_token}
    for number, token in tokens.items():
        yield {
            "id": key(Session, number),
            "person_id": key(Person, number),
            "token_hash": crypto.fingerprint(token),
            "device": "bench",
            "address": "127.0.0.1",
            "seen_at": bench.now,
            "confirmed_at": bench.now,
            "expires_at": bench.now + timedelta(days=20),
        }


def businesses(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.businesses):
        yield {
            "id": key(Business, number),
            "name": words.pick(words.SHOPS, number),
            "slug": f"business-{number}",
            "trade": _trade(number),
            "district": _district(number),
            "about": words.several(words.WORK, number, 2),
            "last_seen_at": bench.now,
            "page_proven_at": bench.now if number % 3 else None,
            "funded_contracts": number % 5,
        }


def members(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.businesses):
        yield {
            "id": key(Member, number),
            "business_id": key(Business, number),
            "person_id": key(Person, bench.rows + number),
            "role": "owner",
        }


def brands(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.businesses):
        yield {
            "id": key(Brand, number),
            "business_id": key(Business, number),
            "name": words.pick(words.SHOPS, number),
            "trade": _trade(number),
            "guide": words.several(words.WORK, number, 2),
        }


def files(bench: Bench) -> Iterator[dict[str, Any]]:
    """A photo and some work of each manager; rows only, for no page of the suites sends a picture."""
    for number in range(bench.rows * (PIECES + 1)):
        manager, piece = divmod(number, PIECES + 1)
        yield {
            "id": key(File, number),
            "person_id": key(Person, manager),
            "purpose": "portfolio" if piece else "photo",
            "name": "work.webp",
            "type": "image/webp",
            "size": 40_000,
            "width": 720,
            "height": 720,
            "digest": f"{number:064x}",
            "storage": f"bench/{number}",
            "public": True,
            "subject": f"manager:{key(Manager, manager)}",
        }


def managers(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.rows):
        said = {
            "name": words.person_name(number),
            "headline": words.pick(words.HEADLINES, number),
            "about": words.several(words.ABOUT, number, 4),
            "district": _district(number),
            "platforms": _platforms(number),
            "trades": [_trade(number), _trade(number + 3)],
        }
        standing = _standing(number, bench.now)
        yield {
            **said,
            **standing,
            "id": key(Manager, number),
            "person_id": key(Person, number),
            "slug": bench.slug(number),
            "languages": ["bn", "en"],
            "kinds": ["boosting", "management"],
            "sample_question": "dam koto?",
            "sample_reply": words.pick(words.REPLIES, number),
            "photo_id": key(File, number * (PIECES + 1)),
            "price_from_minor": _price(number),
            "published": True,
            "published_at": bench.now - timedelta(minutes=number),
            "active_contracts": number % 4,
            "review_count": number % 11,
            "search": _manager_vector(said),
        }


def _standing(number: int, now: datetime) -> dict[str, Any]:
    """Seven of ten are vetted, those with a session all."""
    vetted = words.mix(number, 6) % 10 < 7 or number < MOST_SIGNED_IN
    until = now + timedelta(days=200)
    given = {
        "management_until": until if vetted else None,
        "boosting_until": until if vetted and number % 2 else None,
        "score": 60 + words.mix(number, 7) % 40 if words.mix(number, 8) % 3 else None,
        "clean_contracts": words.mix(number, 9) % 23,
    }
    manager = Manager(**given)
    rerank(manager)
    return given | {"rank": manager.rank, "checks": CHECKS[:4] if vetted else [], "checked_at": now if vetted else None}


def packages(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.rows * 2):
        yield {
            "id": key(Package, number),
            "manager_id": key(Manager, number // 2),
            "title": words.pick(words.OFFERS, number),
            "kind": "boosting" if number % 2 else "management",
            "price_minor": _price(number // 2) * (1 + number % 2),
            "posts": 30,
            "videos": 4,
            "messages_a_day": 40,
            "description": words.pick(words.WORK, number),
        }


def pieces(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.rows * PIECES):
        manager, piece = divmod(number, PIECES)
        yield {
            "id": key(PortfolioItem, number),
            "manager_id": key(Manager, manager),
            "title": words.pick(words.PIECES, number),
            "text": words.pick(words.WORK, number),
            "file_id": key(File, manager * (PIECES + 1) + piece + 1),
            "position": piece,
        }


def jobs(bench: Bench) -> Iterator[dict[str, Any]]:
    """The open ones, and the first business's draft."""
    for number in range(bench.rows):
        yield _job(bench, number, number // JOBS_OF_A_BUSINESS % bench.businesses) | {
            "status": "open",
            "published_at": bench.now - timedelta(minutes=number),
            "submitted_at": bench.now - timedelta(minutes=number + 90),
            "expires_at": bench.now + timedelta(days=30),
            "bid_count": number % 4,
            "submissions": 1,
        }
    yield _job(bench, bench.rows, 0) | {"status": "draft"}


def _job(bench: Bench, number: int, business: int) -> dict[str, Any]:
    said = {
        "title": words.pick(words.WANTED, number),
        "description": words.several(words.WORK, number, 5),
        "trade": _trade(number),
        "district": _district(number),
        "platforms": _platforms(number),
    }
    return said | {
        "id": key(Job, number),
        "business_id": key(Business, business),
        "brand_id": key(Brand, business),
        "author_id": key(Person, bench.rows + business),
        "kind": "management",
        "goal": "regular",
        "budget_minor": _price(number),
        "days": 30,
        "questions": ["Which shops have you run?"],
        "saved_at": bench.now,
        "search": _job_vector(said),
        "folded": search.fold(f"{said['title']} {said['description']}"),
        "details": {
            "posts_a_week": 5 + number % 20,
            "messages_a_day": 20 + number % 200,
            "lives_a_month": number % 5,
            "videos_a_month": 4,
            "reply_from": "10",
            "reply_until": "22",
            "reply_minutes": "60",
            "photos": "both",
            "order_taker": "manager",
            "languages": ["bn", "banglish"],
            "guide": "Say আপু, never promise a date.",
        },
    }


def seats(bench: Bench) -> Iterator[dict[str, Any]]:
    for number in range(bench.rows + 1):
        yield {"id": key(Seat, number), "job_id": key(Job, number), "role": "all", "budget_minor": _price(number)}


def bids(bench: Bench) -> Iterator[dict[str, Any]]:
    for number, job, manager in _bidders(bench):
        yield {
            "id": key(Bid, number),
            "job_id": key(Job, job),
            "seat_id": key(Seat, job),
            "manager_id": key(Manager, manager),
            "price_minor": _price(job),
            "days": 30,
            "posts_a_week": 5,
            "covers": ["posts"],
            "strategy": words.several(words.ABOUT, number, 6),
            "answers": [{"question": "Which shops have you run?", "answer": words.pick(words.ABOUT, number)}],
        }


def milestones(bench: Bench) -> Iterator[dict[str, Any]]:
    for number, job, _ in _bidders(bench):
        for half in range(2):
            yield {
                "id": key(BidMilestone, number * 2 + half),
                "bid_id": key(Bid, number),
                "position": half + 1,
                "title": "Half of the month",
                "amount_minor": _price(job) // 2,
                "days": 15,
            }


def _bidders(bench: Bench) -> Iterator[tuple[int, int, int]]:
    """Number, job and manager of each bid: none to three on a job, by managers of the last half."""
    half = bench.rows - bench.rows // 2
    pairs = ((job, bench.rows // 2 + (job * 3 + place) % half) for job in range(bench.rows) for place in range(job % 4))
    return ((number, job, manager) for number, (job, manager) in enumerate(pairs))


def _manager_vector(said: dict[str, Any]) -> str:
    return _vector(
        said["name"],
        said["headline"],
        said["about"],
        _words("DISTRICTS", said["district"]),
        *(_words("PLATFORMS", code) for code in said["platforms"]),
        *(_words("TRADES", code) for code in said["trades"]),
        *(_words("KINDS", code) for code in ("management", "boosting")),
    )


def _job_vector(said: dict[str, Any]) -> str:
    return _vector(
        said["title"],
        said["description"],
        _words("TRADES", said["trade"]),
        _words("DISTRICTS", said["district"]),
        *(_words("PLATFORMS", code) for code in said["platforms"]),
        "management page post",
    )


def _vector(*texts: str) -> str:
    """What `core.search.vector` would store, written as PostgreSQL reads it."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in set(search.fold(" ".join(texts)).split()))
    return " ".join(f"'{word}'" for word in quoted)


@cache
def _words(choices: str, code: str) -> str:
    return vocabulary.words(getattr(vocabulary, choices), [code])


def _trade(number: int) -> str:
    return words.pick(TRADES, number, 1)


def _district(number: int) -> str:
    """Half of the market is in Dhaka."""
    return "dhaka" if words.mix(number, 2) % 2 else words.pick(DISTRICTS, number, 3)


def _platforms(number: int) -> list[str]:
    """All have a Facebook page, a third something else as well."""
    return ["facebook"] if words.mix(number, 4) % 3 else ["facebook", words.pick(PLATFORMS[1:], number, 5)]


def _price(number: int) -> int:
    """Minor units: Tk 3,000 to 15,500, even."""
    return (3000 + number * 37 % 25 * 500) * 100
