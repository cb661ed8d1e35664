"""Arguments of ops that pydantic accepted, kept between runs.

What pydantic makes of arguments depends on them alone. So a process that meets only such as were
met before builds no schema of an op, which takes longer than the rest of a small network does.
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
_OPS = Path(store.__file__).parents[1] / "ops"

_made: dict[tuple[type[Described], object], Described] = {}  # in this process
_news: dict[Call, Fields] = {}  # that no earlier process knew


def validated(kind: type[Described], values: dict[str, object]) -> Described:
    """An op with these arguments; pydantic's `ValidationError` where it refuses them."""
    if not all(map(is_plain, values.values())):
        return kind.model_validate(values)
    arguments = tuple((name, key(value)) for name, value in values.items())
    made = _made.get((kind, arguments))
    if made is None:
        call = kind.__module__, kind.__name__, arguments
        made = _as_earlier(kind, call) or _as_new(kind, call, values)
        if len(_made) < MOST:
            _made[kind, arguments] = made
    return made


def _as_earlier(kind: type[Described], call: Call) -> Described | None:
    fields = _earlier().get(call)
    if fields is None:
        return None
    values, given = fields
    return kind.model_construct(given, **values)


def _as_new(kind: type[Described], call: Call, values: dict[str, object]) -> Described:
    made = kind.model_validate(values)
    if all(map(is_plain, vars(made).values())) and len(_earlier()) + len(_news) < MOST:
        if not _news:
            atexit.register(_keep)
        _news[call] = dict(vars(made)), set(made.model_fields_set)
    return made


@cache
def _earlier() -> dict[Call, Fields]:
    stored = store.recall(_ENTRY)
    try:
        stamp, known = pickle.loads(stored) if stored is not None else (None, {})
    except Exception:  # a foreign pickle raises anything at all
        return {}
    return known if stamp == _stamp() and isinstance(known, dict) else {}


def _keep() -> None:
    ours = {call: fields for call, fields in _news.items() if call[0].startswith("archdsl.ops.")}
    known = pickle.dumps((_stamp(), _earlier() | ours), pickle.HIGHEST_PROTOCOL)
    store.keep(_ENTRY, known)


@cache
def _stamp() -> tuple[object, ...]:
    """The ops and what checks them."""
    return pydantic.VERSION, store.stamp(_OPS)
