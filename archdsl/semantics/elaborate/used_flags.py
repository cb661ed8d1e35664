"""The flags in which the uses of a definition differ: the values of other uses, and all of them on
and off together."""

from collections.abc import Mapping

from msgspec.structs import replace

from archdsl.ir.graph import Scope
from archdsl.semantics.elaborate.other_answers import Answers, Turned, Values

Flags = Mapping[str, tuple[object, ...]]


def used_flags(scopes: list[Scope], varying: frozenset[str]) -> Flags:
    """Among the `varying` arguments the truth values, words, and what may be none, each with the
    values that it has in the uses."""
    rows = [dict(scope.arguments) for scope in scopes]
    values = {name: [row[name] for row in rows if name in row] for name in varying}
    distinct = {
        name: tuple(v for k, v in enumerate(row) if v not in row[:k])
        for name, row in sorted(values.items())
        if any(isinstance(value, bool | str) or value is None for value in row)
    }
    return {name: row for name, row in distinct.items() if len(row) > 1}


def with_flags(answers: Answers, arguments: Values, flags: Flags) -> Answers:
    """The same with the values that flags have in other uses, and with all of them on, and off: no
    use may have two of them at once."""
    alone = dict(answers.alone)
    for name, values in flags.items():
        known = alone.get(name, Turned((), ()))
        others = ((value,) for value in values if value != arguments[name])
        alone[name] = replace(known, others=(*known.others, *others))
    together: list[Values] = []
    if len(flags) > 1:
        for is_on in (True, False):
            chosen = {
                name: next((v for v in row if bool(v) is is_on), row[-1])
                for name, row in flags.items()
            }
            together.append(chosen)
    return Answers(alone, (*answers.together, *together))
