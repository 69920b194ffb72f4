"""What disputes do when payments below change."""
from __future__ import annotations

from marketplace.disputes import commands, queries
from marketplace.payments import signals
from marketplace.payments.models import Payment


@signals.payment_charged_back.connect
def on_payment_charged_back(payment: Payment) -> None:
    """A decision had found the manager at fault before the bank took the payment back."""
    if dispute := queries.found_at_fault(payment.subject):
        commands.recover(dispute)
