"""The contract of an op: everything about one primitive stands in one class.

A subclass declares the op's arguments (types, bounds, defaults, help); its values are structs.
What PyTorch refuses, `infer` refuses, by raising `Misfit` with the argument's name and the sum.
`Misfit` never leaves `archdsl.semantics`, which knows the place and makes it a diagnostic.
"""

from collections.abc import Iterator
from enum import Enum
from inspect import get_annotations
from typing import Any, ClassVar, get_origin

from msgspec import Struct

from archdsl.ir.code import Emission
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import Footprint
from archdsl.ir.graph import Weight
from archdsl.ir.reach import POINT, Looks
from archdsl.ir.shape import DType, Shape, TensorType, Types
from archdsl.ops.argument import Described

MANY = 1_000_000


class Differ(Enum):
    """In what the branches of a merge disagree."""

    CHANNELS = "channels"
    SIZE = "size"


class Misfit(Exception):
    """A refusal by an op: a code, a sentence, and where known the argument and the sum.

    `argument` is a field's name (None: the input's shape is at fault), `arithmetic` the formula
    with its numbers, `hint` one thing to do. `branches` are the merge's inputs that disagree, and
    `differ` is in what, where the steps that made them may tell a better thing to do.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        argument: str | None = None,
        arithmetic: str = "",
        hint: str = "",
        branches: tuple[int, ...] = (),
        differ: Differ | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.argument = argument
        self.arithmetic = arithmetic
        self.hint = hint
        self.branches = branches
        self.differ = differ


class OpFamily(Enum):
    """The pages of the op reference, and the colours of the diagrams."""

    CONVOLUTION = "convolution"
    POOLING = "pooling"
    LINEAR = "linear"
    NORMALISATION = "normalisation"
    ACTIVATION = "activation"
    REGULARISATION = "regularisation"
    SHAPE = "shape"
    REDUCTION = "reduction"
    ATTENTION = "attention"
    MERGE = "merge"
    TENSOR = "tensor"


class Example(Struct, frozen=True):
    """An input (or several) and arguments: checked against PyTorch, printed in the reference."""

    inputs: Types
    arguments: dict[str, Any]


def example(*shapes: Shape, dtype: DType = DType.FLOAT, **arguments: Any) -> Example:
    return Example(tuple(TensorType(s, dtype) for s in shapes), arguments)


class LinearMap(Struct, frozen=True):
    """An op that is linear with learned filters; `biased` is it with a bias.

    Its weight begins with the channels of the result; a transposed one's has them second, those of
    each of its `groups`.
    """

    biased: "Op"
    groups: int | None = None


class ChannelMap(Struct, frozen=True):
    """A norm that at inference multiplies each channel by a number and adds one: what it adds to
    the variance."""

    eps: float


class Op(Described):
    """One primitive with its arguments. Subclasses set the class facts and override the hooks."""

    family: ClassVar[OpFamily]
    transparent: ClassVar[bool] = False  # as a whole branch it is the flow itself, and no step
    inputs: ClassVar[tuple[int, int]] = (1, 1)  # (2, MANY): a merge
    dtype: ClassVar[DType | None] = DType.FLOAT  # what every input's elements must be; None: any
    fixed_footprint: ClassVar[Footprint]  # of each use, unless `footprint` works it out
    passes_at_inference: ClassVar[bool] = False  # its result is its input then
    normalises: ClassVar[bool] = False  # its results are probabilities or their logarithms
    size_last: ClassVar[bool] = False  # PyTorch's layer takes the channels behind `positional`
    torch: ClassVar[str] = ""  # the PyTorch page it follows: `torch.nn.Conv2d`
    crowded: ClassVar[str] = "merge two of them first"  # what to do about too many branches
    measures: ClassVar[int] = 0  # the number of last inputs of which it reads only the sizes
    like: ClassVar[str] = ""  # the op with the size of another tensor in place of its own
    twin: ClassVar[str] = ""  # another activation that a parameter may give in its place
    merging: ClassVar[str] = ""  # the merge that does its work on branches
    examples: ClassVar[tuple[Example, ...]]

    def infer(self, inputs: Types) -> Types:
        """The result types, or raise `Misfit`. Most ops have one result."""
        raise NotImplementedError

    def emit(self, inputs: Types) -> Emission:
        """The PyTorch code, for inputs that `infer` accepted; defaults are left out."""
        raise NotImplementedError

    def is_features_last(self, inputs: Types) -> bool:
        """True where it works on the last dimension of its first input, the features."""
        return False

    def emit_measured(self, inputs: Types) -> Emission:
        """The same where a size is taken from a tensor as `forward` runs, so that it must stand
        there: `archdsl.ir.measured` tells of it."""
        return self.emit(inputs)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        """The tensors in its `state_dict`, in PyTorch's order."""
        return ()

    def macs(self, inputs: Types, outputs: Types) -> int:
        """Multiply-adds of convolutions, linear layers and matrix products for one sample."""
        return 0

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """The counts of other tools: torchinfo counts a plain layer's weights once."""
        plain = (w.numel for w in self.weights(inputs) if w.name in ("weight", "bias"))
        return Counts(torchinfo=sum(plain))

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        """Element-wise operations of one sample, those that are no MACs: one per result element
        for an activation, one per window element for a pool, two for a normalisation."""
        return 0

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The footprint of a use: where its results lie, and what the backward pass reads."""
        return self.fixed_footprint

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        """The look of a result's elements at each input: at those in their own places, unless
        the op says otherwise."""
        return (POINT,) * len(inputs)

    def normalised_together(self, inputs: Types) -> int | None:
        """The number of elements that share each of a norm's statistics; None for no norm, or one
        that takes them from other samples too."""
        return None

    def values_of_a_sample(self, inputs: Types) -> int | None:
        """The number of elements of one sample that share each statistic of a norm over all
        samples; None for an op without a norm of this kind. PyTorch refuses to train where it is
        one in all."""
        return None

    def overwriting(self) -> "Op | None":
        """The same element by element, written over the input, in training too; None if PyTorch
        cannot."""
        return None

    def apart(self) -> "Op":
        """The same with a result of its own, whatever the spec asks for."""
        return self

    # --- what the deploy form asks -----------------------------------------------------------

    def linear_map(self, inputs: Types) -> LinearMap | None:
        """The way to work a norm after it into its weights; None if there is none."""
        return None

    def channel_map(self) -> ChannelMap | None:
        """The linear map of each channel at inference, where it is fixed."""
        return None

    def beside(self, others: "tuple[Op, ...]") -> "Op | None":
        """One op, with a bias, for it and others over the same input: their channels in a row."""
        return None

    def plus(self, other: "Op", inputs: Types) -> "Op | None":
        """One op, with a bias, for the sum of its and another's results for the same input."""
        return None

    def passing(self, inputs: Types) -> "Op | None":
        """An op of its kind that, with the right weights, gives its input unchanged."""
        return None

    @classmethod
    def declared(cls) -> None:
        """Refuses a class that leaves out what an op must say, or has a hook that nothing calls."""
        if "word" not in cls.__dict__:
            return  # an intermediate class of a family
        for fact in cls._facts():
            if not hasattr(cls, fact):
                raise TypeError(f"op {cls.__name__} does not say its {fact}")
        if not cls.__doc__:
            raise TypeError(f"op {cls.__name__} has no docstring")
        for hook in ("infer", "emit"):
            if getattr(cls, hook) is getattr(Op, hook):
                raise TypeError(f"op {cls.__name__} lacks the hook {hook}")
        for field in filter(None, (*cls.positional, cls.variadic)):
            if field not in cls.arguments:
                raise TypeError(f"op {cls.__name__} has no argument {field}")
        known = {*dir(Op), *cls.arguments}
        for base in cls.__mro__[: cls.__mro__.index(Op)]:
            for name, value in vars(base).items():
                if name.startswith("_") or name in known or not callable(value):
                    continue
                raise TypeError(f"op {cls.__name__} has a hook {name} that nothing calls")

    @classmethod
    def _facts(cls) -> Iterator[str]:
        """The facts that an op must state: each one that it or a class above it names. A footprint
        that is worked out is not fixed."""
        works_it_out = cls.footprint is not Op.footprint
        for base in cls.__mro__[: cls.__mro__.index(Op) + 1]:
            for name, kind in get_annotations(base).items():
                origin: object = get_origin(kind)
                needless = name == "fixed_footprint" and base is Op and works_it_out
                if origin is ClassVar and not needless:
                    yield name
