"""What access announces upward, in the same transaction; the sender is the grant, or the lost page."""
from blinker import Signal

grant_ended = Signal()
"""Revoked or expired: cancel what was queued on it."""
page_lost = Signal()
"""loss, by, text: a business has lost a page; the team decides."""
