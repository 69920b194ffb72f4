"""The people and things that the rows of the matrix speak of; each thing is made when a row first names it."""
from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from tests import people
from tests.authorisation.routes import Route

NOT_DOMAINS = {"__init__", "routes", "world", "test_matrix"}
DOMAINS = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_DOMAINS)
MODULES = [import_module(f"tests.authorisation.{name}") for name in DOMAINS]
ROUTES: list[Route] = [route for module in MODULES for route in module.ROUTES]
THINGS = {name: make for module in MODULES for name, make in getattr(module, "THINGS", {}).items()}


class World:
    """ada, ben, eve, sam, and what THINGS can make."""

    def __getattr__(self, name: str) -> Any:
        if name in {"ada", "ben", "eve", "sam"}:
            made = getattr(people, name)()
        elif name in THINGS:
            made = THINGS[name](self)
        else:
            raise AttributeError(name)
        setattr(self, name, made)
        return made
