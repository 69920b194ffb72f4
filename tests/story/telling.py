"""How the story is told: steps in order, one JSON line each, stopping at the first that fails."""
from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from ops.stage import Stage
from tests.story.outside import Outside
from tests.story.walker import Walker

BENGALI = Path(__file__).parents[2] / "marketplace" / "translations" / "bn"
STEPS: list[tuple[str, str, Callable[[Any], None]]] = []


@dataclass
class Tale:
    """One telling: the stage, the outside, the people with their browsers, and what they remember."""

    stage: Stage
    language: str
    people: dict[str, Walker] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def outside(self) -> Outside:
        return Outside(self.stage.sandbox_url, self.stage.has_work_under_way)

    def person(self, name: str) -> Walker:
        """Somebody's browser; a new one the first time."""
        if name not in self.people:
            self.people[name] = Walker(name, self.stage.site_url, self.language)
        return self.people[name]

    def email(self, name: str) -> str:
        return f"{name}.{self.language}@example.com"

    def say(self, english: str) -> str:
        """A sentence of the product in the language of this telling."""
        return bengali().get(english, english) if self.language == "bn" else english


def step(name: str, who: str) -> Callable[[Callable[[Tale], None]], Callable[[Tale], None]]:
    """Add a step to the story, in the order they are written."""
    def add(function: Callable[[Tale], None]) -> Callable[[Tale], None]:
        STEPS.append((name, who, function))
        return function
    return add


def tell(language: str, out: Callable[[str], None] = print) -> bool:
    """Tell the whole story in one language on a stage of its own; whether every step went well."""
    with Stage(SWEEP_SECONDS="1") as stage:
        return tell_steps(Tale(stage, language), out)


def tell_steps(tale: Tale, out: Callable[[str], None] = print) -> bool:
    """Tell every step to the first that fails; whether all went well."""
    return all(_tell_step(tale, name, who, function, out) for name, who, function in STEPS)


def _tell_step(tale: Tale, name: str, who: str, function: Callable[[Tale], None], out: Callable[[str], None]) -> bool:
    started = time.perf_counter()
    line: dict[str, Any] = {"step": name, "who": who, "language": tale.language, "ok": True}
    try:
        line |= function(tale) or {}
    except Exception as fault:
        line |= {"ok": False, "why": f"{type(fault).__name__}: {fault}"[:2000], "at": _where(fault), "log": _log(tale)}
    out(json.dumps(line | {"ms": round((time.perf_counter() - started) * 1000)}, ensure_ascii=False))
    return line["ok"]


def _where(fault: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if "story" in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _log(tale: Tale) -> list[str]:
    """What the programs said of it: the ends of their last failures, or the last lines of the web."""
    failures = [line for name in ("web", "worker") for line in tale.stage.log(name) if '"exception"' in line]
    return [line[-900:] for line in failures[-3:]] or tale.stage.log("web")[-3:]


@cache
def bengali() -> dict[str, str]:
    """Every English message with its Bengali."""
    found = {}
    for path in BENGALI.glob("*.po"):
        with path.open("rb") as lines:
            found |= {message.id: message.string for message in read_po(lines, locale="bn") if isinstance(message.id, str)}
    return found
