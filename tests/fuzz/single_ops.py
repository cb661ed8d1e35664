"""One op with random arguments and inputs: archdsl and PyTorch must say the same of it.

A case runs on small CPU tensors, since the meta device accepts some of what kernels refuse; the
code that the op emits is built and run on the meta device.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

import random_layers
import random_structure
import random_tensors
import torch
from differential import REFUSALS, UNCOUNTED, Case
from emitted import batch, helper, results
from interpreter import run
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from archdsl.ir.graph import WeightKind
from archdsl.ir.shape import DType, TensorType
from archdsl.ops.argument import Refused
from archdsl.ops.base import Misfit, Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

from .running import Outcome

SAMPLES = 11  # more than the sizes that could take the batch's place
Types = tuple[TensorType, ...]


def _trials(generators: Mapping[str, Callable[[Random], Any]]) -> dict[str, Callable[..., Case]]:
    def of(word: str) -> Callable[[Random], Case]:
        return lambda rng: generators[word](rng).of(word)

    return {word: of(word) for word in generators}


GENERATORS: dict[str, Callable[[Random], Case]] = {
    **random_layers.GENERATORS,
    **_trials(random_structure.GENERATORS),
    **_trials(random_tensors.GENERATORS),
}
WORDS = tuple(GENERATORS)


def draw(rng: Random) -> Case:
    """A case of any op; the rarer ones as often as `conv`."""
    return GENERATORS[rng.choice(WORDS)](rng)


class OpFuzzer:
    """Compares cases of ops while it is open: the counter of operations is opened with it."""

    def __init__(self) -> None:
        self._counter = FlopCounterMode(display=False, custom_mapping=UNCOUNTED)

    def __enter__(self) -> "OpFuzzer":
        self._counter.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self._counter.__exit__(*reason)

    def shown(self, rng: Random) -> str:
        return str(draw(rng))

    def judge(self, rng: Random) -> Outcome:
        case = draw(rng)
        torch.manual_seed(0)
        ours = _accepted(case)
        theirs = self._reference(case)
        if isinstance(ours, str) or isinstance(theirs, str):
            return Outcome(legal=False, disagreement=_verdicts(ours, theirs))
        op, outputs = ours
        oracle, tensors, macs = theirs
        pairs = {
            "shapes": (_shapes(outputs), _sample_shapes(tensors)),
            "elements": ([t.dtype for t in outputs], [_dtype(t) for t in tensors]),
            "MACs": (op.macs(case.inputs, outputs), macs),
            **_weights(op, case.inputs, oracle),
            **_emission(op, case.inputs, outputs),
        }
        for what, (mine, other) in pairs.items():
            if mine != other:
                return Outcome(True, f"{what}: archdsl has {mine}, PyTorch {other}")
        return Outcome(True)

    def _reference(self, case: Case) -> tuple[Any, tuple[Tensor, ...], float] | str:
        """The oracle, its results and MACs of a sample; why PyTorch refuses, or nothing is left."""
        before = self._counter.get_total_flops()
        try:
            oracle = case.oracle()
            tensors = results(oracle(*batch(case.inputs, size=SAMPLES)))
        except REFUSALS as error:
            return f"{type(error).__name__}: {error}"
        if not all(t.numel() for t in tensors):
            return "a result without elements"
        if any(t.shape[:1] != (SAMPLES,) for t in tensors):
            return "the samples are mixed"
        return oracle, tensors, (self._counter.get_total_flops() - before) / 2 / SAMPLES


def _accepted(case: Case) -> tuple[Op, Types] | str:
    try:
        op = validated(ops()[case.word], case.arguments)
        return op, op.infer(case.inputs)
    except (Refused, Misfit) as refusal:
        return str(refusal)


def _verdicts(ours: object, theirs: object) -> str | None:
    if isinstance(ours, str) and isinstance(theirs, str):
        return None
    if isinstance(ours, str):
        return f"PyTorch accepts it, archdsl does not: {ours}"
    return f"archdsl accepts it, PyTorch does not: {theirs}"


def _weights(op: Op, inputs: Types, oracle: object) -> dict[str, tuple[object, object]]:
    """Keys with shapes and the number of parameters: what the op says and what a layer has."""
    if not isinstance(oracle, nn.Module):
        return {}
    said = op.weights(inputs)
    learned = sum(w.numel for w in said if w.kind is not WeightKind.BUFFER)
    return {
        "keys": ([(w.name, w.shape) for w in said], _state(oracle)),
        "parameters": (learned, sum(p.numel() for p in oracle.parameters())),
    }


def _emission(op: Op, inputs: Types, outputs: Types) -> dict[str, tuple[object, object]]:
    """The keys and shapes that the emitted code has on the meta device."""
    emission = op.emit(inputs)
    whole = nn.Module()
    try:
        with torch.device("meta"):
            names = {name: _helper(name) for name in emission.helpers}
            whole.layer = run(emission.build, names, None, ())
            whole.eval()  # in training, bn without a momentum looks at its number of batches
            given = batch(inputs, "meta", SAMPLES)
            tensors = results(run(emission.forward, {}, whole.layer, given))
    except REFUSALS as error:
        return {"emitted code": ("runs", f"{type(error).__name__}: {error}")}
    said = [(f"layer.{w.name}" if w.name else "layer", w.shape) for w in op.weights(inputs)]
    return {
        "emitted keys": (said, _state(whole)),
        "emitted shapes": (_shapes(outputs), _sample_shapes(tensors)),
    }


@cache
def _helper(name: str) -> Any:
    namespace: dict[str, Any] = {"math": math, "torch": torch, "nn": nn, "Tensor": Tensor}
    exec(helper(name), namespace)
    return namespace[name]


def _state(module: nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    return [(key, tuple(value.shape)) for key, value in module.state_dict().items()]


def _shapes(types: Types) -> list[tuple[int, ...]]:
    return [t.shape for t in types]


def _sample_shapes(tensors: tuple[Tensor, ...]) -> list[tuple[int, ...]]:
    return [tuple(t.shape[1:]) for t in tensors]


def _dtype(tensor: Tensor) -> DType:
    return DType.FLOAT if tensor.is_floating_point() else DType.INT
