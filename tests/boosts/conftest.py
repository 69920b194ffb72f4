"""Facebook, as the separate program it is."""
from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.facebook import Facebook, at_facebook
from tests.sandbox_program import SandboxWorld, sandbox_program, world

__all__ = ["sandbox_program", "world"]


@pytest.fixture
def facebook(app: Flask, world: SandboxWorld) -> Iterator[Facebook]:
    """The application at the sandbox's Facebook."""
    with at_facebook(world, app) as running:
        yield running
