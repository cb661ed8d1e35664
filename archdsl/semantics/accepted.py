"""Arguments of ops that pydantic accepted, kept between runs.

What pydantic makes of arguments depends on them alone. So a process that meets only such as were
met before never loads it, which would take longer than all else that checking a network does.
Refused arguments are not kept, nor values other than numbers, words and tuples of them.
"""

import atexit
import pickle
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar, cast

from archdsl.base import store
from archdsl.ops.argument import Described
from archdsl.semantics.values import is_plain, key

D = TypeVar("D", bound=Described)
Call = tuple[str, str, object]  # the op's module and class, its arguments' key
Fields = dict[str, object]  # the values of all arguments

MOST = 5_000  # arguments that are kept
_ENTRY = "arguments"
_OPS = Path(store.__file__).parents[1] / "ops"

_made: dict[tuple[type[Described], object], Described] = {}  # in this process
_news: dict[Call, Fields] = {}  # that no earlier process knew


def accepted(kind: type[D], values: dict[str, object]) -> D:
    """An op with these arguments; `Refused` where pydantic refuses them."""
    if not all(map(is_plain, values.values())):
        return _validated(kind, values)
    arguments = tuple((name, key(value)) for name, value in values.items())
    made = _made.get((kind, arguments))
    if made is None:
        call = kind.__module__, kind.__name__, arguments
        made = _as_earlier(kind, call) or _as_new(kind, call, values)
        if len(_made) < MOST:
            _made[kind, arguments] = made
    return cast(D, made)


def _as_earlier(kind: type[D], call: Call) -> D | None:
    fields = _earlier().get(call)
    return None if fields is None else kind(**fields)


def _as_new(kind: type[D], call: Call, values: dict[str, object]) -> D:
    made = _validated(kind, values)
    fields = {word: getattr(made, word) for word in kind.arguments}
    if all(map(is_plain, fields.values())) and len(_earlier()) + len(_news) < MOST:
        if not _news:
            atexit.register(_keep)
        _news[call] = fields
    return made


def _validated(kind: type[D], values: dict[str, object]) -> D:
    from archdsl.ops.validation import validated

    return validated(kind, values)


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
    checker = find_spec("pydantic")
    places = (checker and checker.submodule_search_locations) or ()
    return store.stamp(_OPS, *places)
