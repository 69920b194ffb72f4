"""What is said of a transfer holds for the small ones it carries."""
from __future__ import annotations

from marketplace.payments import signals
from marketplace.payments.commands.gathering import gathered_in
from marketplace.payments.models import Transfer


@signals.transfer_sent.connect
def on_transfer_sent(transfer: Transfer) -> None:
    """Stripe has them too."""
    for small in gathered_in(transfer):
        signals.transfer_sent.send(small)


@signals.transfer_arrived.connect
def on_transfer_arrived(transfer: Transfer) -> None:
    """The bank has them too."""
    for small in gathered_in(transfer):
        signals.transfer_arrived.send(small)
