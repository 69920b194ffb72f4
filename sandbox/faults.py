"""Faults by rule: what to match, from the nth match on, how many times, and what goes wrong."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import World

CALL_MODES = ("status", "delay", "drop_before", "drop_after_commit")
WEBHOOK_MODES = ("duplicate", "reorder", "delay", "drop")
TEXT_FIELDS = ("vendor", "method", "path", "event")


class Faults:
    """Rules kept in the world, tried in the order they were added; the first that is due strikes.

    A rule is JSON: `on` (`call`, the default, or `webhook`), `vendor`, `method`, `path` (a regular expression searched in
    the whole path, of a webhook in its URL), `parameters` (name → regular expression), `event` (webhooks), `nth`
    (1: from the first match), `times` (1; 0 means for ever), `mode`, `seconds` (of a delay), `copies` (of a duplicate, 2),
    `body` (JSON answered with `status:…` instead of the vendor's usual error).
    """

    def __init__(self, world: "World"):
        self._world = world
        self._errors: dict[str, Callable[[int], dict]] = {}

    def describe_errors(self, vendor: str, error_body: Callable[[int], dict]) -> None:
        """Tell how the vendor words an error: `error_body(status)` gives the JSON answered by the mode `status:…`."""
        self._errors[vendor] = error_body

    def error_body(self, vendor: str, status: int) -> dict:
        """The JSON the vendor would answer with that status."""
        return self._errors.get(vendor, lambda status: {"error": f"fault {status}"})(status)

    def add(self, rule: dict) -> dict:
        """Check and keep a rule. ValueError says what is wrong with it."""
        rule = _checked(rule)
        rules = self._world.collection("faults")
        with self._world.transaction():
            rule["id"] = str(max((int(key) for key in rules), default=0) + 1)
            rules[rule["id"]] = rule
        return rule

    def rules(self) -> list[dict]:
        return self._world.collection("faults").all()

    def clear(self) -> None:
        with self._world.transaction():
            self._world.collection("faults").clear()

    def for_call(self, vendor: str, method: str, path: str, parameters: dict[str, Any]) -> dict | None:
        """The rule that strikes this call, counted."""
        facts = {"vendor": vendor, "method": method, "path": path, "parameters": parameters}
        return self._strike("call", facts)

    def for_webhook(self, vendor: str, url: str, event: str) -> dict | None:
        """The rule that strikes this delivery, counted."""
        return self._strike("webhook", {"vendor": vendor, "method": "POST", "path": url, "event": event})

    def _strike(self, on: str, facts: dict) -> dict | None:
        with self._world.transaction():
            rules = self._world.collection("faults")
            struck = None
            for rule in rules.all():
                if rule["on"] == on and _matches(rule, facts):
                    rule["matched"] += 1
                    if struck is None and _is_due(rule):
                        rule["struck"] += 1
                        struck = rule
                    rules[rule["id"]] = rule
            return struck


def _matches(rule: dict, facts: dict) -> bool:
    if rule["vendor"] and rule["vendor"] != facts["vendor"]:
        return False
    if rule["method"] and rule["method"].upper() != facts["method"]:
        return False
    if not re.search(rule["path"], facts["path"]) or not re.search(rule["event"], facts.get("event", "")):
        return False
    given = facts.get("parameters", {})
    return all(re.search(pattern, str(given.get(name, ""))) for name, pattern in rule["parameters"].items())


def _is_due(rule: dict) -> bool:
    return rule["matched"] >= rule["nth"] and (rule["times"] == 0 or rule["struck"] < rule["times"])


def _checked(rule: dict) -> dict:
    unknown = set(rule) - {*TEXT_FIELDS, "on", "parameters", "nth", "times", "mode", "seconds", "copies", "body"}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    filled = {"on": "call", "parameters": {}, "nth": 1, "times": 1, "seconds": 1, "copies": 2, "body": None}
    filled |= dict.fromkeys(TEXT_FIELDS, "") | rule | {"matched": 0, "struck": 0}
    _check_mode(filled)
    _check_numbers(filled)
    _check_patterns(filled)
    return filled


def _check_mode(rule: dict) -> None:
    if rule["on"] not in ("call", "webhook"):
        raise ValueError("on must be call or webhook")
    name, _, status = str(rule.get("mode", "")).partition(":")
    if name not in (CALL_MODES if rule["on"] == "call" else WEBHOOK_MODES):
        raise ValueError(f"mode {rule.get('mode')!r} does not exist for a {rule['on']}")
    if status and name != "status":
        raise ValueError("only the mode status takes a number")
    if name == "status" and not (status.isdigit() and 400 <= int(status) <= 599):
        raise ValueError("give status:400 to status:599")


def _check_numbers(rule: dict) -> None:
    for name, least in (("nth", 1), ("times", 0), ("seconds", 0), ("copies", 2)):
        if not isinstance(rule[name], int | float) or rule[name] < least:
            raise ValueError(f"{name} must be a number from {least} up")


def _check_patterns(rule: dict) -> None:
    if not isinstance(rule["parameters"], dict):
        raise ValueError("parameters must be an object of name and regular expression")
    for pattern in [*(rule[name] for name in TEXT_FIELDS), *rule["parameters"].values()]:
        if not isinstance(pattern, str):
            raise ValueError("patterns must be text")
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
