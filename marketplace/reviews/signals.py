"""What reviews announce upward, in the same transaction; the sender is the review."""
from blinker import Signal

review_voided = Signal()
review_held = Signal()
"""Published, but out of the score: the two sides seem to share a device."""
