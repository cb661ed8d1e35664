"""The names that the lines of a `path` depend on, so that equal paths are elaborated once."""

from functools import lru_cache

from msgspec import Struct

from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.values import SharedLayer, Tap, TapRecipe, key
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


class Mentioned(Struct, frozen=True):
    """The names in some lines, in order; `used` are those that stand for more than a tensor's
    facts (`x.channels`)."""

    names: tuple[str, ...]
    used: frozenset[str]


@lru_cache(maxsize=256)
def mentioned(suite: tree.Suite) -> Mentioned | None:
    """The names that the lines of a suite mention; None where a computed name may be any."""
    nodes = list(descendants(suite))
    written = {id(n) for n in nodes if isinstance(n, tree.Flow) for n in n.names}
    written |= {id(n.name) for n in nodes if isinstance(n, tree.Layer)}
    if any(isinstance(n, tree.Template) and id(n) not in written for n in nodes):
        return None
    asked = {id(n.value) for n in nodes if isinstance(n, tree.Attribute)}
    names = [n for n in nodes if isinstance(n, tree.Name)]
    return Mentioned(
        tuple(dict.fromkeys(n.id for n in names)),
        frozenset(n.id for n in names if id(n) not in asked),
    )


def captured(suite: tree.Suite, env: Environment) -> tuple[tuple[str, object], ...]:
    """The names in some lines that stand for something, with what they stand for."""
    uses = mentioned(suite)
    names = uses.names if uses is not None else sorted(env.names())
    pairs = ((name, env.find(name)) for name in names)
    return tuple(pair for pair in pairs if pair[1] is not MISSING)


def meaning(suite: tree.Suite, env: Environment) -> tuple[object, ...] | None:
    """The values of the names in a suite, hashable; None where it uses a tensor or shared layer
    that is made elsewhere."""
    uses = mentioned(suite)
    if uses is None:
        return None
    meanings: list[object] = []
    for name in uses.names:
        value = env.find(name)
        if isinstance(value, Tap):
            if name in uses.used or value.refs is None:
                return None
            meanings.append(value.types())
        elif type(value) in (TapRecipe, SharedLayer):
            return None
        else:
            meanings.append(value if value is MISSING else key(value))
    return tuple(meanings)
