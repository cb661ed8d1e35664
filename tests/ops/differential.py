"""Random uses of an op, legal and not: it must accept what PyTorch accepts, with equal results.

A generator gives a `Case`: the op's word with arguments, the inputs' shapes, and the module that a
PyTorch user would write for it (the oracle). Small sizes run on real CPU tensors, since the meta
device accepts some of what kernels refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Any

import torch
from emitted import batch, emitted, results
from torch import Size, nn

from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.argument import Refused
from archdsl.ops.base import Misfit, Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

REFUSALS = (RuntimeError, ValueError, TypeError, AssertionError, IndexError)


def bilinear_flops(left: Size, weight: Size, right: Size, *_: object, out_shape: Size) -> int:
    """Two per element of the result and pair of features."""
    return 2 * prod(out_shape) * left[-1] * right[-1]


UNCOUNTED = {torch.ops.aten._trilinear: bilinear_flops}  # products that torch's counter passes over


@dataclass(frozen=True)
class Case:
    word: str
    arguments: dict[str, Any]
    shapes: tuple[Shape, ...]
    oracle: Callable[[], Callable[..., Any]]
    dtype: DType = DType.FLOAT

    @property
    def inputs(self) -> tuple[TensorType, ...]:
        return tuple(TensorType(shape, self.dtype) for shape in self.shapes)

    def __str__(self) -> str:
        return f"{self.word}({self.arguments}) on {self.shapes}"


Generator = Callable[[Random], Case]


def compare(generator: Generator, count: int = 200, seed: int = 0, fewest: int = 20) -> None:
    """Check `count` random cases, of which at least `fewest` must be legal."""
    rng = Random(seed)
    legal = sum(_agrees(generator(rng)) for _ in range(count))
    assert legal >= fewest, f"only {legal} of {count} cases were legal"


def _agrees(case: Case) -> bool:
    """Whether both accept the case; fails where they disagree."""
    accepted = _accept(case)
    reference = _reference(case)
    if accepted is None or reference is None:
        assert accepted is None, f"PyTorch refuses {case}"
        assert reference is None, f"PyTorch accepts {case}: {_refusal(case)}"
        return False
    op, outputs = accepted
    module, tensors = reference
    assert [tuple(t.shape[1:]) for t in tensors] == [o.shape for o in outputs], str(case)
    _check_values(case, emitted(op, case.inputs), module)
    return True


def _accept(case: Case) -> tuple[Op, tuple[TensorType, ...]] | None:
    try:
        op = validated(ops()[case.word], case.arguments)
        return op, op.infer(case.inputs)
    except (Refused, Misfit):
        return None


def _refusal(case: Case) -> str:
    try:
        validated(ops()[case.word], case.arguments).infer(case.inputs)
    except (Refused, Misfit) as error:
        return str(error)
    return ""


def _reference(case: Case) -> tuple[Callable[..., Any], tuple[torch.Tensor, ...]] | None:
    """The oracle and its results; a result without elements counts as refused (kernels differ)."""
    try:
        module = case.oracle()
        tensors = results(module(*batch(case.inputs)))
    except REFUSALS:
        return None
    return (module, tensors) if all(t.numel() for t in tensors) else None


def _check_values(case: Case, ours: nn.Module, theirs: Callable[..., Any]) -> None:
    """The same numbers from the same weights and random state, in training and in evaluation."""
    state = theirs.state_dict() if isinstance(theirs, nn.Module) else {}
    ours.load_state_dict({f"layer.{key}": value for key, value in state.items()})
    tensors = batch(case.inputs)
    for training in (True, False):
        for module in (ours, theirs):
            if isinstance(module, nn.Module):
                module.train(training)
        torch.manual_seed(1)
        expected = results(theirs(*(t.clone() for t in tensors)))
        torch.manual_seed(1)
        actual = results(ours(*(t.clone() for t in tensors)))
        for a, b in zip(actual, expected, strict=True):
            torch.testing.assert_close(a, b, equal_nan=True, msg=lambda m: f"{case}: {m}")
