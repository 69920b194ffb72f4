"""Limits count in the database, for every process and even when the request is refused."""
from datetime import timedelta

import pytest

from marketplace.core import limits
from marketplace.core.errors import TooMany

MINUTE = timedelta(minutes=1)


def test_the_one_over_is_refused(committed):
    for _ in range(3):
        limits.hit("test:a", 3, MINUTE)
    with pytest.raises(TooMany):
        limits.hit("test:a", 3, MINUTE)
    limits.hit("test:b", 3, MINUTE)


def test_a_window_ends_and_a_success_clears(committed):
    limits.hit("test:a", 1, timedelta(seconds=-1))
    limits.hit("test:a", 1, MINUTE)
    limits.clear("test:a")
    limits.hit("test:a", 1, MINUTE)
