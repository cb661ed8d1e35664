"""Activations, with the names, arguments and defaults of `torch.nn`."""

from typing import ClassVar, Literal

from msgspec.structs import replace
from pydantic import Field

from archdsl.ir.code import Call, Emission, In, expression, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import INPUTS, OUTPUTS, Footprint, Home
from archdsl.ir.graph import Reach, Weight
from archdsl.ir.shape import TensorType
from archdsl.ops.base import Example, Family, Misfit, Op, example
from archdsl.ops.dims import Dim, resolve
from archdsl.ops.sizes import Fraction, Number, Positive, changed, layer, leading, options

FLOAT_MOST = 3.4028234663852886e38  # in 32 bits

IMAGE = (example((64, 14, 14)),)
PLAIN_AND_INPLACE = (example((64, 14, 14)), example((120,), inplace=True))


class Activation(Op):
    """Element by element: the input's shape, one operation an element."""

    family: ClassVar[Family] = Family.ACTIVATION
    leaves: ClassVar[Footprint] = INPUTS
    examples: ClassVar[tuple[Example, ...]] = IMAGE

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        return inputs

    def elementwise(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return outputs[0].numel

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        others = (name for name in type(self).model_fields if name not in self.positional)
        return module(Call(layer(self.torch), leading(self), changed(self, *others)))


class InplaceActivation(Activation):
    """One that PyTorch can write over its input."""

    examples: ClassVar[tuple[Example, ...]] = PLAIN_AND_INPLACE

    from_result: ClassVar[bool] = True  # the derivative can be had from the result

    inplace: bool = Field(False, description="overwrite the input")

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """In place PyTorch reads the result, or a copy of what was overwritten."""
        if not self.inplace:
            return self.leaves
        if self.from_result:
            return Footprint(Home.INPUT, outputs=True)
        return Footprint(Home.INPUT, elements=outputs[0].numel if training else 0)

    def overwriting(self) -> Op | None:
        return self.model_copy(update={"inplace": True}) if self._can_overwrite() else None

    def _can_overwrite(self) -> bool:
        """Whether the backward pass can do without the input. PyTorch's cannot where the result
        hides the input's sign."""
        return True


class Relu(InplaceActivation):
    """max(0, x) (Nair and Hinton, 2010)."""

    word: ClassVar[str] = "relu"
    torch: ClassVar[str] = "torch.nn.ReLU"
    leaves: ClassVar[Footprint] = OUTPUTS


class Relu6(InplaceActivation):
    """min(max(0, x), 6) (Howard et al., 2017)."""

    word: ClassVar[str] = "relu6"
    torch: ClassVar[str] = "torch.nn.ReLU6"
    from_result: ClassVar[bool] = False


class LeakyRelu(InplaceActivation):
    """x where positive, else a small slope times x (Maas et al., 2013)."""

    word: ClassVar[str] = "leaky_relu"
    torch: ClassVar[str] = "torch.nn.LeakyReLU"
    positional: ClassVar[tuple[str, ...]] = ("negative_slope",)
    examples: ClassVar[tuple[Example, ...]] = (*IMAGE, example((64, 8, 8), negative_slope=0.2))

    negative_slope: Number = Field(0.01, description="slope where x is negative")

    def _can_overwrite(self) -> bool:
        return self.negative_slope >= 0


class Prelu(Activation):
    """Leaky relu with a learned slope, one for all channels or one for each (He et al., 2015)."""

    word: ClassVar[str] = "prelu"
    torch: ClassVar[str] = "torch.nn.PReLU"
    positional: ClassVar[tuple[str, ...]] = ("num_parameters",)
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 14, 14)),
        example((64, 14, 14), num_parameters=64),
        example((120,), num_parameters=120, init=0.1),
    )

    num_parameters: Positive = Field(1, description="learned slopes: 1, or one per channel")
    init: Number = Field(0.25, description="the slopes before training")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        channels = inputs[0].shape[0] if inputs[0].shape else 1
        if self.num_parameters not in (1, channels):
            raise Misfit(
                "E0327",
                f"`prelu` has {self.num_parameters} slopes for {channels} channels",
                argument="num_parameters",
                hint="give 1, or `input.channels`",
            )
        return inputs

    def weights(self, inputs: tuple[TensorType, ...]) -> tuple[Weight, ...]:
        return (Weight("weight", (self.num_parameters,)),)

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        return Counts(thop=outputs[0].numel, torchinfo=self.num_parameters)


class Rrelu(InplaceActivation):
    """Leaky relu whose slope is random while training (Xu et al., 2015)."""

    word: ClassVar[str] = "rrelu"
    torch: ClassVar[str] = "torch.nn.RReLU"
    positional: ClassVar[tuple[str, ...]] = ("lower", "upper")
    examples: ClassVar[tuple[Example, ...]] = (*IMAGE, example((64, 8, 8), lower=0.1, upper=0.3))

    lower: Number = Field(1 / 8, description="smallest slope")
    upper: Number = Field(1 / 3, description="largest slope")

    def _can_overwrite(self) -> bool:
        return self.lower + self.upper >= 0

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        if self.lower > self.upper:
            raise _wrong_way_round("lower", self.lower, "upper", self.upper)
        return inputs

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The random slopes besides."""
        kept = super().footprint(inputs, outputs, training)
        return replace(kept, elements=outputs[0].numel)


class Elu(InplaceActivation):
    """x where positive, else α·(eˣ − 1) (Clevert et al., 2016)."""

    word: ClassVar[str] = "elu"
    torch: ClassVar[str] = "torch.nn.ELU"
    positional: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: Number = Field(1.0, description="α: minus the value far to the left")

    def _can_overwrite(self) -> bool:
        return self.alpha >= 0


class Celu(InplaceActivation):
    """x where positive, else α·(exp(x/α) − 1) (Barron, 2017)."""

    word: ClassVar[str] = "celu"
    torch: ClassVar[str] = "torch.nn.CELU"
    positional: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: Number = Field(1.0, gt=0, description="α: minus the value far to the left")


class Selu(InplaceActivation):
    """Scaled elu that keeps mean 0 and variance 1 (Klambauer et al., 2017)."""

    word: ClassVar[str] = "selu"
    torch: ClassVar[str] = "torch.nn.SELU"


class Gelu(Activation):
    """x·Φ(x), Φ the normal distribution function (Hendrycks and Gimpel, 2016)."""

    word: ClassVar[str] = "gelu"
    torch: ClassVar[str] = "torch.nn.GELU"
    examples: ClassVar[tuple[Example, ...]] = (*IMAGE, example((197, 768), approximate="tanh"))

    approximate: Literal["none", "tanh"] | None = Field(
        "none", description="`tanh`: the faster estimate; none: exact"
    )

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        keywords = (("approximate", "tanh"),) if self.approximate == "tanh" else ()
        return module(Call(layer(self.torch), (), keywords))


class Silu(InplaceActivation):
    """x·sigmoid(x), also called swish (Elfwing et al., 2018; Ramachandran et al., 2017)."""

    word: ClassVar[str] = "silu"
    torch: ClassVar[str] = "torch.nn.SiLU"
    from_result: ClassVar[bool] = False


class Mish(InplaceActivation):
    """x·tanh(softplus(x)) (Misra, 2020)."""

    word: ClassVar[str] = "mish"
    torch: ClassVar[str] = "torch.nn.Mish"
    from_result: ClassVar[bool] = False


class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ)."""

    word: ClassVar[str] = "sigmoid"
    torch: ClassVar[str] = "torch.nn.Sigmoid"
    leaves: ClassVar[Footprint] = OUTPUTS


class LogSigmoid(Activation):
    """The logarithm of the sigmoid."""

    word: ClassVar[str] = "log_sigmoid"
    torch: ClassVar[str] = "torch.nn.LogSigmoid"


class Tanh(Activation):
    """The hyperbolic tangent."""

    word: ClassVar[str] = "tanh"
    torch: ClassVar[str] = "torch.nn.Tanh"
    leaves: ClassVar[Footprint] = OUTPUTS


class SoftmaxLike(Activation):
    """Over one dimension, which only a vector leaves no doubt about."""

    leaves: ClassVar[Footprint] = OUTPUTS
    normalises: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        example((10,)),
        example((21, 64, 64), dim=1),
        example((12, 197, 197), dim=-1),
    )

    dim: Dim | None = Field(
        None, description="dimension that sums to 1, the batch being 0; needed but for a vector"
    )

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        if self.dim is None and x.rank > 1:
            raise Misfit(
                "E0326",
                f"`{self.word}` needs `dim`: the flow is {x}, which has more than one dimension",
                argument="dim",
                hint=f"write `{self.word}(dim=1)` for the channels, `dim=-1` for the last",
            )
        self._number(x)
        return inputs

    def reach(self, inputs: tuple[TensorType, ...]) -> Reach:
        return _along(self._number(inputs[0]), inputs[0])

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        dim = self.dim if isinstance(self.dim, int) else self._number(inputs[0])
        return module(Call(layer(self.torch), (), (("dim", dim),)))

    def _number(self, x: TensorType) -> int:
        return resolve(1 if self.dim is None else self.dim, x.rank)


class Softmax(SoftmaxLike):
    """eˣ over the sum of eˣ along a dimension."""

    word: ClassVar[str] = "softmax"
    torch: ClassVar[str] = "torch.nn.Softmax"

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        """thop counts n exponentials, n − 1 additions and n divisions for every n elements."""
        size = inputs[0].shape[self._number(inputs[0]) - 1]
        return Counts(thop=inputs[0].numel // size * (3 * size - 1))


class LogSoftmax(SoftmaxLike):
    """The logarithm of the softmax along a dimension."""

    word: ClassVar[str] = "log_softmax"
    torch: ClassVar[str] = "torch.nn.LogSoftmax"


class Softplus(Activation):
    """log(1 + exp(β·x)) / β, a smooth relu (Dugas et al., 2001)."""

    word: ClassVar[str] = "softplus"
    torch: ClassVar[str] = "torch.nn.Softplus"
    examples: ClassVar[tuple[Example, ...]] = (*IMAGE, example((120,), beta=2, threshold=10))

    beta: Number = Field(1.0, gt=0, description="β: how sharp the bend is")
    threshold: Number = Field(20.0, description="from this β·x on it is x")


class Abs(Activation):
    """The absolute value."""

    word: ClassVar[str] = "abs"
    torch: ClassVar[str] = "torch.abs"

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Call("torch.abs", (In(0),)))


class Softsign(Activation):
    """x / (1 + |x|)."""

    word: ClassVar[str] = "softsign"
    torch: ClassVar[str] = "torch.nn.Softsign"

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The divisor besides."""
        return Footprint(inputs=True, elements=outputs[0].numel)


class Hardswish(InplaceActivation):
    """x·relu6(x + 3) / 6 (Howard et al., 2019)."""

    word: ClassVar[str] = "hardswish"
    torch: ClassVar[str] = "torch.nn.Hardswish"
    from_result: ClassVar[bool] = False


class Hardsigmoid(InplaceActivation):
    """relu6(x + 3) / 6."""

    word: ClassVar[str] = "hardsigmoid"
    torch: ClassVar[str] = "torch.nn.Hardsigmoid"
    from_result: ClassVar[bool] = False


class Hardtanh(InplaceActivation):
    """x, held between two bounds."""

    word: ClassVar[str] = "hardtanh"
    torch: ClassVar[str] = "torch.nn.Hardtanh"
    positional: ClassVar[tuple[str, ...]] = ("min_val", "max_val")
    from_result: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = (
        *PLAIN_AND_INPLACE,
        example((64, 8, 8), max_val=6),
    )

    min_val: Number = Field(-1.0, description="lower bound")
    max_val: Number = Field(1.0, description="upper bound")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        if self.min_val >= self.max_val:
            raise _wrong_way_round("min_val", self.min_val, "max_val", self.max_val)
        return inputs


class Tanhshrink(Activation):
    """x − tanh(x)."""

    word: ClassVar[str] = "tanhshrink"
    torch: ClassVar[str] = "torch.nn.Tanhshrink"

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The tangent alone."""
        return Footprint(elements=outputs[0].numel)


class Softshrink(Activation):
    """x moved towards 0 by λ, and 0 nearer than that."""

    word: ClassVar[str] = "softshrink"
    torch: ClassVar[str] = "torch.nn.Softshrink"
    positional: ClassVar[tuple[str, ...]] = ("lambd",)

    lambd: Fraction = Field(0.5, le=FLOAT_MOST, description="λ")


class Hardshrink(Activation):
    """x, but 0 where |x| is at most λ."""

    word: ClassVar[str] = "hardshrink"
    torch: ClassVar[str] = "torch.nn.Hardshrink"
    positional: ClassVar[tuple[str, ...]] = ("lambd",)

    lambd: Number = Field(0.5, description="λ")


class Threshold(InplaceActivation):
    """x above the threshold, else a given value."""

    word: ClassVar[str] = "threshold"
    torch: ClassVar[str] = "torch.nn.Threshold"
    positional: ClassVar[tuple[str, ...]] = ("threshold", "value")
    from_result: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 14, 14), threshold=0.1, value=20),
        example((120,), threshold=0.1, value=20, inplace=True),
    )

    threshold: Number = Field(description="x must be above this")
    value: Number = Field(description="what stands elsewhere")


class Glu(Activation):
    """One half of a dimension times the sigmoid of the other (Dauphin et al., 2017)."""

    word: ClassVar[str] = "glu"
    torch: ClassVar[str] = "torch.nn.GLU"
    examples: ClassVar[tuple[Example, ...]] = (
        example((197, 768)),
        example((64, 14, 14), dim=1),
    )

    dim: Dim = Field(-1, description="dimension to halve, the batch being 0")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        size = x.shape[dim - 1]
        if size % 2:
            raise Misfit(
                "E0306",
                f"`glu` cannot halve dimension {dim} of {x}, which is odd",
                argument="dim",
                arithmetic=f"{size} % 2 = 1",
                hint="" if x.rank < 3 or x.shape[0] % 2 else "`glu(dim=1)` halves the channels",
            )
        return (TensorType((*x.shape[: dim - 1], size // 2, *x.shape[dim:])),)

    def reach(self, inputs: tuple[TensorType, ...]) -> Reach:
        return _along(resolve(self.dim, inputs[0].rank), inputs[0])

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        dim = self.dim if isinstance(self.dim, int) else resolve(self.dim, inputs[0].rank)
        return module(Call(layer(self.torch), (), options(dim=(dim, -1))))


def _along(dim: int, x: TensorType) -> Reach:
    """Along an image's height or width places mix; along channels or features they do not."""
    return Reach.GLOBAL if dim > 1 and x.rank > 2 else Reach.POINT


def _wrong_way_round(lower: str, low: float, upper: str, high: float) -> Misfit:
    return Misfit(
        "E0305",
        f"`{lower}={low:g}` leaves no room below `{upper}={high:g}`",
        argument=lower,
        hint=f"give a smaller `{lower}` or a larger `{upper}`",
    )
