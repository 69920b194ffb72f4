"""What access announces upward, in the same transaction; the sender is the grant."""
from blinker import Signal

grant_ended = Signal()
"""Revoked or expired: cancel what was queued on it."""
