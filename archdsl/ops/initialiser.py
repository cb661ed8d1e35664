"""The initialisers of `init`: the functions of `torch.nn.init` with their arguments."""

from typing import Annotated, Literal

from archdsl.ops.argument import Bounds, Described, argument

Nonlinearity = Literal[
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "selu",
]
Mode = Literal["fan_in", "fan_out"]
NotNegative = Annotated[float, Bounds(ge=0.0)]


class Initialiser(Described):
    """One function of `torch.nn.init`, named without its underscore."""


class Uniform(Initialiser):
    """Uniform between `a` and `b`."""

    word = "uniform"
    positional = ("a", "b")
    a: float = argument("lower bound", default=0.0)
    b: float = argument("upper bound", default=1.0)


class Normal(Initialiser):
    """Normal with the given mean and standard deviation."""

    word = "normal"
    positional = ("mean", "std")
    mean: float = argument("mean", default=0.0)
    std: NotNegative = argument("standard deviation", default=1.0)


class TruncNormal(Initialiser):
    """Normal, drawn again where it falls outside `a` to `b`."""

    word = "trunc_normal"
    positional = ("mean", "std")
    mean: float = argument("mean", default=0.0)
    std: Annotated[float, Bounds(gt=0.0)] = argument("standard deviation", default=1.0)
    a: float = argument("lower bound", default=-2.0)
    b: float = argument("upper bound", default=2.0)


class Constant(Initialiser):
    """One value everywhere."""

    word = "constant"
    positional = ("val",)
    val: float = argument("the value")


class Zeros(Initialiser):
    """Zero everywhere."""

    word = "zeros"


class Ones(Initialiser):
    """One everywhere."""

    word = "ones"


class Eye(Initialiser):
    """The identity matrix."""

    word = "eye"


class Dirac(Initialiser):
    """Convolution kernels that pass their input through."""

    word = "dirac"
    groups: Annotated[int, Bounds(ge=1)] = argument("channel groups", default=1)


class XavierUniform(Initialiser):
    """Glorot and Bengio 2010, uniform."""

    word = "xavier_uniform"
    gain: float = argument("scaling factor", default=1.0)


class XavierNormal(Initialiser):
    """Glorot and Bengio 2010, normal."""

    word = "xavier_normal"
    gain: float = argument("scaling factor", default=1.0)


class KaimingUniform(Initialiser):
    """He et al. 2015, uniform."""

    word = "kaiming_uniform"
    a: float = argument("negative slope of leaky_relu", default=0.0)
    mode: Mode = argument("which variance is kept", default="fan_in")
    nonlinearity: Nonlinearity = argument("what follows the layer", default="leaky_relu")


class KaimingNormal(Initialiser):
    """He et al. 2015, normal."""

    word = "kaiming_normal"
    a: float = argument("negative slope of leaky_relu", default=0.0)
    mode: Mode = argument("which variance is kept", default="fan_in")
    nonlinearity: Nonlinearity = argument("what follows the layer", default="leaky_relu")


class Orthogonal(Initialiser):
    """Saxe et al. 2013: a (semi-)orthogonal matrix."""

    word = "orthogonal"
    gain: float = argument("scaling factor", default=1.0)


class Sparse(Initialiser):
    """Martens 2010: a matrix with a share of zeros in each column."""

    word = "sparse"
    positional = ("sparsity",)
    sparsity: Annotated[float, Bounds(ge=0.0, le=1.0)] = argument("share of zeros in each column")
    std: NotNegative = argument("standard deviation of the others", default=0.01)


def initialisers() -> dict[str, type[Initialiser]]:
    """Every initialiser by its word."""
    return {cls.word: cls for cls in Initialiser.__subclasses__()}
