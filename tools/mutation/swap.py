"""Puts a mutant's functions in the place of those that are loaded, where nothing else differs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from .mutants import ROOT, Mutant


def swapped(mutant: Mutant) -> bool:
    """Whether that could be done: what runs when a module is imported cannot be put in place."""
    before = _compiled((ROOT / mutant.file).read_text("utf-8"), mutant.file)
    after = _compiled(mutant.text, mutant.file)
    found: list[tuple[FunctionType, CodeType]] = []
    for name, code in after.items():
        if name in before and code == before[name]:
            continue
        if name not in before or not isinstance(code, CodeType):
            return False
        function = _function(mutant.module, name)
        if function is None or function.__code__ != before[name]:
            return False
        found.append((function, code))
    for function, code in found:
        function.__code__ = code
    return bool(found)


def _compiled(text: str, file: str) -> dict[str, object]:
    """The functions of a module and its classes by their names, and what runs at its import."""
    return dict(_parts(compile(text, str(ROOT / Path(file)), "exec"), ""))


def _parts(code: CodeType, prefix: str) -> Iterator[tuple[str, object]]:
    inside = [const for const in code.co_consts if isinstance(const, CodeType)]
    plain = [repr(const) for const in code.co_consts if not isinstance(const, CodeType)]
    yield f"{prefix}<import>", (code.co_code, plain, code.co_names)
    for part in inside:
        name = f"{prefix}{part.co_name}"
        if part.co_flags & 0x02:  # a function's variables are its own: CO_NEWLOCALS
            yield name, part
        else:
            yield from _parts(part, f"{name}.")


def _function(module: str, name: str) -> FunctionType | None:
    """The function that is loaded under a name such as `Conv.infer`."""
    found: Any = sys.modules[module]
    for word in name.split("."):
        found = vars(found).get(word)
        if found is None:
            return None
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    found = getattr(found, "__wrapped__", found)
    return found if isinstance(found, FunctionType) else None
