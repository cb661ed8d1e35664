"""Arguments of ops that pydantic accepted, kept between runs.

What pydantic makes of arguments depends on them alone. So a process that meets only such as were
met before builds no schema of an op, which takes longer than all the rest of a small network.
Refused arguments are not kept, nor values other than numbers, words and tuples of them.
"""

import atexit
import pickle
from functools import cache
from pathlib import Path

import pydantic

from archdsl.base import store
from archdsl.ops.base import Op
from archdsl.ops.initialiser import Initialiser
from archdsl.semantics.values import is_plain, key

Described = Op | Initialiser
Call = tuple[str, str, object]  # the op's module and class, its arguments' key
Fields = tuple[dict[str, object], set[str]]  # all values, and the names of those that were given

MOST = 5_000  # arguments that are kept
_ENTRY = "arguments"


class _Accepted:
    """The arguments met in this process, and those of earlier ones."""

    def __init__(self) -> None:
        self.made: dict[tuple[type, object], Op | Initialiser] = {}
        self.kept: dict[Call, Fields] | None = None  # not looked at yet
        self.news = False


_accepted = _Accepted()


def validated(kind: type[Described], values: dict[str, object]) -> Described:
    """An op with these arguments; pydantic's `ValidationError` where it refuses them."""
    if not all(map(is_plain, values.values())):
        return kind.model_validate(values)
    arguments = tuple((name, key(value)) for name, value in values.items())
    known = _accepted.made.get((kind, arguments))
    if known is not None:
        return known
    call = kind.__module__, kind.__name__, arguments
    made = _earlier(kind, call) or _new(kind, call, values)
    if len(_accepted.made) < MOST:
        _accepted.made[kind, arguments] = made
    return made


def _earlier(kind: type[Described], call: Call) -> Described | None:
    if _accepted.kept is None:
        _accepted.kept = _load()
    fields = _accepted.kept.get(call)
    if fields is None:
        return None
    values, given = fields
    return kind.model_construct(given, **values)


def _new(kind: type[Described], call: Call, values: dict[str, object]) -> Described:
    made = kind.model_validate(values)
    kept = _accepted.kept
    if kept is not None and len(kept) < MOST and all(map(is_plain, vars(made).values())):
        kept[call] = dict(vars(made)), set(made.model_fields_set)
        if not _accepted.news:
            _accepted.news = True
            atexit.register(_save)
    return made


def _load() -> dict[Call, Fields]:
    stored = store.recall(_ENTRY)
    try:
        stamp, kept = pickle.loads(stored) if stored is not None else (None, {})
    except Exception:  # a foreign pickle raises anything at all
        return {}
    return kept if stamp == _stamp() and isinstance(kept, dict) else {}


def _save() -> None:
    store.keep(_ENTRY, pickle.dumps((_stamp(), _accepted.kept), pickle.HIGHEST_PROTOCOL))


@cache
def _stamp() -> tuple[object, ...]:
    return pydantic.VERSION, store.stamp(Path(store.__file__).parents[1] / "ops")
