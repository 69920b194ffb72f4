"""Profiles: what they need, what they show, where they stand."""
import io
from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.files.models import File
from marketplace.managers import commands, queries
from marketplace.managers.commands import offers
from tests import people
from tests.factories.files import picture
from tests.factories.managers import PROFILE, make_item, make_manager, make_package
from tests.worker import run_sweeps


def draft(**changes):
    return make_manager(people.ben(), published=False, vetted=(), **changes)


def test_a_profile_is_begun_once(app):
    assert commands.begin(people.ben()) == commands.begin(people.ben())
    assert people.ben().acts_as_manager
    assert queries.manager_of(people.ben()).published is False


@pytest.mark.parametrize("lacking", ["headline", "about", "district", "platforms", "languages", "trades", "sample_reply"])
def test_a_profile_is_published_when_it_says_everything(app, lacking):
    manager = draft(**{lacking: [] if isinstance(PROFILE[lacking], list) else ""})
    with pytest.raises(Invalid):
        commands.publish(manager)
    commands.edit(manager, **{lacking: PROFILE[lacking]})
    commands.publish(manager)
    assert manager.published
    with pytest.raises(Invalid):
        commands.edit(manager, **{lacking: [] if isinstance(PROFILE[lacking], list) else ""})


def test_a_profile_without_a_price_is_not_published(app):
    manager = commands.begin(people.ben())
    commands.edit(manager, **PROFILE)
    assert queries.missing(manager) == ["price_from_minor"]
    with pytest.raises(Invalid):
        commands.publish(manager)


def test_pictures_are_public_as_long_as_the_profile_is(app):
    manager = draft()
    item = make_item(manager)
    photo = commands.set_photo(manager, io.BytesIO(picture()), "me.png")
    files = [db.session.get(File, item.file_id), photo]
    assert [file.public for file in files] == [False, False]
    commands.publish(manager)
    assert [file.public for file in files] == [True, True]
    assert db.session.get(File, make_item(manager, "Puja").file_id).public
    commands.withdraw(manager)
    assert [file.public for file in files] == [False, False]


def test_a_new_photo_takes_the_place_of_the_old(app):
    manager = draft()
    former = commands.set_photo(manager, io.BytesIO(picture()), "me.png").id
    commands.set_photo(manager, io.BytesIO(picture("JPEG")), "me.jpg")
    assert db.session.get(File, former) is None
    assert db.session.get(File, manager.photo_id).name == "me.jpg"


def test_the_lowest_price_and_the_kinds_follow_the_packages(app):
    manager = draft()
    boost = make_package(manager, title="Boost", kind="boosting", price_minor=200_000)
    assert (manager.price_from_minor, manager.kinds) == (200_000, ["boosting", "management"])
    commands.edit_package(boost, price_minor=900_000)
    assert manager.price_from_minor == 700_000
    commands.remove_package(boost)
    assert manager.kinds == ["management"]


def test_a_public_profile_keeps_a_package(app):
    manager = make_manager(people.ben())
    with pytest.raises(WrongState):
        commands.remove_package(queries.packages(manager)[0])


def test_packages_and_work_have_a_most(app, monkeypatch):
    manager = draft()
    monkeypatch.setattr(offers, "MOST_PACKAGES", 2)
    monkeypatch.setattr(offers, "MOST_ITEMS", 1)
    make_package(manager)
    make_item(manager)
    for one_more in (lambda: make_package(manager), lambda: make_item(manager)):
        with pytest.raises(Invalid):
            one_more()


def test_work_is_put_in_order_changed_and_removed(app):
    manager = draft()
    first, second = make_item(manager, "First"), make_item(manager, "Second")
    commands.move_item_up(second)
    db.session.flush()
    assert [item.title for item in queries.items(manager)] == ["Second", "First"]
    former = first.file_id
    commands.edit_item(first, title="Eid", text="Sold out", upload=io.BytesIO(picture("JPEG")), filename="eid.jpg")
    assert db.session.get(File, former) is None
    commands.remove_item(second)
    assert [(item.title, item.text) for item in queries.items(manager)] == [("Eid", "Sold out")]


def test_vetting_is_by_level_and_ends_by_the_clock(app):
    manager = make_manager(people.ben(), vetted=("management",))
    assert (manager.vetted_for("management"), manager.vetted_for("boosting"), manager.vetted) == (True, False, True)
    assert manager.rank == 1000
    clock.move(timedelta(days=366))
    assert manager.vetted is False
    run_sweeps()
    db.session.refresh(manager)
    assert manager.rank == 0


def test_who_is_vetted_no_longer_shows_no_checks(app):
    manager = make_manager(people.ben(), vetted=("management",))
    assert manager.checks == ["identity", "interview", "past_work"]
    commands.mark_vetted(manager, "management", None)
    assert (manager.checks, manager.checked_at, manager.vetted_for("management")) == ([], None, False)


def test_the_order_is_vetting_then_score_then_contracts(app):
    manager = make_manager(people.ben(), vetted=())
    commands.record_work(manager, score=90, clean_contracts=400, review_count=3, active_contracts=2, rank=99, published=False)
    assert (manager.rank, manager.review_count, manager.active_contracts, manager.published) == (90 * 5 + 50 * 4, 3, 2, True)
    assert manager.rank < 1000, "nobody unvetted stands before somebody vetted"
