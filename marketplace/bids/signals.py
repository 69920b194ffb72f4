"""What bids announce upwards, in the same transaction."""
from blinker import Signal

bid_submitted = Signal("A manager has bid: bid_submitted.send(bid)")
