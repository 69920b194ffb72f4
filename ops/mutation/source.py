"""The functions of a file, and what names a function's content."""
from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Function:
    """A function of a module or class, those inside it included. Lines count from 1, decorators included."""

    path: str
    name: str
    first: int
    last: int
    digest: str

    @property
    def key(self) -> str:
        return f"{self.path}::{self.name}::{self.digest}"


def functions_of(path: str) -> list[Function]:
    """In order; `path` as seen from the project's root. A property's second function of a name is `name#2`."""
    found: list[Function] = []
    for name, node in _walk(ast.parse((ROOT / path).read_text()), ""):
        same = sum(one.name.partition("#")[0] == name for one in found)
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        found.append(Function(path, name if not same else f"{name}#{same + 1}", first, node.end_lineno or first, _digest(node)))
    return found


def _walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield f"{prefix}{child.name}", child
        elif isinstance(child, ast.ClassDef):
            yield from _walk(child, f"{prefix}{child.name}.")


def _digest(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The same for the same code: places, comments and the docstring are left out."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    told = "\n".join(ast.dump(part) for part in (node.args, *node.decorator_list, *body))
    return hashlib.sha256(told.encode()).hexdigest()[:8]
