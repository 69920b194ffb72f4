"""Rounds, double blindness, the score, voiding."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.commands import sessions
from marketplace.contracts.commands import settlements
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.audit import history
from marketplace.core.errors import Invalid, WrongState
from marketplace.managers.models import Manager
from marketplace.notifications.queries import notices_of
from marketplace.reviews import commands, queries
from marketplace.reviews.models import Review, ReviewStatus
from tests.factories.businesses import make_business, make_member
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded, make_offer
from tests.factories.contracts import make_bid as make_plain_bid
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager
from tests.factories.retainers import make_retainer
from tests.factories.reviews import GOOD, ONE_STEP, end, make_closed, make_published, make_round, write
from tests.people import ada, ben, person_named, sam
from tests.worker import body, letters, run_jobs, run_sweeps

S = ReviewStatus


def statuses(reviews: dict[Side, Review]) -> list[str]:
    return [reviews[side].status for side in (Side.business, Side.manager)]


def second_contract():
    """Another business of another owner hires ben."""
    owner = person_named("Nadia Karim", "nadia@example.com")
    return make_contract(make_offer(make_plain_bid(make_job(make_business(owner)), make_manager(ben())), milestones=ONE_STEP))


def test_a_closed_paid_contract_opens_a_round_and_tells_both(app):
    reviews = make_round()
    assert statuses(reviews) == [S.open, S.open]
    assert timedelta(days=13) < reviews[Side.business].closes_at - clock.now() < timedelta(days=17)
    run_jobs()
    for person, about in ((ada(), "Ben Das"), (ben(), "Ada's Boutique")):
        found = [letter for letter in letters(person.email) if "Write your review" in letter["Subject"]]
        assert len(found) == 1
        assert about in found[0]["Subject"]
        assert f"/contracts/{reviews[Side.business].contract_id}/review" in body(found[0])


def test_a_contract_without_money_is_not_reviewed(app):
    contract = make_contract(milestones=ONE_STEP)
    end(contract)
    assert contract.closed_at is not None
    assert queries.pair(contract.id) == {}


def months(contract, count):
    """So many months paid in, done and sent."""
    for _number in range(count):
        step = next(one for one in milestones_of(contract) if one.status == "planned")
        settlements.mark_sent(make_approved(make_delivered(make_funded(step))))
    return contract


def test_a_monthly_contract_is_reviewed_every_third_month_and_for_what_is_left_at_its_end(app):
    contract = months(make_retainer(), 2)
    assert queries.rounds_seen_by(ada(), contract.id) == []
    months(contract, 1)
    third = queries.pair(contract.id, 3)
    for side in Side:
        write(third[side], 4)
    assert (statuses(third), contract.manager.review_count) == ([S.published, S.published], 1)
    run_jobs()
    assert "The money of month 3" in body(next(one for one in letters(ada().email) if "Write your review" in one["Subject"]))
    months(contract, 2)
    end(contract)
    assert [found.mine.month for found in queries.rounds_seen_by(ben(), contract.id)] == [5, 3]
    last = queries.pair(contract.id, 5)
    assert statuses(last) == [S.open, S.open]
    write(last[Side.business], 2)
    commands.end_round(str(contract.id), 3)
    clock.move(timedelta(days=18))
    run_sweeps()
    assert (statuses(last), contract.manager.review_count, contract.manager.score) == ([S.published, S.lapsed], 2, 60)


def test_a_contract_that_ends_with_its_third_month_is_reviewed_once_for_it(app):
    contract = months(make_retainer(), 3)
    end(contract)
    assert [found.mine.month for found in queries.rounds_seen_by(ada(), contract.id)] == [3]


def test_nobody_reviews_themselves(app):
    contract = make_contract(milestones=ONE_STEP)
    make_member(contract.business, ben())
    make_closed(contract)
    assert queries.pair(contract.id) == {}


def test_a_round_opens_once(app):
    contract = make_closed()
    commands.open_round(contract)
    assert len(queries.pair(contract.id)) == 2


def test_the_first_review_waits_unseen(app):
    reviews = make_round()
    write(reviews[Side.business])
    assert statuses(reviews) == [S.written, S.open]
    assert queries.review_seen_by(ben(), reviews[Side.business].id) is None
    assert queries.round_seen_by(ben(), reviews[Side.business].contract_id).published == []
    assert reviews[Side.business].manager.review_count == 0


def test_both_are_published_with_the_second(app):
    reviews = make_round()
    write(reviews[Side.business], 4)
    clock.move(timedelta(days=1))
    write(reviews[Side.manager])
    assert statuses(reviews) == [S.published, S.published]
    assert reviews[Side.business].published_at >= reviews[Side.manager].written_at
    assert (reviews[Side.business].manager.score, reviews[Side.business].manager.review_count) == (80, 1)
    assert any("Ada's Boutique reviewed you" in notice.title for notice in notices_of(ben(), None))


def test_the_window_publishes_what_is_there_and_ends_what_is_not(app):
    reviews = make_round()
    write(reviews[Side.manager])
    clock.move(timedelta(days=18))
    run_sweeps()
    assert statuses(reviews) == [S.lapsed, S.published]
    run_sweeps()
    assert statuses(reviews) == [S.lapsed, S.published]


def test_the_window_does_not_end_early(app):
    reviews = make_round()
    write(reviews[Side.manager])
    clock.move(timedelta(days=13))
    commands.end_round(str(reviews[Side.manager].contract_id))
    assert statuses(reviews) == [S.open, S.written]


def test_after_the_window_nothing_can_be_written_even_before_the_sweep(app):
    reviews = make_round()
    clock.move(timedelta(days=18))
    with pytest.raises(WrongState):
        write(reviews[Side.business])


def test_a_review_is_written_once(app):
    reviews = make_round()
    write(reviews[Side.business])
    with pytest.raises(WrongState):
        write(reviews[Side.business], 1)
    assert reviews[Side.business].stars == 500


def test_one_word_before_the_end(app):
    reviews = make_round()
    write(reviews[Side.business])
    clock.move(timedelta(days=12))
    run_sweeps()
    run_sweeps()
    told = [letter["To"] for letter in letters() if "only until" in letter["Subject"]]
    assert told == [ben().email]


def test_every_criterion_needs_stars_from_one_to_five(app):
    review = make_round()[Side.business]
    with pytest.raises(Invalid) as refused:
        commands.write(review, ada(), {"regularity": 5, "reply": 6, "care": 5, "honesty": 5}, GOOD)
    assert refused.value.field == "reply"


@pytest.mark.parametrize("text", ["ভালো কাজ, কল দিন ০১৭১১-২২৩৩৪৪ নম্বরে", "Good, write to me at ada@example.com any time"])
def test_contact_details_have_no_place(app, text):
    with pytest.raises(Invalid) as refused:
        write(make_round()[Side.business], text=text)
    assert refused.value.field == "text"


def test_complaints_about_goods_are_shown_but_never_count(app):
    first = make_published(stars=5)
    second = make_published(second_contract(), stars=1, about_goods=True)
    assert second.status == S.published
    manager: Manager = first.manager
    assert (manager.score, manager.review_count) == (100, 2)


def test_the_score_is_the_mean_of_all_contracts(app):
    make_published(stars=5)
    manager = make_published(second_contract(), stars=2).manager
    assert manager.score == 70
    standing = queries.standing(manager)
    assert (standing.after(5), standing.after(3)) == (80, 67)


EXTORTION = [
    "কাজ মোটামুটি। টাকা ফেরত দিলে ৫ স্টার দেব, নইলে এটাই থাকবে।",
    "Average. I will change this to 5 stars if you refund the second half.",
    "taka ferot dile 5 star review dibo, na hole 1",
    "রিফান্ড না দিলে রিভিউ খারাপ হবে বলেছিলাম।",
]
HONEST = [
    "দ্বিতীয় ধাপের টাকা ফেরত পেয়েছি, কিন্তু দুই সপ্তাহ লেগেছে। প্রথম মাস ভালো ছিল।",
    "He refunded the last step without a word when I was ill. Five months of good work.",
    "রাত ১১টা পর্যন্ত উত্তর দেন, কাস্টমার ৫ স্টার দেয় এখন।",
]


@pytest.mark.parametrize("text", EXTORTION)
def test_stars_for_refund_void_the_review(app, text):
    reviews = make_round()
    write(reviews[Side.manager])
    review = write(reviews[Side.business], 1, text)
    assert review.status == S.voided
    assert reviews[Side.manager].status == S.published
    assert (review.manager.review_count, review.manager.score) == (0, None)
    assert history(review)[0].details["why"] in text
    assert any("voided" in notice.title for notice in notices_of(ada(), None))


@pytest.mark.parametrize("text", HONEST)
def test_honest_words_about_money_stand(app, text):
    assert make_published(text=text).status == S.published


def test_a_restored_review_counts_again(app):
    reviews = make_round()
    write(reviews[Side.manager])
    review = write(reviews[Side.business], 2, EXTORTION[0])
    commands.restore(review, sam(), "A joke between them.")
    assert review.status == S.published
    assert review.manager.score == 40


def test_a_review_restored_early_still_waits_for_the_other_side(app):
    reviews = make_round()
    review = write(reviews[Side.business], 2, EXTORTION[0])
    commands.restore(review, sam(), "A joke between them.")
    assert statuses(reviews) == [S.written, S.open]


def test_voiding_takes_it_out_of_the_score(app):
    review = make_published()
    commands.void(review, sam(), "Written for money.")
    assert (review.manager.review_count, review.manager.score) == (0, None)


def test_one_reply(app):
    review = make_published()
    commands.reply(review, ben(), "Thank you, it was a good month.")
    with pytest.raises(WrongState):
        commands.reply(review, ben(), "And another thing.")
    assert any("replied to your review" in notice.title for notice in notices_of(ada(), None))


def test_no_reply_before_it_is_published(app):
    review = write(make_round()[Side.business])
    with pytest.raises(WrongState):
        commands.reply(review, ben(), "Thank you.")


def sign_in_from(person, address: str, device: str = "Chrome on Android") -> None:
    sessions.begin(person, device, address)


@pytest.mark.parametrize(("address", "device", "held"), [
    ("103.4.145.245", "Chrome on Android", True), ("103.4.145.245", "Firefox on Linux", True),
    ("103.4.145.246", "Chrome on Android", False),
    ("10.0.0.7", "Chrome on Android", False),
])
def test_a_review_between_people_of_one_device_stays_out_of_the_score(app, address, device, held):
    sign_in_from(ada(), "10.0.0.7" if address == "10.0.0.7" else "103.4.145.245")
    sign_in_from(ben(), address, device)
    review = make_published()
    assert (review.status, review.held) == (S.published, held)
    assert (review.manager.score, review.manager.review_count) == (None if held else 100, 1)


@pytest.mark.parametrize(("device", "hours", "held"), [("Firefox on Linux", 26, False), ("Firefox on Linux", 20, True),
                                                       ("Chrome on Android", 26, True)])
def test_one_address_is_one_home_only_within_a_day(app, device, hours, held):
    sign_in_from(ada(), "103.4.145.245")
    clock.move(timedelta(hours=hours))
    sign_in_from(ben(), "103.4.145.245", device)
    assert make_published().held == held


def test_where_both_signed_in_when_it_was_paid_in_is_remembered(app):
    for person in (ada(), ben()):
        sign_in_from(person, "103.4.145.245")
    contract = make_closed()
    for person in (ada(), ben()):
        sessions.end_all(person)
    reviews = queries.pair(contract.id)
    write(reviews[Side.manager])
    assert write(reviews[Side.business]).held


def test_who_was_cleared_once_is_not_held_again(app):
    for person in (ada(), ben()):
        sign_in_from(person, "103.4.145.245")
    commands.clear(make_published(), sam(), "Two sisters with a shop.")
    assert not make_published(make_contract(make_offer(make_plain_bid(), milestones=ONE_STEP))).held


def test_a_cleared_review_counts(app):
    for person in (ada(), ben()):
        sign_in_from(person, "103.4.145.245")
    review = make_published()
    commands.clear(review, sam(), "Two sisters with a shop.")
    assert (review.held, review.manager.score) == (False, 100)
    with pytest.raises(WrongState):
        commands.clear(review, sam(), "Again.")
