"""The mutants of a file, by mutmut's operators, one change each.

Left out is what carries no behaviour: docstrings, annotations, what is logged, translated texts (whatever stands in `_()` or
`_l()`, also by a name of the module). So is what says nothing new: of mutmut's three ways to change a string the two that only
change its case, and leaving out an argument in front of other positional ones (it is replaced by None, too).
Defaults of parameters, decorators, classes and modules outside functions are not mutated: they act once, at import.
"""
from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

from ops.mutation.source import ROOT, Function, functions_of

TEXT = ("_", "_l", "gettext", "lazy_gettext", "ngettext")
NOT_RUN = (cst.Annotation, cst.Decorator, cst.Parameters, cst.Import, cst.ImportFrom)


@dataclass(frozen=True)
class Mutant:
    """A file with one change in a function. `lines` is the statement that changed, `told` the change in one line."""

    function: Function
    lines: range
    told: str
    source: str


def mutants_of(path: str, wanted: Callable[[Function], bool] = lambda function: True) -> dict[Function, list[Mutant]]:
    """Each wanted function of a file with its mutants, those whose source cannot be compiled left out."""
    finder = _Finder(path, wanted)
    finder.wrapper.visit(finder)
    return finder.found


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: str, wanted: Callable[[Function], bool]) -> None:
        super().__init__()
        self.path = path
        self.source = (ROOT / path).read_text()
        self.wrapper = MetadataWrapper(cst.parse_module(self.source))
        self.texts = _names_of_texts(self.wrapper.module)
        self.found: dict[Function, list[Mutant]] = {function: [] for function in functions_of(path) if wanted(function)}
        self.statements: list[range] = []
        self.parts = [self.wrapper.module.code_for_node(part) for part in self.wrapper.module.body]
        self.part = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node in self.wrapper.module.body:
            self.part = self.wrapper.module.body.index(node)
        if isinstance(node, NOT_RUN) or _is_docstring(node) or self._is_text(node) or _is_log(node):
            return False
        if lines := self._statement(node):
            self.statements.append(lines)
        if self.statements and (function := self._function(self.statements[-1].start)):
            self.found[function] += self._mutants(function, node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self._statement(original_node) and not _is_docstring(original_node):
            self.statements.pop()

    def _statement(self, node: cst.CSTNode) -> range | None:
        """The lines of a simple statement, or of the head of one with a body."""
        if isinstance(node, cst.SimpleStatementLine):
            place = self.get_metadata(PositionProvider, node)
            return range(place.start.line, place.end.line + 1)
        if isinstance(node, cst.BaseCompoundStatement | cst.ExceptHandler | cst.MatchCase):
            first = self.get_metadata(PositionProvider, node).start.line
            body = node.cases[0] if isinstance(node, cst.Match) else node.body
            return range(first, max(first + 1, self.get_metadata(PositionProvider, body).start.line))
        return None

    def _function(self, line: int) -> Function | None:
        return next((one for one in self.found if one.first <= line <= one.last), None)

    def _mutants(self, function: Function, node: cst.CSTNode) -> Iterator[Mutant]:
        for changed in self._changed(node):
            source = self._source(node, changed)
            try:
                compile(source, self.path, "exec", dont_inherit=True)
            except SyntaxError:
                continue
            taken = [mutant.told for mutant in self.found[function]]
            yield Mutant(function, self.statements[-1], _unlike(tell(self.source, source), taken), source)

    def _source(self, node: cst.CSTNode, changed: cst.CSTNode) -> str:
        """The whole file; only its changed statement is written anew."""
        module = self.wrapper.module
        part = module.code_for_node(module.body[self.part].deep_replace(node, changed))  # type: ignore[arg-type]
        header = "".join(module.code_for_node(line) for line in module.header)
        return "".join([header, *self.parts[:self.part], part, *self.parts[self.part + 1:]])

    def _changed(self, node: cst.CSTNode) -> Iterator[Any]:
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                found = list(operator(node))
                found = found[:1] if operator is operator_string else found
                yield from (one for one in found if not self._only_text(node, one) and not _misses_place(node, one))

    def _only_text(self, node: cst.CSTNode, changed: cst.CSTNode) -> bool:
        """Whether a call or assignment lost nothing but a text."""
        if isinstance(node, cst.Call) and isinstance(changed, cst.Call):
            kept = [id(arg) for arg in changed.args]
            lost = [arg.value for arg in node.args if id(arg) not in kept]
            return bool(lost) and all(self._is_text(value) for value in lost)
        return isinstance(node, cst.Assign) and self._is_text(node.value)

    def _is_text(self, node: cst.CSTNode) -> bool:
        return _is_text(node) or isinstance(node, cst.Name) and node.value in self.texts


def _is_text(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in TEXT


def _names_of_texts(module: cst.Module) -> set[str]:
    """Names of the module that stand for a translated text."""
    found = set()
    for line in module.body:
        for part in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.Assign) and _is_text(part.value):
                found |= {target.target.value for target in part.targets if isinstance(target.target, cst.Name)}
    return found


def _misses_place(node: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Whether an argument before other positional ones was left out: the others take wrong places, and everything breaks."""
    if not isinstance(node, cst.Call) or not isinstance(changed, cst.Call) or len(changed.args) == len(node.args):
        return False
    place = next(place for place, arg in enumerate(node.args) if arg not in changed.args)
    return any(arg.keyword is None and not arg.star for arg in node.args[place + 1:]) and node.args[place].keyword is None


def _is_docstring(node: cst.CSTNode) -> bool:
    """A statement that is nothing but a string."""
    part = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    return isinstance(part, cst.Expr) and isinstance(part.value, cst.SimpleString | cst.ConcatenatedString)


def _is_log(node: cst.CSTNode) -> bool:
    called = node.func if isinstance(node, cst.Call) else None
    return isinstance(called, cst.Attribute) and isinstance(called.value, cst.Name) and called.value.value == "logger"


def tell(before: str, after: str) -> str:
    """The changed lines in one: `return post(key, [-legs-]{+None+})`."""
    old, new = before.splitlines(), after.splitlines()
    blocks = [block for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if block[0] != "equal"]
    was, now = (" ".join(" ".join(part).split()) for part in (old[blocks[0][1]:blocks[-1][2]], new[blocks[0][3]:blocks[-1][4]]))
    start = _shared(was, now)
    end = min(_shared(was[::-1], now[::-1]), len(was) - start, len(now) - start)
    return f"{was[:start]}[-{was[start:len(was) - end]}-]{{+{now[start:len(now) - end]}+}}{was[len(was) - end:]}"


def _shared(one: str, other: str) -> int:
    """How much of their beginnings is the same, in whole words."""
    same = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same - len(re.search(r"\w*$", one[:same])[0])  # type: ignore[index]


def _unlike(told: str, taken: list[str]) -> str:
    same = sum(one.partition(" #")[0] == told for one in taken)
    return told if not same else f"{told} #{same + 1}"
