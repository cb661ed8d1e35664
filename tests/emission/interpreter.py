"""A program run step by step, straight from its graph: what the emitted source must agree with."""

from functools import reduce

import torch
from torch import nn

from archdsl.ir.code import Attr, Call, Fold, In, Index, Infix, List, Name, Self, Slice
from archdsl.ir.graph import Scope, Step

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "@": lambda a, b: a @ b,
}


class Interpreted(nn.Module):
    """One scope: its steps' modules under their names, run in order by their refs. `heads` are the
    steps whose results are given besides in training."""

    def __init__(
        self, scope: Scope, helpers: dict[str, object], heads: tuple[int, ...] = ()
    ) -> None:
        super().__init__()
        self._scope = scope
        self._heads = heads
        self._emissions = {}
        made = {}
        for index, step in enumerate(scope.steps):
            if not isinstance(step.target, Scope):
                op = step.target.apart()  # every value is a value of its own
                self._emissions[index] = op.emit(scope.types_of(step.inputs))
            if step.name not in made:
                made[step.name] = self._make(index, step, helpers)
        for name in scope.modules:
            value = made.get(name)
            if isinstance(value, nn.Parameter):
                self.register_parameter(name, value)
            elif isinstance(value, nn.Buffer):
                self.register_buffer(name, value, persistent=value.persistent)
            elif value is not None:
                self.add_module(name, value)

    def _make(self, index: int, step: Step, helpers: dict[str, object]) -> object:
        if isinstance(step.target, Scope):
            return Interpreted(step.target, helpers)
        build = self._emissions[index].build
        return None if build is None else run(build, helpers, None, ())

    def forward(self, *inputs: torch.Tensor) -> object:
        results: list[tuple[torch.Tensor, ...]] = []

        def read(ref):
            return inputs[ref.output] if ref.step < 0 else results[ref.step][ref.output]

        for index, step in enumerate(self._scope.steps):
            if step.training_only and not self.training:
                results.append(())
                continue
            given = tuple(read(ref) for ref in step.inputs)
            own = getattr(self, step.name, None)
            if isinstance(step.target, Scope):
                value = own(*given)
            else:
                value = run(self._emissions[index].forward, {}, own, given)
            results.append(value if isinstance(value, tuple | list) else (value,))
        heads = self._heads if self.training else ()
        outputs = [*(read(ref) for ref in self._scope.results), *(results[k][0] for k in heads)]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)


def run(code, names, own, inputs):
    """The value of an op's code: an interpreter of its own, without any printing."""

    def go(part):
        return run(part, names, own, inputs)

    match code:
        case In(index):
            return inputs[index]
        case Self():
            return own
        case Name(text):
            return named(text, names)
        case Attr(value, name):
            return getattr(go(value), name)
        case Call(func, args, kwargs):
            function = named(func, names) if isinstance(func, str) else go(func)
            return function(*map(go, args), **{key: go(value) for key, value in kwargs})
        case Infix(op, operands):
            value = go(operands[0])
            for operand in operands[1:]:
                value = BINARY[op](value, go(operand))
            return value
        case Fold(func, operands):
            return reduce(named(func, names), map(go, operands))
        case List(items):
            return [go(item) for item in items]
        case Index(value, items):
            places = tuple(piece(i) if isinstance(i, Slice) else go(i) for i in items)
            return go(value)[places if len(places) > 1 else places[0]]
        case tuple():
            return tuple(go(item) for item in code)
    return code


def piece(item: Slice) -> slice:
    return slice(item.start, item.stop, item.step)


def named(text: str, names: dict[str, object]) -> object:
    """`nn.Conv2d`, `torch.cat`, a helper class."""
    first, *rest = text.split(".")
    value = {"torch": torch, "nn": nn, "F": nn.functional, **names}[first]
    for part in rest:
        value = getattr(value, part)
    return value
