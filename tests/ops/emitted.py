"""One op's emission as a running PyTorch module, by a renderer that knows nothing of layout."""

import math
from functools import reduce
from importlib.resources import files

import torch
from torch import nn

from archdsl.ir.code import Attr, Call, Code, Fold, In, Index, Infix, List, Name, Self, Slice
from archdsl.ir.shape import DType, TensorType
from archdsl.ops.base import Op

TEMPLATE = """
class Emitted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = {build}

    def forward(self, {inputs}):
        return {forward}
"""


def emitted(op: Op, inputs: tuple[TensorType, ...], device: str = "cpu") -> nn.Module:
    """A module whose `layer` is what the op builds and whose `forward` is what it emits."""
    emission = op.emit(inputs)
    source = "".join(helper(name) + "\n\n" for name in emission.helpers)
    source += TEMPLATE.format(
        build=text(emission.build),
        forward=text(emission.forward),
        inputs=", ".join(f"x{k}" for k in range(len(inputs))),
    )
    namespace: dict[str, object] = {"math": math, "torch": torch, "nn": nn, "Tensor": torch.Tensor}
    exec(compile(source, "<emitted>", "exec"), namespace)
    with torch.device(device):
        return namespace["Emitted"]()


def helper(name: str) -> str:
    """The text of a helper class."""
    return (files("archdsl.ops") / "helpers" / f"{name}.txt").read_text(encoding="utf-8")


def text(code: Code) -> str:
    """Python source of one expression, with more parentheses than a person would write."""
    match code:
        case In(index):
            return f"x{index}"
        case Self():
            return "self.layer"
        case Name(name):
            return name
        case Attr(value, name):
            return f"{text(value)}.{name}"
        case Call(func, args, kwargs):
            given = [text(a) for a in args] + [f"{k}={text(v)}" for k, v in kwargs]
            return f"{func if isinstance(func, str) else text(func)}({', '.join(given)})"
        case Infix(op, operands):
            return "(" + f" {op} ".join(text(o) for o in operands) + ")"
        case Fold(func, operands):
            first, *others = map(text, operands)
            return reduce(lambda value, other: f"{func}({value}, {other})", others, first)
        case List(items):
            return "[" + ", ".join(text(i) for i in items) + "]"
        case Index(value, items):
            return f"{text(value)}[{', '.join(_item(i) for i in items)}]"
        case tuple():
            return "(" + "".join(f"{text(i)}, " for i in code) + ")"
        case _:
            return repr(code)


def _item(item: Code | Slice) -> str:
    if not isinstance(item, Slice):
        return text(item)
    return ":".join(
        "" if part is None else str(part) for part in (item.start, item.stop, item.step)
    )


def batch(inputs: tuple[TensorType, ...], device: str = "cpu", size: int = 2) -> list[torch.Tensor]:
    """Input tensors of that many samples: random on the CPU, integers zero."""
    return [
        torch.zeros((size, *x.shape), dtype=torch.long, device=device)
        if x.dtype is DType.INT
        else torch.randn((size, *x.shape), device=device)
        for x in inputs
    ]


def results(value: object) -> tuple[torch.Tensor, ...]:
    """One result or several as a tuple."""
    return (value,) if isinstance(value, torch.Tensor) else tuple(value)
