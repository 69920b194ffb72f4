"""A lower page shows an upper panel: the page names a slot, upper domains register what goes there."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

_PANELS: dict[str, list[Callable[..., str]]] = defaultdict(list)


def panel(slot: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register a function (subject) → rendered HTML for a slot, such as "managers.profile"."""
    def add(function: Callable[..., str]) -> Callable[..., str]:
        if _name(function) not in map(_name, _PANELS[slot]):
            _PANELS[slot].append(function)
        return function
    return add


def slot(name: str, subject: Any = None) -> Markup:
    """Everything registered for a slot, in order; empty when nothing is."""
    return Markup("").join(Markup(render(subject)) for render in _PANELS[name])  # noqa: S704 - rendered templates


def _name(function: Callable[..., str]) -> str:
    """A module that is opened again registers the same panel, not a second one."""
    return f"{function.__module__}.{function.__qualname__}"
