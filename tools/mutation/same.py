"""Changes that change nothing by construction, wherever they stand: no mutants are made of them."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from archdsl.ops.base import Op
from archdsl.ops.registry import ops

ROOT = Path(__file__).parents[2]
Lines = frozenset[int]


def changes_nothing(file: Path, line: int, before: str, after: str) -> bool:
    """Whether a change of a line belongs to one of the classes here."""
    if _one_is_other(r"\bzip\(.*\bstrict=(True)\)", "False", before, after):
        return True
    of_inputs, of_outputs = _of_one_tensor(file)
    return (line in of_inputs and _one_is_other(r"\binputs\[(0)\]", " -1", before, after)) or (
        line in of_outputs and _one_is_other(r"\boutputs\[(0)\]", " -1", before, after)
    )


def _one_is_other(pattern: str, other: str, before: str, after: str) -> bool:
    """Whether one of what the pattern finds became the other, and nothing else."""
    found = re.finditer(pattern, before)
    return any(before[: m.start(1)] + other + before[m.end(1) :] == after for m in found)


@cache
def _of_one_tensor(file: Path) -> tuple[Lines, Lines]:
    """The lines of a file in classes whose ops take at most one tensor, and give just one.

    The first of one is the last of one.
    """
    return _lines_of(file, lambda op: op.inputs[1] <= 1), _lines_of(file, _gives_one)


def _gives_one(op: type[Op]) -> bool:
    found = (op(**one.arguments).infer(one.inputs) for one in op.examples)
    return all(len(results) == 1 for results in found)


def _lines_of(file: Path, which: Callable[[type[Op]], bool]) -> Lines:
    return frozenset(
        line
        for node, kinds in _classes(file)
        if kinds and all(map(which, kinds))
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )


def _classes(file: Path) -> Iterator[tuple[ast.ClassDef, list[type[Op]]]]:
    """The classes of a file, each with all ops that are of its kind."""
    module = ".".join(file.with_suffix("").parts)
    text = (ROOT / file).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            kind = getattr(import_module(module), node.name)
            yield node, [op for op in ops().values() if issubclass(op, kind)]
