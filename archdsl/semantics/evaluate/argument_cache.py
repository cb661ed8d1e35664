"""Arguments of ops that pydantic accepted, kept between runs.

Pydantic's answer depends on the arguments alone. So a process that meets only arguments that were
met before never loads it: loading takes longer than the whole check of a network. Kept are numbers,
words and tuples of them; refused arguments are not. Arguments with some missing are kept too: a
line in which another argument is not known yet asks for the rest.
"""

import atexit
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from archdsl.base import cache_folder
from archdsl.ops.argument import Described, Refused
from archdsl.semantics.values import is_plain, key

D = TypeVar("D", bound=Described)
Call = tuple[str, str, object]  # the op's module and class, its arguments' key
Fields = dict[str, object]  # the values of all arguments

MOST = 5_000  # arguments that are kept
_ENTRY = "arguments"
_OPS = Path(cache_folder.__file__).parents[1] / "ops"

_made: dict[tuple[type[Described], object], Described] = {}  # in this process
# What was given and made, unknown to earlier ones; nothing is made where arguments are missing.
_news: dict[Call, tuple[Fields, Fields]] = {}


def accepted(kind: type[D], values: dict[str, object]) -> D:
    """An op with these arguments; `Refused` where pydantic refuses them."""
    if not all(map(is_plain, values.values())):
        return _validated(kind, values)
    arguments = _key(values)
    made = _made.get((kind, arguments))
    if made is None:
        call = kind.__module__, kind.__name__, arguments
        made = _as_earlier(kind, call) or _as_new(kind, call, values)
        if len(_made) < MOST:
            _made[kind, arguments] = made
    return cast(D, made)


def _as_earlier(kind: type[D], call: Call) -> D | None:
    known = _earlier().get(call) or _news.get(call)
    if known is None:
        return None
    given, made = known
    if missing := _missing(kind, given) if not made else []:
        raise Refused("arguments are missing", missing)
    return kind(**made) if made.keys() == set(kind.arguments) else None


def _as_new(kind: type[D], call: Call, values: dict[str, object]) -> D:
    try:
        made = _validated(kind, values)
    except Refused as refused:
        if all(fault["type"] == "missing" for fault in refused.faults):
            _note(call, values, {})
        raise
    _note(call, values, {word: getattr(made, word) for word in kind.arguments})
    return made


def _missing(kind: type[D], given: Fields) -> list[dict[str, object]]:
    """The faults that pydantic finds in arguments that are all right, as far as they go."""
    lacking = (w for w, said in kind.arguments.items() if said.required and w not in given)
    return [{"type": "missing", "loc": (word,)} for word in lacking]


def _note(call: Call, given: Fields, made: Fields) -> None:
    if all(map(is_plain, made.values())) and len(_earlier()) + len(_news) < MOST:
        if not _news:
            atexit.register(_keep)
        _news[call] = given, made


def _validated(kind: type[D], values: dict[str, object]) -> D:
    from archdsl.ops.validation import validated

    return validated(kind, values)


class _Known(msgspec.Struct, array_like=True):
    """An entry's fields: for each call the module, the class, the values given, the values made."""

    stamp: list[tuple[str, int, int]]
    calls: list[tuple[str, str, dict[str, Any], dict[str, Any]]]


@cache
def _earlier() -> dict[Call, tuple[Fields, Fields]]:
    stored = cache_folder.recall(_ENTRY)
    try:
        known = None if stored is None else msgspec.msgpack.decode(stored, type=_Known)
        if known is None or known.stamp != list(_stamp()):
            return {}
        read = [(module, kind, _plain(a), _plain(b)) for module, kind, a, b in known.calls]
    except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
        return {}  # a foreign entry
    return {(module, kind, _key(given)): (given, made) for module, kind, given, made in read}


def _key(values: Fields) -> object:
    return tuple((name, key(value)) for name, value in values.items())


def _plain(values: dict[str, Any]) -> Fields:
    return {name: _tuples(value) for name, value in values.items()}


def _tuples(value: Any) -> object:
    """A value as it was: lists stand for tuples."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if not is_plain(value):
        raise TypeError(value)
    return value


def _keep() -> None:
    ours = {call: fields for call, fields in _news.items() if call[0].startswith("archdsl.ops.")}
    calls = [(module, kind, *both) for (module, kind, _), both in (_earlier() | ours).items()]
    with suppress(OverflowError):  # a number beyond 64 bits: nothing is kept this time
        cache_folder.keep(_ENTRY, msgspec.msgpack.encode(_Known(list(_stamp()), calls)))


@cache
def _stamp() -> cache_folder.Stamp:
    """The ops and what checks them."""
    checker = find_spec("pydantic")
    places = (checker and checker.submodule_search_locations) or ()
    return cache_folder.stamp(_OPS, _OPS / "families", *places)
