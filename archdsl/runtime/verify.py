"""The emitted module beside a reference: keys, counts, and outputs for the same random weights."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archdsl.analyses.costs import costs
from archdsl.base.plain import json_text
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, Shape, TensorType, format_shape
from archdsl.runtime.build import build
from archdsl.runtime.keys import KeyComparison, compare_keys
from archdsl.runtime.randomise import randomise
from archdsl.runtime.references import CLASSES, Reference, reference
from archdsl.runtime.weights import Weights, load_weights, named

RANDOM_LAYERS = ("Dropout", "DropPath", "StochasticDepth", "DropBlock")
ORDER_NOTE = "in training mode the reference gives the same outputs in another order"
DRAWS_NOTE = (
    "in training mode dropout draws its numbers in another order than the reference does: "
    "the outputs were compared without it"
)


class Figures(BaseModel):
    """One count as the spec has it, as the emitted module has it, and as the reference has it."""

    model_config = ConfigDict(frozen=True)

    spec: int
    emitted: int
    reference: int

    @property
    def ok(self) -> bool:
        return self.spec == self.emitted == self.reference


class OutputDifference(BaseModel):
    """One output of both for the same input; `largest` is None where the shapes differ."""

    model_config = ConfigDict(frozen=True)

    name: str
    ours: Shape | None
    theirs: Shape | None
    largest: float | None

    @property
    def ok(self) -> bool:
        return self.largest == 0.0


class Verification(BaseModel):
    """What the comparison found; `training` also holds the buffers after a training step.

    `weights` names the checkpoint that both loaded; None: they were given the same random ones.
    """

    model_config = ConfigDict(frozen=True)

    network: str
    reference: str
    weights: str | None = None
    seed: int
    batch: int
    keys: KeyComparison
    params: Figures
    macs: Figures
    outputs: tuple[OutputDifference, ...] = ()
    training: tuple[OutputDifference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        compared = bool(self.outputs) and bool(self.training)
        outputs = all(o.ok for o in (*self.outputs, *self.training))
        return self.keys.ok and self.params.ok and self.macs.ok and compared and outputs

    def to_json(self) -> str:
        """The comparison as one JSON object, `ok` among its fields."""
        return json_text({"ok": self.ok, **self.model_dump(mode="json")}, indent=2)

    def report(self) -> str:
        """The comparison for people: one line a check, details only where they differ."""
        loaded = f", both with the weights of {self.weights}" if self.weights is not None else ""
        lines = [f"{self.network} against {self.reference}{loaded}"]
        lines += self._keys()
        lines += _figures("params", self.params) + _figures("MACs", self.macs)
        lines += _outputs("outputs", self.outputs, "the keys do not fit")
        lines += _outputs("training", self.training, "the keys do not fit")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)

    def _keys(self) -> list[str]:
        if self.keys.ok:
            return [_line(True, "keys", f"{self.keys.count} the same, in the same order")]
        lines = [_line(False, "keys", "differ")]
        return lines + [f"      {line}" for line in self.keys.lines("the spec", "the reference")]


def _line(ok: bool, what: str, result: str) -> str:
    return f"  {'✓' if ok else '✗'} {what:<9} {result}"


def _figures(what: str, figures: Figures) -> list[str]:
    if figures.ok:
        return [_line(True, what, f"{figures.spec:,}")]
    return [
        _line(
            False,
            what,
            f"{figures.spec:,} in the spec, {figures.emitted:,} in the emitted module, "
            f"{figures.reference:,} in the reference",
        )
    ]


def _outputs(what: str, outputs: tuple[OutputDifference, ...], otherwise: str) -> list[str]:
    if not outputs:
        return [_line(False, what, f"not compared: {otherwise}")]
    wrong = [o for o in outputs if not o.ok]
    if not wrong:
        return [_line(True, what, "the largest difference is 0")]
    return [_line(False, what, _difference(o)) for o in wrong]


def _difference(output: OutputDifference) -> str:
    if output.largest is not None:
        return f"{output.name} differs by up to {output.largest:.3g}"
    sides = [format_shape(s) if s is not None else "missing" for s in (output.ours, output.theirs)]
    return f"{output.name} is {sides[0]} in the spec, {sides[1]} in the reference"


# --- the comparison --------------------------------------------------------------------------


def verify(
    program: Program,
    source_text: str,
    against: str,
    *,
    seed: int = 0,
    batch: int = 2,
    weights: Weights | None = None,
) -> Verification:
    """Builds both, gives them the same state, random unless `weights` are given, and the same
    input, and compares."""
    with _seeded(seed):
        theirs = reference(against, classes=_classes(program))
        ours = build(program, source_text)
    return compare(program, ours, theirs, seed=seed, batch=batch, weights=weights)


def compare(
    program: Program,
    ours: nn.Module,
    theirs: Reference,
    *,
    seed: int = 0,
    batch: int = 2,
    weights: Weights | None = None,
) -> Verification:
    """Compares a module that was built from a program with a reference.

    Raises `WeightsError` where `weights` do not fit the one or the other.
    """
    if weights is None:
        randomise(theirs.module, seed)
    else:
        load_weights(theirs.module, weights, into="the reference")
    keys = compare_keys(ours.state_dict(), theirs.module.state_dict())
    cost = costs(program).total
    one = _inputs(program, theirs.module, seed, 1)
    outputs: tuple[OutputDifference, ...] = ()
    training: tuple[OutputDifference, ...] = ()
    notes = theirs.notes
    if weights is not None:
        load_weights(ours, weights)
    elif keys.fit:
        ours.load_state_dict(theirs.module.state_dict(), strict=True)
    figures = Figures(spec=cost.macs, emitted=_macs(ours, one), reference=_macs(theirs.module, one))
    if keys.fit:
        several = _inputs(program, theirs.module, seed, batch)
        outputs = _evaluated(ours, theirs.module, several)
        training, more = _trained(ours, theirs.module, several, seed)
        notes += more
    return Verification(
        network=program.name,
        reference=theirs.name,
        weights=None if weights is None else named(weights),
        seed=seed,
        batch=batch,
        keys=keys,
        params=Figures(spec=cost.params, emitted=_params(ours), reference=_params(theirs.module)),
        macs=figures,
        outputs=outputs,
        training=training,
        notes=notes,
    )


def _classes(program: Program) -> int:
    """How many classes the network was given, if that is one of its parameters."""
    found = dict(program.root.arguments).get("classes", CLASSES)
    return found if isinstance(found, int) else CLASSES


def _params(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _macs(module: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """As PyTorch counts them while one sample runs: two operations make a multiply-add."""
    module.eval()
    counter = FlopCounterMode(display=False)
    with _plain_kernels(), counter:
        module(*inputs)
    return counter.get_total_flops() // 2


def _evaluated(
    ours: nn.Module, theirs: nn.Module, inputs: tuple[Tensor, ...]
) -> tuple[OutputDifference, ...]:
    with torch.no_grad(), _plain_kernels():
        return _differences(_named(ours.eval()(*inputs)), _named(theirs.eval()(*inputs)))


def _trained(
    ours: nn.Module, theirs: nn.Module, inputs: tuple[Tensor, ...], seed: int
) -> tuple[tuple[OutputDifference, ...], tuple[str, ...]]:
    """Outputs in training mode, heads included, and what the pass left in the buffers."""
    state = {key: value.clone() for key, value in theirs.state_dict().items()}
    found, notes = _training_pass(ours.train(), theirs.train(), inputs, seed)
    if all(difference.ok for difference in found):
        return found, notes
    for module in (ours, theirs):
        module.load_state_dict(state)
        if not _without_draws(module):
            return found, notes
    found, notes = _training_pass(ours, theirs, inputs, seed)
    return found, (*notes, DRAWS_NOTE)


def _training_pass(
    ours: nn.Module, theirs: nn.Module, inputs: tuple[Tensor, ...], seed: int
) -> tuple[tuple[OutputDifference, ...], tuple[str, ...]]:
    outputs = []
    for module in (ours, theirs):
        with torch.no_grad(), _plain_kernels(), _seeded(seed):
            outputs.append(_named(module(*inputs)))
    aligned = _aligned(*outputs)
    buffers = [dict(module.named_buffers()) for module in (ours, theirs)]
    shared = [key for key in buffers[0] if key in buffers[1]]
    first, second = ({key: own[key] for key in shared} for own in buffers)
    found = _differences(aligned | first, outputs[1] | second)
    reordered = any(aligned[name] is not outputs[0].get(name) for name in aligned)
    return found, (ORDER_NOTE,) if reordered else ()


def _aligned(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Our outputs under the names of theirs that they equal, if that covers all of them."""
    left = list(ours.values())
    found: dict[str, Tensor] = {}
    for name, wanted in theirs.items():
        at = next((k for k, own in enumerate(left) if torch.equal(own, wanted)), None)
        if at is None:
            return ours
        found[name] = left.pop(at)
    return ours if left else found


def _without_draws(module: nn.Module) -> bool:
    """Puts the layers that draw random numbers out of training; whether there were any."""
    random = [m for m in module.modules() if type(m).__name__.startswith(RANDOM_LAYERS)]
    for layer in random:
        layer.eval()
    return bool(random)


def _named(output: object, name: str = "output") -> dict[str, Tensor]:
    """A module's result, whatever it is made of, as tensors by name; None is left out.

    A collection of one is that one: published segmentation models return `{"out": tensor}`.
    """
    if isinstance(output, Tensor):
        return {name: output}
    items: Sequence[object] = ()
    if isinstance(output, Mapping):
        items = tuple(output.values())
    elif isinstance(output, Sequence) and not isinstance(output, str):
        items = tuple(output)
    if len(items) == 1:
        return _named(items[0], name)
    found: dict[str, Tensor] = {}
    for k, item in enumerate(items):
        found |= _named(item, f"{name} {k}")
    return found


def _differences(
    ours: dict[str, Tensor], theirs: dict[str, Tensor]
) -> tuple[OutputDifference, ...]:
    names = dict.fromkeys((*ours, *theirs))
    return tuple(_compared(name, ours.get(name), theirs.get(name)) for name in names)


def _compared(name: str, ours: Tensor | None, theirs: Tensor | None) -> OutputDifference:
    shapes = [tuple(t.shape) if t is not None else None for t in (ours, theirs)]
    largest = None
    if ours is not None and theirs is not None and shapes[0] == shapes[1]:
        largest = float((ours.double() - theirs.double()).abs().max()) if ours.numel() else 0.0
    return OutputDifference(name=name, ours=shapes[0], theirs=shapes[1], largest=largest)


# --- surroundings ----------------------------------------------------------------------------


def _inputs(program: Program, module: nn.Module, seed: int, batch: int) -> tuple[Tensor, ...]:
    """Random inputs: normal numbers, or indices that every embedding of the reference knows."""
    draw = torch.Generator().manual_seed(seed)
    tables = [m.num_embeddings for m in module.modules() if isinstance(m, nn.Embedding)]
    limit = min(tables, default=2)
    return tuple(_input(type_, draw, batch, limit) for type_ in program.root.inputs)


def _input(type_: TensorType, draw: torch.Generator, batch: int, limit: int) -> Tensor:
    shape = (batch, *type_.shape)
    if type_.dtype is DType.INT:
        return torch.randint(limit, shape, generator=draw)
    return torch.randn(shape, generator=draw)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Random numbers from the seed on, and as if nothing had happened afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


@contextmanager
def _plain_kernels() -> Iterator[None]:
    """Attention as matrix products, so that both sides take the same way and all is counted."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
