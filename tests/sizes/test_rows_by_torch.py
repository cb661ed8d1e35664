"""Which dimension of tokens, signals and rows of symbols varies, as the built module has it."""

from collections.abc import Callable

import pytest
import torch

import archdsl

LENGTHS = range(1, 31)


def runs(net: archdsl.Network, made: Callable[[int], tuple[torch.Tensor, ...]]) -> list[int]:
    """The sizes at which the module takes its inputs."""
    model = net.build().eval()
    accepted_sizes = []
    for size in LENGTHS:
        try:
            model(*made(size))
        except RuntimeError:
            continue
        accepted_sizes.append(size)
    return accepted_sizes


def accepted(net: archdsl.Network, axis: int = 0) -> list[int]:
    sizes = net.sizes(up_to=LENGTHS[-1]).axes[axis].accepted
    return [size for size in LENGTHS if size in sizes]


def spec(lines: str) -> archdsl.Network:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return archdsl.loads(f"network N:\n{body}")


ROWS = {
    "tokens": (
        "input 20x16\nlinear(8) -> layer_norm -> attention(2) -> mean(tokens)",
        ("tokens",),
        lambda n: (torch.randn(2, n, 16),),
    ),
    "a signal": (
        "input 4x20\nconv(8, 5, stride=2) -> relu -> global_avg_pool -> flatten",
        ("length",),
        lambda n: (torch.randn(2, 4, n),),
    ),
    "tokens of two widths": (
        "input a: 20x16\ninput b: 20x24\nx = a -> linear(8)\ny = b -> linear(8)\nadd(x, y)",
        ("tokens",),
        lambda n: (torch.randn(2, n, 16), torch.randn(2, n, 24)),
    ),
    "symbols and a number for each": (
        "input ids: 20 int\ninput mask: 20\nm = mask -> unsqueeze(1)\n"
        "e = ids -> embedding(100, 16)\nmultiply(e -> transpose(1, 2), m) -> mean(length)",
        ("length",),
        lambda n: (torch.zeros(2, n, dtype=torch.long), torch.randn(2, n)),
    ),
    "symbols beside tokens": (
        "input ids: 20 int\ninput x: 20x16\ne = ids -> embedding(100, 16)\nadd(e, x)",
        ("length",),
        lambda n: (torch.zeros(2, n, dtype=torch.long), torch.randn(2, n, 16)),
    ),
}


@pytest.mark.parametrize(("lines", "names", "made"), ROWS.values(), ids=ROWS.keys())
def test_the_dimension_that_varies(lines, names, made) -> None:
    net = spec(lines)
    (axis,) = net.sizes(up_to=LENGTHS[-1]).axes
    assert axis.dimensions == names
    assert accepted(net) == runs(net, made)


def test_both_dimensions_of_what_no_weight_holds() -> None:
    net = spec("input 20x16\nadd(identity, relu) -> mean(tokens)")
    tokens, features = net.sizes(up_to=LENGTHS[-1]).axes
    assert (tokens.dimensions, features.dimensions) == (("tokens",), ("features",))
    assert accepted(net) == runs(net, lambda n: (torch.randn(2, n, 16),))
    assert accepted(net, 1) == runs(net, lambda n: (torch.randn(2, 20, n),))


def test_both_dimensions_where_neither_varies() -> None:
    """A learned position for each token: the module takes other lengths neither, but for one,
    which both broadcast."""
    net = spec("input 20x16\nlinear(16) -> add(identity, parameter(20, 16))")
    assert [axis.dimensions for axis in net.sizes(up_to=30).axes] == [("tokens",), ("features",)]
    assert accepted(net) == runs(net, lambda n: (torch.randn(2, n, 16),)) == [1, 20]
    assert accepted(net, 1) == runs(net, lambda n: (torch.randn(2, 20, n),)) == [16]


def test_an_input_of_another_length_stays() -> None:
    net = spec(
        "input q: 20x16\ninput m: 9x16\nk = m -> linear(16)\n"
        "v = m -> linear(16)\nq -> scaled_dot_product(identity, k, v)"
    )
    assert net.sizes(up_to=30).inputs == ("q",)
    made = lambda n: (torch.randn(2, n, 16), torch.randn(2, 9, 16))  # noqa: E731
    assert accepted(net) == runs(net, made)
