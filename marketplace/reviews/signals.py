"""What reviews announce upward, in the same transaction; the sender is the review."""
from blinker import Signal

review_voided = Signal()
