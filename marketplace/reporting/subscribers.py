"""What has papers ordered, from below."""
from __future__ import annotations

import uuid
from typing import Any

from marketplace.core.money import Money
from marketplace.payments import signals
from marketplace.payments.models import Refund, Reversal
from marketplace.reporting import commands


@signals.money_released.connect
def on_money_released(posting_id: uuid.UUID, manager: Any, subject: str, contract: str, gross: Money, fee: Money) -> None:
    """Held money became a manager's: two invoices."""
    commands.order_invoices(posting_id, manager, subject, contract, gross, fee)


@signals.refund_settled.connect
def on_refund_settled(refund: Refund) -> None:
    """Money went back: a credit note."""
    commands.order_credit_note(refund)


@signals.released_taken_back.connect
def on_released_taken_back(reversal: Reversal) -> None:
    """What was invoiced does not stand any more: a credit note to each invoice."""
    commands.order_invoice_credits(reversal)


@signals.refund_failed.connect
def on_refund_failed(refund: Refund) -> None:
    """It did not go back after all: a credit note that says so is cancelled by another paper."""
    commands.order_cancellation(refund)
