"""The inputs of a block as `forward` takes them: alone, in a list, or one that may be None."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from archdsl.ir.graph import Scope
from archdsl.proof.unproven import Unproven

Form = tuple[int | tuple[int, ...] | None, ...]  # for each parameter its inputs; None: none given


def form_of(module: Any, scope: Scope) -> Form | None:
    """The inputs of the block for each parameter of a class's `forward`, by their names; None where
    every parameter is one tensor."""
    forward = vars(type(module)).get("forward")
    if forward is None or not any(map(_kind, forward.__annotations__.values())):
        return None
    count = forward.__code__.co_argcount
    names = forward.__code__.co_varnames[1:count]
    kinds = [_kind(forward.__annotations__[name]) for name in names]
    flow = kinds[0] is None and _is_same(names[0], scope.input_names[0])
    given = (_inputs(n, k, scope, flow) for n, k in [*zip(names, kinds, strict=True)][flow:])
    return (*(0,) * flow, *given)


def arguments_of(form: Form, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments that stand for the inputs of a block."""

    def argument(part: int | tuple[int, ...] | None) -> Any:
        if isinstance(part, tuple):
            return [inputs[place] for place in part]
        return None if part is None else inputs[part]

    return tuple(map(argument, form))


def taken_apart(form: Form, arguments: tuple[Any, ...], reads: tuple[int, ...]) -> tuple[Any, ...]:
    """The inputs that a call hands to a block, those that it reads, in their order."""
    given = dict(_inputs_given(form, arguments))
    if not given.keys() >= set(reads):
        raise Unproven(f"hands on {len(given)} tensors, not all of {len(reads)}")
    return tuple(given[place] for place in reads)


def _inputs_given(form: Form, arguments: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    if len(arguments) > len(form):
        raise Unproven(f"hands on {len(arguments)} arguments, not {len(form)}")
    filled = (*arguments, *[None] * (len(form) - len(arguments)))
    for part, argument in zip(form, filled, strict=True):
        if isinstance(part, tuple):
            if not isinstance(argument, list) or len(argument) != len(part):
                raise Unproven(f"hands on {argument!r}, not a list of {len(part)}")
            yield from zip(part, argument, strict=True)
        elif part is not None:
            yield part, argument
        elif argument is not None:
            raise Unproven(f"hands on {argument!r}, which is not given")


def _kind(annotation: Any) -> Callable[[str, str], bool] | None:
    """The inputs that a parameter of this type stands for, by their names: those of a list, or one
    that may be None; None for one tensor."""
    text = str(annotation)
    if text.startswith("list["):
        return _is_element
    return _is_same if "None" in text else None


def _is_element(name: str, input_: str) -> bool:
    return re.fullmatch(rf"{re.escape(name.rstrip('_'))}_*_\d+_*", input_) is not None


def _is_same(name: str, input_: str) -> bool:
    return name.rstrip("_") == input_.rstrip("_")


def _inputs(
    name: str, kind: Callable[[str, str], bool] | None, scope: Scope, begin: int
) -> int | tuple[int, ...] | None:
    parameters = scope.definition.parameters if scope.definition is not None else ()
    known = tuple(
        place
        for place, input_ in enumerate(scope.input_names)
        if place >= begin
        and (kind or _is_same)(name, input_)
        and not (kind is _is_element and any(p.name.id == input_ for p in parameters))
    )
    if kind is _is_element:
        return known
    if len(known) > 1 or (kind is None and not known):
        raise Unproven(f"takes `{name}`, which is not one input of `{scope.block}`")
    return known[0] if known else None
