"""The table of contents of the ops: which module holds which words, in the reference's order.

A module is imported when one of its words is asked for: a command pays for the ops it meets. The
table cannot go stale: a module whose classes do not match it is refused when it loads.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from archdsl.ops.base import Op

MODULES: dict[str, str] = {
    "conv": "conv conv_transpose",
    "pool": "max_pool avg_pool lp_pool",
    "adaptive_pool": "adaptive_avg_pool adaptive_max_pool",
    "global_pool": "global_avg_pool global_max_pool",
    "norm": "bn instance_norm",
    "place_norm": "layer_norm rms_norm group_norm",
    "fixed_norm": "lrn normalize",
    "rectifier": "relu relu6 leaky_relu prelu rrelu",
    "smooth": "elu celu selu gelu silu mish softplus",
    "sigmoid": "sigmoid log_sigmoid tanh softsign",
    "piecewise": "hardswish hardsigmoid hardtanh threshold hardshrink softshrink tanhshrink abs",
    "gate": "softmax log_softmax glu",
    "regularisation": "dropout spatial_dropout alpha_dropout drop_path",
    "linear": "linear bilinear embedding",
    "attention": "attention scaled_dot_product",
    "shape": "identity flatten unflatten reshape squeeze unsqueeze expand",
    "order": "permute transpose roll channel_shuffle",
    "parts": "split chunk unbind slice select index_select crop",
    "resample": "pad upsample pixel_shuffle pixel_unshuffle",
    "like": "upsample_like crop_like",
    "reduction": "mean max sum",
    "tensor": "parameter scale",
    "constant": "relative_positions grid",
    "elementary": "exp clamp",
    "elementwise": "add multiply subtract maximum average",
    "join": "concat stack matmul",
}


class Ops(Mapping[str, type[Op]]):
    """Every op by its word; looking one up imports its module, asking for the words does not."""

    def __init__(self) -> None:
        self._module = {word: m for m, words in MODULES.items() for word in words.split()}

    def __getitem__(self, word: str) -> type[Op]:
        return _words(self._module[word])[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._module)

    def __len__(self) -> int:
        return len(self._module)

    def __contains__(self, word: object) -> bool:
        return word in self._module


@cache
def ops() -> Ops:
    """All ops, in the order of the reference."""
    return Ops()


@cache
def _words(name: str) -> dict[str, type[Op]]:
    module = import_module(f"archdsl.ops.families.{name}")
    by_word: dict[str, type[Op]] = {
        value.word: value
        for value in vars(module).values()
        if getattr(value, "__module__", "") == module.__name__ and "word" in vars(value)
    }
    if list(by_word) != MODULES[name].split():
        raise TypeError(f"the module {name} holds {list(by_word)}, unlike the table of contents")
    return by_word
