"""The tensors that `forward` takes, where uses of a block are given different ones.

A tuple of tensors is a list, however many there are; a tensor that some uses are not given is None
there. What all uses are given stands first, then lists, then what may be None.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.code import Code, In, List
from archdsl.ir.graph import Scope
from archdsl.ir.measured import WORDS
from archdsl.ir.shape import TensorType
from archdsl.transforms.classes.plan import InputKind
from archdsl.transforms.classes.proto import OTHER_INPUTS, Mismatch

FLOW = ""  # what flows in, where a parameter is called like it
ORDER = (InputKind.TENSOR, InputKind.LIST, InputKind.OPTIONAL)


class TensorParameter(Struct, frozen=True):
    """One parameter of `forward`; `places` are, in each use, the inputs that it stands for."""

    name: str
    kind: InputKind
    places: tuple[tuple[int, ...], ...]

    def given(self, use: int) -> Code:
        """Its argument in one use, over the inputs of the call."""
        inputs = tuple(map(In, self.places[use]))
        if self.kind is InputKind.LIST:
            return List(inputs)
        return inputs[0] if inputs else None


Slots = tuple[TensorParameter, ...]


def tensor_parameters(scopes: tuple[Scope, ...], contexts: tuple[Scope, ...]) -> Slots:
    """The parameters of `forward` in its order; `Mismatch` where uses have none in common."""
    names = scopes[0].input_names
    if all(scope.input_names == names for scope in scopes):
        return _in_order(scopes)
    parameters = _parameters(contexts[0])
    rows = [_grouped(scope, parameters) for scope in scopes]
    given = [{name: row[name] for name in row if name in parameters} for row in rows]
    if all(row == given[0] for row in given) and len({len(row) for row in rows}) == 1:
        return _in_order(scopes)  # what flows in is called differently
    flows = {tuple(row)[: len(row) - len(own)] for row, own in zip(rows, given, strict=True)}
    if len(flows) > 1:
        raise Mismatch(OTHER_INPUTS)
    every = [name for name in parameters if any(name in row for row in given)]
    slots = [_slot(name, rows) for name in (*flows.pop(), *every)]
    return tuple(sorted(slots, key=lambda slot: ORDER.index(slot.kind)))


def number_of_flows(scope: Scope, context: Scope) -> int:
    """The number of tensors that a use is given and that are no arguments."""
    parameters = _parameters(context)
    return sum(_owner(name, parameters)[0] not in parameters for name in scope.input_names)


def _in_order(scopes: tuple[Scope, ...]) -> Slots:
    """Each input by itself."""
    return tuple(
        TensorParameter(name, InputKind.TENSOR, ((place,),) * len(scopes))
        for place, name in enumerate(scopes[0].input_names)
    )


def arguments(slots: Slots, use: int) -> tuple[Code, ...]:
    """The arguments of `forward` in one use; those at the end that are None are left out."""
    given = [slot.given(use) for slot in slots]
    while given and given[-1] is None:
        given.pop()
    return tuple(given)


def alone(scope: Scope, slots: Slots, use: int) -> Scope:
    """A use with the inputs alone that every use has, in the order of the parameters."""
    places = [slot.places[use][0] for slot in slots if slot.kind is InputKind.TENSOR]
    if len(places) == len(slots) == len(scope.inputs):
        return scope
    names = tuple(scope.input_names[place] for place in places)
    inputs = tuple(scope.inputs[place] for place in places)
    return replace(scope, input_names=names, inputs=inputs, steps=(), results=(), modules=())


def sizes(slots: Slots, scopes: tuple[Scope, ...]) -> Iterator[tuple[str, str, list[object]]]:
    """The sizes of lists, and of tensors that may be None: of each the parameter and the word of
    the source, and its values in all uses."""
    for slot in slots:
        if slot.kind is InputKind.TENSOR:
            continue
        rows = [
            [scope.inputs[place] for place in places]
            for scope, places in zip(scopes, slot.places, strict=True)
        ]
        ranks = {type_.rank for row in rows for type_ in row}
        for axis, words in enumerate(WORDS.get(ranks.pop(), ()) if len(ranks) == 1 else ()):
            column = [_size(slot, row, axis) for row in rows]
            yield from ((slot.name, word, column) for word in words)


def _size(slot: TensorParameter, row: list[TensorType], axis: int) -> object:
    sizes = tuple(type_.shape[axis] for type_ in row)
    if slot.kind is InputKind.LIST:
        return sizes
    return sizes[0] if sizes else None


def _parameters(context: Scope) -> tuple[str, ...]:
    definition = context.definition
    return tuple(p.name.id for p in definition.parameters) if definition is not None else ()


def _grouped(scope: Scope, parameters: tuple[str, ...]) -> dict[str, tuple[int, ...] | int]:
    """The inputs of one use by what they are given as: one alone, or those of a tuple."""
    grouped: dict[str, tuple[int, ...] | int] = {}
    for place, name in enumerate(scope.input_names):
        owner, number = _owner(name, parameters)
        if number is None:
            grouped[FLOW if place == 0 and name in parameters else name] = place
            continue
        before = grouped.get(owner, ())
        if not isinstance(before, tuple) or number != len(before):
            raise Mismatch("different tensors among the arguments")
        grouped[owner] = (*before, place)
    return grouped


def _owner(name: str, parameters: tuple[str, ...]) -> tuple[str, int | None]:
    """The parameter that an input is an element of, and its place there; else the input itself."""
    element = re.fullmatch(r"(.+)_(\d+)_*", name)
    if element is None or name in parameters or element[1] not in parameters:
        return name, None
    return element[1], int(element[2])


def _slot(name: str, rows: list[dict[str, tuple[int, ...] | int]]) -> TensorParameter:
    given = [row.get(name) for row in rows]
    tuples = [isinstance(one, tuple) for one in given if one is not None]
    if any(tuples):
        if not all(tuples):
            raise Mismatch("a tensor and a tuple of tensors")
        kind = InputKind.LIST
    else:
        kind = InputKind.OPTIONAL if None in given else InputKind.TENSOR
    return TensorParameter("x" if name == FLOW else name, kind, tuple(map(_places, given)))


def _places(given: tuple[int, ...] | int | None) -> tuple[int, ...]:
    if isinstance(given, tuple):
        return given
    return () if given is None else (given,)
