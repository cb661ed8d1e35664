"""Every op by its word. A new family is a new line here; a new op is none."""

from functools import cache
from importlib import import_module

from archdsl.ops.base import Op

FAMILIES = (
    "conv",
    "pool",
    "norm",
    "activation",
    "regularisation",
    "linear",
    "attention",
    "shape",
    "order",
    "parts",
    "resample",
    "reduction",
    "tensor",
    "merge",
)


@cache
def ops() -> dict[str, type[Op]]:
    """All ops, in the order of the reference."""
    found: dict[str, type[Op]] = {}
    for family in FAMILIES:
        room = import_module(f"archdsl.ops.{family}")
        for value in vars(room).values():
            if getattr(value, "__module__", "") == room.__name__ and "word" in vars(value):
                found[value.word] = value
    return found
