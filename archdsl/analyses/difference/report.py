"""The changes between two networks: steps by path, figures by block, and keys of weights."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.difference.fitting_keys import Keys, compare_keys
from archdsl.analyses.difference.folding import Folded, fold
from archdsl.analyses.difference.pairing import Differing, Match, label, pair
from archdsl.analyses.figures.costs import Cost, costs
from archdsl.ir.graph import Init, Program, Scope, StepPlace, state_dict
from archdsl.ir.shape import Shape
from archdsl.semantics.values import show

Kind = Literal["added", "removed", "changed", "moved"]


class Value(BaseModel):
    """One thing that differs: an argument, a weight's shape, an input; empty where it is not."""

    model_config = ConfigDict(frozen=True)

    name: str
    old: str
    new: str


class BlockChange(BaseModel):
    """Figures of a block, or of one of the network's own steps, that are not what they were."""

    model_config = ConfigDict(frozen=True)

    path: str | None = Field(description="in the old network; null where the step was added")
    new_path: str | None = Field(description="in the new network; null where it was removed")
    old: str = Field(description="op or block, in a few words; empty where there is none")
    new: str
    params: int
    new_params: int
    macs: int
    new_macs: int


class StepChange(BlockChange):
    """A step that was added, removed or changed, or that has moved to another path.

    Of a block its own changes; those of its steps follow. What was added or removed as a whole
    is one step.
    """

    change: Kind
    values: tuple[Value, ...] = Field(description="arguments, shapes of weights, inputs")


class Side(BaseModel):
    """One of the two networks."""

    model_config = ConfigDict(frozen=True)

    network: str
    input: tuple[Shape, ...]
    output: tuple[Shape, ...]
    params: int
    macs: int
    keys: int = Field(description="of the `state_dict`")


class Difference(BaseModel):
    """Two networks held against each other; work is that of one sample at inference."""

    model_config = ConfigDict(frozen=True)

    equal: bool = Field(description="the same steps, connections, keys, inputs and outputs")
    old: Side
    new: Side
    network: tuple[Value, ...] = Field(
        description="what no step has: inputs, outputs, auxiliary losses, initialisations"
    )
    steps: tuple[StepChange, ...] = Field(description="a block before its insides")
    blocks: tuple[BlockChange, ...]
    keys: Keys
    folded: tuple[Folded, ...] = Field(description="the steps, those with the same change once")


def difference(old: Program, new: Program) -> Difference:
    """The changes from the old program to the new one."""
    nodes, results = pair(old.root, new.root)
    figures = _Figures(old, new)
    keys = compare_keys(old, new, nodes)
    network = (*_of_networks(old, new), *map(_value, results))
    steps = tuple(_step(n, figures) for n in _all(nodes) if n.change != "same")
    return Difference(
        equal=not (steps or network) and keys.loads,
        old=_side(old),
        new=_side(new),
        network=network,
        steps=steps,
        blocks=tuple(_blocks(nodes, figures)),
        keys=keys,
        folded=fold(nodes),
    )


def _all(nodes: tuple[Match, ...]) -> Iterator[Match]:
    for node in nodes:
        yield from node.walk()


# --- figures ----------------------------------------------------------------------------------


class _Figures:
    """Params and MACs of both networks by path, all uses of a step together."""

    def __init__(self, old: Program, new: Program) -> None:
        self.old, self.new = _by_path(old), _by_path(new)

    def of(self, node: Match) -> dict[str, int]:
        before = self.old[node.old.path] if node.old is not None else Cost()
        after = self.new[node.new.path] if node.new is not None else Cost()
        return {
            "params": before.params,
            "new_params": after.params,
            "macs": before.macs,
            "new_macs": after.macs,
        }


def _by_path(program: Program) -> dict[str, Cost]:
    sums: dict[str, Cost] = {}
    for entry in costs(program).walk():
        sums[entry.path] = sums.get(entry.path, Cost()) + entry.cost
    return sums


def _side(program: Program) -> Side:
    total = costs(program).total
    return Side(
        network=program.name,
        input=tuple(t.shape for t in program.root.inputs),
        output=tuple(t.shape for t in program.root.outputs),
        params=total.params,
        macs=total.macs,
        keys=sum(1 for _ in state_dict(program.root)),
    )


# --- rows -------------------------------------------------------------------------------------


def _step(node: Match, figures: _Figures) -> StepChange:
    assert node.change != "same"
    values = tuple(map(_value, node.values))
    return StepChange(change=node.change, values=values, **_common(node, figures))


def _blocks(nodes: tuple[Match, ...], figures: _Figures) -> Iterator[BlockChange]:
    """The network's own steps and all blocks whose figures differ."""
    for node in _all(nodes):
        row = BlockChange(**_common(node, figures))
        differs = row.params != row.new_params or row.macs != row.new_macs
        own = "." not in (row.new_path or row.path or "")
        if differs and (own or _is_block(node.old) or _is_block(node.new)):
            yield row


def _common(node: Match, figures: _Figures) -> dict[str, Any]:
    """The fields that steps and blocks share."""
    return {
        "path": node.old.path if node.old is not None else None,
        "new_path": node.new.path if node.new is not None else None,
        "old": label(node.old),
        "new": label(node.new),
        **figures.of(node),
    }


def _is_block(place: StepPlace | None) -> bool:
    return place is not None and isinstance(place.step.target, Scope)


def _value(differing: Differing) -> Value:
    return Value(name=differing.name, old=differing.old, new=differing.new)


# --- what no step has -------------------------------------------------------------------------


def _of_networks(old: Program, new: Program) -> Iterator[Value]:
    before, after = _facts(old), _facts(new)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Value(name=name, old=before.get(name, ""), new=after.get(name, ""))


def _facts(program: Program) -> dict[str, str]:
    """Inputs, outputs, auxiliary losses and initialisations in words."""
    root = program.root
    inputs = zip(root.input_names, root.inputs, strict=True)
    names = program.output_names or ("",)
    outputs = zip(names, root.outputs, strict=True)
    return {
        **{f"input {name}" if name != "x" else "input": str(type_) for name, type_ in inputs},
        **{f"output {name}".rstrip(): str(type_) for name, type_ in outputs},
        **{f"aux {head.name}": f"weight {head.weight:g}" for head in program.heads},
        **{f"init {_reached(init)}": _called(init) for init in program.inits},
    }


def _reached(init: Init) -> str:
    where = init.op if init.path is None else f'"{init.path}"'
    return f"{where}.{init.tensor}"


def _called(init: Init) -> str:
    given = ", ".join(f"{name}={show(value)}" for name, value in init.arguments)
    return f"{init.function}({given})" if given else init.function
