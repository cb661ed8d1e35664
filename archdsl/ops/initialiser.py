"""The initialisers of `init`: the functions of `torch.nn.init` with their arguments."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

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


class Initialiser(BaseModel):
    """One function of `torch.nn.init`, named without its underscore."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    word: ClassVar[str]
    positional: ClassVar[tuple[str, ...]] = ()
    variadic: ClassVar[str] = ""
    inputs: ClassVar[tuple[int, int]] = (0, 0)


class Uniform(Initialiser):
    """Uniform between `a` and `b`."""

    word: ClassVar[str] = "uniform"
    positional: ClassVar[tuple[str, ...]] = ("a", "b")
    a: float = Field(0.0, description="lower bound")
    b: float = Field(1.0, description="upper bound")


class Normal(Initialiser):
    """Normal with the given mean and standard deviation."""

    word: ClassVar[str] = "normal"
    positional: ClassVar[tuple[str, ...]] = ("mean", "std")
    mean: float = Field(0.0, description="mean")
    std: float = Field(1.0, ge=0.0, description="standard deviation")


class TruncNormal(Initialiser):
    """Normal, drawn again where it falls outside `a` to `b`."""

    word: ClassVar[str] = "trunc_normal"
    positional: ClassVar[tuple[str, ...]] = ("mean", "std")
    mean: float = Field(0.0, description="mean")
    std: float = Field(1.0, gt=0.0, description="standard deviation")
    a: float = Field(-2.0, description="lower bound")
    b: float = Field(2.0, description="upper bound")


class Constant(Initialiser):
    """One value everywhere."""

    word: ClassVar[str] = "constant"
    positional: ClassVar[tuple[str, ...]] = ("val",)
    val: float = Field(description="the value")


class Zeros(Initialiser):
    """Zero everywhere."""

    word: ClassVar[str] = "zeros"


class Ones(Initialiser):
    """One everywhere."""

    word: ClassVar[str] = "ones"


class Eye(Initialiser):
    """The identity matrix."""

    word: ClassVar[str] = "eye"


class Dirac(Initialiser):
    """Convolution kernels that pass their input through."""

    word: ClassVar[str] = "dirac"
    groups: int = Field(1, ge=1, description="channel groups")


class XavierUniform(Initialiser):
    """Glorot and Bengio 2010, uniform."""

    word: ClassVar[str] = "xavier_uniform"
    gain: float = Field(1.0, description="scaling factor")


class XavierNormal(Initialiser):
    """Glorot and Bengio 2010, normal."""

    word: ClassVar[str] = "xavier_normal"
    gain: float = Field(1.0, description="scaling factor")


class KaimingUniform(Initialiser):
    """He et al. 2015, uniform."""

    word: ClassVar[str] = "kaiming_uniform"
    a: float = Field(0.0, description="negative slope of leaky_relu")
    mode: Mode = Field("fan_in", description="which variance is kept")
    nonlinearity: Nonlinearity = Field("leaky_relu", description="what follows the layer")


class KaimingNormal(Initialiser):
    """He et al. 2015, normal."""

    word: ClassVar[str] = "kaiming_normal"
    a: float = Field(0.0, description="negative slope of leaky_relu")
    mode: Mode = Field("fan_in", description="which variance is kept")
    nonlinearity: Nonlinearity = Field("leaky_relu", description="what follows the layer")


class Orthogonal(Initialiser):
    """Saxe et al. 2013: a (semi-)orthogonal matrix."""

    word: ClassVar[str] = "orthogonal"
    gain: float = Field(1.0, description="scaling factor")


class Sparse(Initialiser):
    """Martens 2010: a matrix with a share of zeros in each column."""

    word: ClassVar[str] = "sparse"
    positional: ClassVar[tuple[str, ...]] = ("sparsity",)
    sparsity: float = Field(ge=0.0, le=1.0, description="share of zeros in each column")
    std: float = Field(0.01, ge=0.0, description="standard deviation of the others")


def initialisers() -> dict[str, type[Initialiser]]:
    """Every initialiser by its word."""
    return {cls.word: cls for cls in Initialiser.__subclasses__()}
