"""Finding managers: three spellings, filters, counts, pages, statements."""
from datetime import date, timedelta
from importlib import import_module

import pytest
from sqlalchemy import event

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.managers import commands, queries
from marketplace.managers.queries import Filters
from tests import people
from tests.factories.managers import make_item, make_manager, make_package


def person(number):
    return people.person_named(f"Manager {number}", f"m{number}@example.com")


@pytest.fixture
def shelf(app):
    """Three managers who differ in everything one can filter by."""
    rina = make_manager(person(1), name="রিনা পারভীন", trades=["boutique"], district="narayanganj", platforms=["facebook"],
                        headline="বুটিকের পেইজ আর ইনবক্স", vetted=("management",))
    imran = make_manager(person(2), name="Imran Hossain", trades=["gadgets", "cosmetics"], district="dhaka", platforms=["youtube"],
                         headline="Gadget videos", vetted=(), available_from=(clock.today() + timedelta(days=20)).date())
    make_package(imran, title="Boost", kind="boosting", price_minor=300_000)
    sadia = make_manager(person(3), name="Sadia", trades=["boutique", "cosmetics"], district="dhaka", platforms=["facebook", "instagram"],
                         headline="Reels", vetted=("boosting",))
    return rina, imran, sadia


def found(**filters):
    return [manager.name for manager in queries.search(Filters(**filters)).page]


@pytest.mark.parametrize("text", ["boutique", "বুটিক", "butik", "Boutique page", "বুটিক পেজ", "পেইজ ইনবক্স", "রিনা", "নারায়ণগঞ্জ", "narayanganj"])
def test_one_index_for_three_spellings(shelf, text):
    assert "রিনা পারভীন" in found(text=text)
    assert "Imran Hossain" not in found(text=text)


def test_vetted_come_first_and_the_unvetted_are_still_there(shelf):
    assert found()[-1] == "Imran Hossain"
    assert len(found()) == 3


@pytest.mark.parametrize(("filters", "names"), [
    ({"trades": ("boutique",)}, {"রিনা পারভীন", "Sadia"}), ({"trades": ("gadgets", "boutique")}, {"রিনা পারভীন", "Sadia", "Imran Hossain"}),
    ({"platforms": ("youtube",)}, {"Imran Hossain"}), ({"districts": ("dhaka",), "trades": ("cosmetics",)}, {"Imran Hossain", "Sadia"}),
    ({"kinds": ("boosting",)}, {"Imran Hossain"}), ({"price_minor": 300_000}, {"Imran Hossain"}), ({"price_minor": 299_999}, set()),
    ({"vetted": True}, {"রিনা পারভীন", "Sadia"}), ({"vetted": True, "kinds": ("boosting",)}, set()),
    ({"free_by": date(2020, 1, 1)}, {"রিনা পারভীন", "Sadia"}), ({"text": "boutique", "districts": ("dhaka",)}, {"Sadia"}),
    ({"text": "nothing-like-this"}, set()), ({"text": "' & | ! :* \\ ("}, {"রিনা পারভীন", "Sadia", "Imran Hossain"}),
])
def test_filters(shelf, filters, names):
    assert set(found(**filters)) == names


def test_who_withdraws_is_not_found(shelf):
    commands.withdraw(shelf[0])
    assert "রিনা পারভীন" not in found()


def test_a_facet_counts_what_choosing_it_would_bring(shelf):
    counts = queries.search(Filters(districts=("dhaka",))).counts
    assert (counts["trade", "boutique"], counts["trade", "cosmetics"]) == (1, 2)
    assert (counts["district", "dhaka"], counts["district", "narayanganj"]) == (2, 1), "its own choice does not narrow it"


def test_counting_stops_at_the_sample(shelf, monkeypatch):
    monkeypatch.setattr(import_module("marketplace.managers.queries.search"), "SAMPLE", 2)
    result = queries.search(Filters())
    assert (result.total, result.capped) == (2, True)


def test_pages_follow_each_other_without_gap_or_repeat(app):
    for number in range(27):
        make_manager(person(number), vetted=("management",) if number % 2 else ())
    first = queries.search(Filters())
    second = queries.search(Filters(), first.page.next)
    names = [manager.name for manager in [*first.page, *second.page]]
    assert (len(first.page), len(second.page), len(set(names)), second.page.next) == (24, 3, 27, None)


def test_an_unreadable_cursor_is_the_first_page(shelf):
    assert len(queries.search(Filters(), "nonsense").page) == 3


def test_a_list_costs_two_statements_however_long_it_is(app):
    for number in range(6):
        make_item(make_manager(person(number)))
    db.session.flush()
    db.session.expire_all()
    seen = []
    count = lambda *args: seen.append(args[2])
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        result = queries.search(Filters(text="boutique", trades=("boutique",)))
        for manager in result.page:
            assert (manager.vetted, manager.free_from, len(manager.work)) == (True, None, 1)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    plan, *asked = [statement for statement in seen if "SAVEPOINT" not in statement]
    assert "plan_cache_mode" in plan
    assert len(asked) == 2


def test_only_four_pieces_of_work_stand_on_a_card(app, monkeypatch):
    manager = make_manager(person(1))
    for number in range(5):
        make_item(manager, f"Work {number}")
    assert [title for _, title in queries.search(Filters()).page.rows[0].work] == [f"Work {number}" for number in range(4)]


def test_who_sees_a_profile_that_is_not_public(app):
    manager = make_manager(people.ben(), published=False)
    sees = {name: queries.by_slug(getattr(people, name)(), manager.slug) is not None for name in ("ada", "ben", "eve", "sam")}
    assert sees == {"ada": False, "ben": True, "eve": False, "sam": True}
