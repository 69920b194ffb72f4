"""Held money that moves although nobody here asked for it: taken by a bank, refunded on Stripe's pages, or come back."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marketplace.payments import signals
from marketplace.payments.models import Payment


@contextmanager
def moving_held(payment: Payment) -> Iterator[None]:
    """Whoever keeps held money of this payment locks its rows before the books are written, and looks at them afterwards."""
    signals.held_moves.send(payment)
    yield
    signals.held_moved.send(payment)
