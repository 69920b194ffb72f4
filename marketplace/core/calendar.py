"""Deadlines people can live with: no clock ends on a public holiday or outside 9:00–21:00 in Dhaka."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from marketplace.core import clock
from marketplace.core.config import rule

OPENS = rule("CLOCKS_END_FROM_HOUR", 9, "no clock ends before this hour in Dhaka")
CLOSES = rule("CLOCKS_END_UNTIL_HOUR", 21, "no clock ends after this hour in Dhaka")

# Fixed public holidays of Bangladesh (month, day). Those that move are a setting: the government announces them for each year.
HOLIDAYS = {(2, 21), (3, 26), (4, 14), (5, 1), (8, 5), (12, 16), (12, 25)}
AHEAD = timedelta(days=rule("HOLIDAYS_AHEAD_DAYS", 60, "days ahead that are looked at for a year without announced holidays"))

_announced: Mapping[date, str] = {}


def announce(days: Mapping[date, str]) -> None:
    """From now on no clock is set to end on these days either; their names are for people. They replace those of before."""
    global _announced
    _announced = days


def years_unannounced() -> list[int]:
    """The years of the days ahead for which no moving holiday is known."""
    ahead = {moment.astimezone(clock.DHAKA).year for moment in (clock.now(), clock.now() + AHEAD)}
    return sorted(ahead - {day.year for day in _announced})


def deadline(days: float, start: datetime | None = None) -> datetime:
    """The moment a clock of so many days ends, in UTC: the next allowed moment in Dhaka."""
    return allowed((start or clock.now()) + timedelta(days=days))


def allowed(moment: datetime) -> datetime:
    """This moment if a clock may end then, else the next one at which it may."""
    local = moment.astimezone(clock.DHAKA)
    if local.hour >= CLOSES and not (local.hour == CLOSES and local.minute == 0):
        local = _opening(local + timedelta(days=1))
    elif local.hour < OPENS:
        local = _opening(local)
    while _rests(local):
        local = _opening(local + timedelta(days=1))
    return local.astimezone(moment.tzinfo)


def latest(moment: datetime) -> datetime:
    """This moment if a clock may end then, else the last one before it at which it may; for limits that must not be passed."""
    local = moment.astimezone(clock.DHAKA)
    if local.hour >= CLOSES:
        local = _closing(local)
    elif local.hour < OPENS:
        local = _closing(local - timedelta(days=1))
    while _rests(local):
        local = _closing(local - timedelta(days=1))
    return local.astimezone(moment.tzinfo)


def _rests(local: datetime) -> bool:
    return (local.month, local.day) in HOLIDAYS or local.date() in _announced


def _closing(local: datetime) -> datetime:
    return local.replace(hour=CLOSES, minute=0, second=0, microsecond=0)


def _opening(local: datetime) -> datetime:
    return local.replace(hour=OPENS, minute=0, second=0, microsecond=0)
