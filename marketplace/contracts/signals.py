"""What contracts announce upward, in the same transaction; the sender is the row."""
from blinker import Signal

contract_started = Signal()
contract_ended = Signal()
contract_closed = Signal()
milestone_funded = Signal()
