"""Activations that bend smoothly between two straight lines."""

from typing import Literal

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.shape import Types
from archdsl.ops.activation import IMAGE, Activation, InplaceActivation
from archdsl.ops.argument import argument
from archdsl.ops.base import example
from archdsl.ops.spatial import AboveZero, Number, layer


class Elu(InplaceActivation):
    """x where positive, else α·(eˣ − 1) (Clevert et al., 2016)."""

    word = "elu"
    twin = "relu"
    torch = "torch.nn.ELU"
    positional = ("alpha",)

    alpha: Number = argument("α: far to the left the result is −α", default=1.0)

    def _can_overwrite(self) -> bool:
        return self.alpha >= 0


class Celu(InplaceActivation):
    """x where positive, else α·(exp(x/α) − 1) (Barron, 2017)."""

    word = "celu"
    twin = "relu"
    torch = "torch.nn.CELU"
    positional = ("alpha",)

    alpha: AboveZero = argument("α: far to the left the result is −α", default=1.0)


class Selu(InplaceActivation):
    """Scaled elu that keeps mean 0 and variance 1 (Klambauer et al., 2017)."""

    word = "selu"
    twin = "relu"
    torch = "torch.nn.SELU"


class Gelu(Activation):
    """x·Φ(x), Φ the normal distribution function (Hendrycks and Gimpel, 2016)."""

    word = "gelu"
    twin = "sigmoid"
    torch = "torch.nn.GELU"
    examples = (*IMAGE, example((197, 768), approximate="tanh"))

    approximate: Literal["none", "tanh"] | None = argument(
        "`tanh`: the faster estimate; none: exact", default="none"
    )

    def emit(self, inputs: Types) -> Emission:
        keywords = (("approximate", "tanh"),) if self.approximate == "tanh" else ()
        return module(Call(layer(self.torch), (), keywords))


class Silu(InplaceActivation):
    """x·sigmoid(x), also called swish (Elfwing et al., 2018; Ramachandran et al., 2017)."""

    word = "silu"
    twin = "relu"
    torch = "torch.nn.SiLU"
    from_result = False


class Mish(InplaceActivation):
    """x·tanh(softplus(x)) (Misra, 2020)."""

    word = "mish"
    twin = "relu"
    torch = "torch.nn.Mish"
    from_result = False


class Softplus(Activation):
    """log(1 + exp(β·x)) / β, a smooth relu (Dugas et al., 2001)."""

    word = "softplus"
    twin = "tanh"
    torch = "torch.nn.Softplus"
    examples = (*IMAGE, example((120,), beta=2, threshold=10))

    beta: AboveZero = argument("β: how sharp the bend is", default=1.0)
    threshold: Number = argument("where β·x is above this, the result is x", default=20.0)
