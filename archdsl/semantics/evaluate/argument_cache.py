"""Arguments of ops that pydantic accepted, kept between runs.

Pydantic's answer depends on the arguments alone. So a process that meets only arguments that were
met before never loads it: loading takes longer than the whole check of a network. Kept are numbers,
words and tuples of them; refused arguments are not. Arguments with some missing are kept too: a
line in which another argument is not known yet asks for the rest.
"""

import atexit
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from archdsl.base import cache_folder
from archdsl.ops.argument import Described, Refused
from archdsl.semantics.values import is_plain, key

D = TypeVar("D", bound=Described)
Fields = dict[str, object]  # the values of all arguments

MOST = 5_000  # arguments that are kept; those that nobody met for longest go first
_ENTRY = "arguments"
_OPS = Path(cache_folder.__file__).parents[1] / "ops"

_made: dict[tuple[type[Described], object], Described] = {}  # in this process
# By the text of a call, that of what was made; nothing is made where arguments are missing.
_news: dict[bytes, bytes] = {}  # unknown to earlier processes
_met: dict[bytes, None] = {}  # known to earlier ones, and met again


def accepted(kind: type[D], values: dict[str, object]) -> D:
    """An op with these arguments; `Refused` where pydantic refuses them."""
    if not all(map(is_plain, values.values())):
        return _validated(kind, values)
    arguments = _key(values)
    made = _made.get((kind, arguments))
    if made is None:
        call = _text((kind.__module__, kind.__name__, tuple(values.items())))
        made = _as_earlier(kind, call, values) or _as_new(kind, call, values)
        if len(_made) < MOST:
            _made[kind, arguments] = made
    return cast(D, made)


def _as_earlier(kind: type[D], call: bytes | None, values: Fields) -> D | None:
    if call is None:
        return None
    known = _news.get(call)
    if known is None and (known := _earlier().get(call)) is not None:
        _met[call] = None
    made = None if known is None else _read(known)
    if made is None:
        return None
    if missing := _missing(kind, values) if not made else []:
        raise Refused("arguments are missing", missing)
    return kind(**made) if made.keys() == set(kind.arguments) else None


def _as_new(kind: type[D], call: bytes | None, values: Fields) -> D:
    try:
        made = _validated(kind, values)
    except Refused as refused:
        if all(fault["type"] == "missing" for fault in refused.faults):
            _note(kind, call, {})
        raise
    _note(kind, call, {word: getattr(made, word) for word in kind.arguments})
    return made


def _missing(kind: type[D], given: Fields) -> list[dict[str, object]]:
    """The faults that pydantic finds in arguments that are all right, as far as they go."""
    lacking = (w for w, said in kind.arguments.items() if said.required and w not in given)
    return [{"type": "missing", "loc": (word,)} for word in lacking]


def _note(kind: type[Described], call: bytes | None, made: Fields) -> None:
    result = _text(made) if all(map(is_plain, made.values())) else None
    ours = kind.__module__.startswith("archdsl.ops.")
    if call is not None and result is not None and ours and len(_news) < MOST:
        if not _news:
            atexit.register(_keep)
        _news[call] = result


def _validated(kind: type[D], values: dict[str, object]) -> D:
    from archdsl.ops.validation import validated

    return validated(kind, values)


class _Known(msgspec.Struct, array_like=True):
    """The content of the entry; what is in a text is read where it is asked for."""

    stamp: list[tuple[str, int, int]]
    calls: dict[bytes, bytes]


@cache
def _earlier() -> dict[bytes, bytes]:
    stored = cache_folder.recall(_ENTRY)
    try:
        known = None if stored is None else msgspec.msgpack.decode(stored, type=_Known)
    except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
        return {}  # a foreign entry
    return {} if known is None or known.stamp != list(_stamp()) else known.calls


def _key(values: Fields) -> object:
    return tuple((name, key(value)) for name, value in values.items())


def _text(values: object) -> bytes | None:
    """Values as they are kept; None for a number beyond 64 bits."""
    try:
        return msgspec.msgpack.encode(values)
    except OverflowError:
        return None


def _read(text: bytes) -> Fields | None:
    try:
        values = msgspec.msgpack.decode(text, type=dict[str, Any])
        return {name: _tuples(value) for name, value in values.items()}
    except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
        return None  # of a foreign entry


def _tuples(value: Any) -> object:
    """A value as it was: lists stand for tuples."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if not is_plain(value):
        raise TypeError(value)
    return value


def _keep() -> None:
    known = _earlier()
    old = {call: made for call, made in known.items() if call not in _met}
    again = {call: known[call] for call in _met if call in known}
    calls = list((old | again | _news).items())[-MOST:]
    cache_folder.keep(_ENTRY, msgspec.msgpack.encode(_Known(list(_stamp()), dict(calls))))


@cache
def _stamp() -> cache_folder.Stamp:
    """The ops and what checks them."""
    checker = find_spec("pydantic")
    places = (checker and checker.submodule_search_locations) or ()
    return cache_folder.stamp(_OPS, _OPS / "families", *places)
