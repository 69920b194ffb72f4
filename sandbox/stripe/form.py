"""Nested parameters in a flat form: `a[b][0][c]=d` becomes `{"a": {"b": [{"c": "d"}]}}`."""

import re
from collections.abc import Iterable

from sandbox.stripe.errors import InvalidParameter

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(pairs: Iterable[tuple[str, str]]) -> dict:
    """Numbered keys and `[]` make lists, other keys make objects."""
    tree: dict = {}
    for key, value in pairs:
        _place(tree, _path(key), value)
    return {name: _lists(value) for name, value in tree.items()}


def _path(key: str) -> list[str]:
    found = KEY.fullmatch(key)
    if not found:
        raise InvalidParameter(f"Invalid parameter name: {key}", param=key)
    return [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]


def _place(tree: dict, path: list[str], value: str) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise InvalidParameter("Invalid object", param=path[0])
    tree[path[-1] or str(len(tree))] = value


def _lists(value):
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(item) for name, item in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
