"""The business clock moves where it may, and no deadline ends at night or on a holiday."""
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core import calendar, clock
from tests.time_of_day import apart


@pytest.fixture(autouse=True)
def back():
    yield
    clock.reset()
    clock.follow(None)
    calendar.announce({})


def dhaka(*parts):
    return datetime(*parts, tzinfo=clock.DHAKA)


def test_moving_the_clock_moves_now():
    before = clock.now()
    clock.move(timedelta(days=3))
    assert timedelta(days=3) <= clock.now() - before < timedelta(days=3, minutes=1)


def test_a_followed_file_moves_the_clock_and_back(tmp_path):
    file = tmp_path / "clock"
    file.write_text("86400")
    clock.follow(str(file))
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)
    file.unlink()
    assert clock.now() - datetime.now(UTC) < timedelta(minutes=1)


@pytest.mark.parametrize(("ends", "allowed"), [
    (dhaka(2026, 11, 27, 15, 30), dhaka(2026, 11, 27, 15, 30)),
    (dhaka(2026, 11, 27, 21, 0), dhaka(2026, 11, 27, 21, 0)),
    (dhaka(2026, 11, 27, 21, 1), dhaka(2026, 11, 28, 9, 0)),
    (dhaka(2026, 11, 27, 3, 0), dhaka(2026, 11, 27, 9, 0)),
    (dhaka(2026, 12, 16, 12, 0), dhaka(2026, 12, 17, 9, 0)),
    (dhaka(2026, 12, 15, 23, 0), dhaka(2026, 12, 17, 9, 0)),
])
def test_a_clock_ends_when_people_are_awake(ends, allowed):
    assert calendar.allowed(ends.astimezone(UTC)) == allowed


EID = {date(2031, 1, 25): "Eid ul-Fitr", date(2031, 1, 26): "Eid ul-Fitr"}


def test_no_clock_ends_on_an_announced_holiday():
    calendar.announce(EID)
    assert calendar.allowed(dhaka(2031, 1, 25, 12)) == dhaka(2031, 1, 27, 9)
    assert calendar.latest(dhaka(2031, 1, 26, 12)) == dhaka(2031, 1, 24, 21)


@pytest.mark.parametrize(("today", "missing"), [
    (dhaka(2031, 6, 1, 12), []), (dhaka(2031, 10, 31, 12), []), (dhaka(2031, 11, 3, 12), [2032]), (dhaka(2030, 12, 31, 12), [2030])])
def test_years_within_sixty_days_without_announced_holidays_are_known(today, missing):
    calendar.announce(EID)
    clock.move(today - clock.now())
    assert calendar.years_unannounced() == missing


@pytest.mark.parametrize(("wanted", "hours"), [("", 0), ("20:55", 10), ("03:00", 16 + 5 / 60), ("2026-12-15 10:55", 24)])
def test_the_tests_run_at_the_time_of_day_that_is_wanted(wanted, hours):
    assert apart(wanted, datetime(2026, 12, 14, 10, 55, tzinfo=clock.DHAKA)) == timedelta(hours=hours)
