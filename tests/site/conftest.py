"""The demo data pay for their contracts in the sandbox."""
from tests.sandbox_program import sandbox_program, world

__all__ = ["sandbox_program", "world"]
