"""Passwords: Argon2id, of any script, kept exactly as typed but for Unicode's one form (NFC)."""
from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

# OWASP's second choice: 19 MiB, two passes, about 90 ms on our machines.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(exact(password))


def exact(password: str) -> str:
    """One form for what two keyboards write differently; nothing else is changed."""
    return unicodedata.normalize("NFC", password)
