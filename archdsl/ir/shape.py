"""Tensor types: a shape without its batch dimension, and what its elements are.

Layouts follow PyTorch: `CxL`, `CxHxW`, `CxDxHxW` for images, `LxF` for tokens, `F` for vectors.
Dimensions in arguments (`dim=1`) are counted as PyTorch counts them, the batch being dimension 0.
"""

from enum import Enum
from math import prod

from msgspec import Struct

Shape = tuple[int, ...]
INT_BYTES = 8  # of a whole number, whatever type the network's other numbers have


class DType(Enum):
    FLOAT = "float"
    INT = "int"

    __hash__ = object.__hash__  # each is one object; `Enum` hashes names, in Python

    def width(self, element: int) -> int:
        """The bytes of an element; one of the network's own type has `element` bytes."""
        return element if self is DType.FLOAT else INT_BYTES


class TensorType(Struct, frozen=True, gc=False):
    """The shape of one sample and the kind of its elements; of whole numbers that the spec gives,
    that all are `below` a number."""

    shape: Shape
    dtype: DType = DType.FLOAT
    below: int | None = None

    @property
    def numel(self) -> int:
        return prod(self.shape)

    @property
    def rank(self) -> int:
        return len(self.shape)

    def shaped(self, shape: Shape) -> "TensorType":
        """Of the same elements, or some of them, in another shape."""
        return TensorType(shape, self.dtype, self.below)

    def __str__(self) -> str:
        text = format_shape(self.shape)
        return text if self.dtype is DType.FLOAT else f"{text} {self.dtype.value}"


Types = tuple[TensorType, ...]  # of the inputs or results of a step


def format_shape(shape: Shape) -> str:
    """`(64, 56, 56)` as the language writes it: `64x56x56`; the empty shape is `scalar`."""
    return "x".join(str(d) for d in shape) if shape else "scalar"
