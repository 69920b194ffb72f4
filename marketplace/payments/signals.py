"""What payments announces upward, in the same transaction."""
from blinker import Signal

payment_succeeded = Signal()
"""payment: the money is held for `payment.subject`."""
payment_ended = Signal()
"""payment: it expired, failed, was cancelled or turned away; nothing was kept, `payment.subject` waits for another."""
payer_asked = Signal()
"""payment: it has succeeded with this card (`card_key`). A receiver answers True when whoever paid may not, or it is too late: then
all goes back."""
payment_charged_back = Signal()
"""payment: the payer's bank took it back; see `payment.status` again when the bank has decided."""
chargeback_decided = Signal()
"""payment: its charge-back was won or lost (`payment.status`)."""
payout_asked = Signal()
"""`contract:id`: money of it is to become a manager's, or to be sent. A receiver answers why the team decides first, or nothing."""
money_released = Signal()
"""id of the ledger's posting, with manager, contract (`contract:id`), gross and fee: held money became a manager's."""
released_taken_back = Signal()
"""reversal: so much of what was released is not the manager's any more, nor its fee the platform's."""
record_wanted = Signal()
"""payment: its bank took it back. Who knows the work answers with whose it was and what was done: (manager's id, English text)."""
transfer_sent = Signal()
"""transfer: Stripe has it in the manager's name."""
transfer_arrived = Signal()
"""transfer: the manager's bank has it."""
transfer_came_back = Signal()
"""transfer: the manager's bank sent it back; it is owed again, or lies at Stripe in the manager's name."""
refund_settled = Signal()
"""refund: the business's bank has it, as far as Stripe knows."""
refund_failed = Signal()
"""refund: the money is held again, and finance has been told."""
payee_doubted = Signal()
"""manager: where they are paid was changed by somebody who may not be them; nothing is sent until it is cleared."""
payee_cleared = Signal()
"""manager: finance has looked and found nothing wrong; nothing else is doubted."""
card_removed = Signal()
"""card: its business took it off; nothing may be charged to it any more."""
held_moves = Signal()
"""payment: what is held of it is about to be taken, or to come back, unasked; lock what it is held for."""
held_moved = Signal()
"""payment: that is in the books now; look at what is held."""
