"""What contracts announce upward, in the same transaction; the sender is the row."""
from blinker import Signal

contract_started = Signal()
contract_ended = Signal()
contract_closed = Signal()
contract_resumed = Signal()
"""contract, `rested`: it goes on after so much time."""
ads_asked = Signal()
"""milestone, `bind`: what the ads cost that are paid in with it, before VAT (Money), or nothing; `bind` fixes the price."""
parties_alike = Signal()
"""`party_check:id`, with its title and the session to write in: the team has to look before anything is paid in."""
parties_cleared = Signal()
"""party check: the team says that they are two different people."""
milestone_funded = Signal()
work_asked = Signal()
"""milestone: what was done on record while it was paid for? Receivers answer with lines (label, number), or nothing."""
turns_asked = Signal()
"""ids of disputed milestones: whose word is awaited there, until when? Receivers answer with a `Turn` by milestone."""
wallet_asked = Signal()
"""person: which other sums are in their wallet? Receivers answer with `Sum`s."""
owner_awaited = Signal()
"""What does an owner let the manager wait for? Receivers answer with a select of (contract_id, since)."""
milestone_ended = Signal()
"""milestone: its money has settled: sent to the manager, back with the business, or divided by a decision."""
milestone_written_off = Signal()
"""milestone: part of what was held, or all, is with the business for good, without our doing."""
milestone_settled = Signal()
"""settlement: part of what was held, or all, became the manager's, went back or went on to the next step."""
