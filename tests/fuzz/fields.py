"""Random networks whose receptive fields gradients of the built module judge.

A network grows line by line from templates with random numbers; a line that archdsl refuses is
drawn anew, so every network is legal. For every element of every result the gradients tell what it
sees of each input (`dependence`), and that must be what archdsl says.
"""

from collections.abc import Callable
from random import Random

from dependence import disagreements, one_thread

import archdsl

from .running import Outcome

LINES = 5  # the most of a network
TRIES = 12  # lines drawn until one fits
MOST = 1500  # elements of a tensor: gradients are taken for each place
EDGED = (
    "padding=1",
    "pad(",
    "upsample",
    "conv_transpose",
    "ceil_mode",
    "roll",
)  # see less near edges
PLACES = ("height", "width", "length", "depth", "channels", "1", "2", "3", "-1", "-2")


def _window(rng: Random) -> str:
    """The arguments that windows share."""
    kernel, stride = rng.choice((1, 2, 3, 3, 5)), rng.choice((1, 1, 2, 3))
    padding = rng.choice(("", "", ", padding=1"))
    dilation = rng.choice(("", "", ", dilation=2"))
    return f"{kernel}, stride={stride}{padding}{dilation}"


def _pool(rng: Random) -> str:
    kernel, stride = rng.choice((2, 3)), rng.choice((1, 2, 3))
    return f"{kernel}, stride={stride}{rng.choice(('', '', ', ceil_mode=true'))}"


def _dim(rng: Random) -> str:
    return rng.choice(PLACES)


def _resize(rng: Random) -> str:
    mode = rng.choice(("nearest", "linear", "bilinear", "bicubic", "trilinear"))
    how = rng.choice(("2", "0.5", "1.5", "size=7"))
    return f"upsample({how}, mode={mode})"


def _part(rng: Random) -> str:
    start, stop = rng.randrange(4), rng.choice(("", ", -1", ", -2", ", 5"))
    return f"slice({start}{stop}, step={rng.choice((1, 1, 2, 3))}, dim={_dim(rng)})"


def _shape(rng: Random) -> str:
    """Sizes that may or may not hold the elements there are."""
    sizes = (2, 3, 4, 6, 8, 9, 12, 16, 18, 24)
    return ", ".join(str(rng.choice(sizes)) for _ in range(rng.choice((2, 3, 3))))


STEPS: tuple[Callable[[Random], str], ...] = (
    lambda r: f"conv({r.choice((2, 4, 6))}, {_window(r)})",
    lambda r: f"conv({r.choice((2, 4, 6))}, {_window(r)})",
    lambda r: f"conv(input.channels, {_window(r)}, groups=input.channels)",
    lambda r: f"conv(4, ({r.choice((1, 2, 3))}, {r.choice((1, 2, 5))}))",
    lambda r: f"conv_transpose({r.choice((2, 4))}, {_window(r)})",
    lambda r: f"max_pool({_pool(r)})",
    lambda r: f"avg_pool({_pool(r)})",
    lambda r: f"lp_pool(2, {_pool(r)})",
    lambda r: f"adaptive_avg_pool({r.choice((1, 2, 3, 5, 7))})",
    lambda r: f"adaptive_max_pool({r.choice((1, 2, 3, 5, 7))})",
    lambda r: "global_avg_pool",
    lambda r: r.choice(("bn", "instance_norm", "layer_norm", "layer_norm(over=last)")),
    lambda r: r.choice(("group_norm(2)", "rms_norm", "lrn(3, alpha=0.5)", "layer_norm(over=all)")),
    lambda r: f"normalize({_dim(r)})",
    lambda r: r.choice(("softplus", "dropout(0.5)", "leaky_relu", "softplus(beta=0.5)")),
    lambda r: f"softmax(dim={_dim(r)})",
    lambda r: f"glu(dim={_dim(r)})",
    lambda r: f"linear({r.choice((3, 4, 6))})",
    lambda r: "attention(2)",
    lambda r: f"transpose({_dim(r)}, {_dim(r)})",
    lambda r: f"permute({', '.join(map(str, r.sample((1, 2, 3), 3)))})",
    lambda r: f"permute({', '.join(map(str, r.sample((1, 2, 3, 4), 4)))})",
    lambda r: f"reshape({_shape(r)})",
    lambda r: f"flatten({r.choice((1, 2))}, {r.choice((2, 3))})",
    lambda r: f"unflatten({r.choice((1, 2, 3))}, (2, -1))",
    lambda r: f"unsqueeze({r.choice((1, 2, 3))})",
    lambda r: f"squeeze({r.choice((1, 2, 3))})",
    lambda r: f"channel_shuffle({r.choice((2, 3))})",
    lambda r: f"select({r.randrange(3)}, dim={_dim(r)})",
    _part,
    _part,
    _resize,
    lambda r: f"roll({r.choice((1, 3, -2))}, {_dim(r)})",
    lambda r: f"crop({r.choice((4, 5, 7))})",
    lambda r: f"pad({r.choice((1, 2, '(1, 2)', '(-1, 2)', '(1, 0, -2, 1)'))})",
    lambda r: f"pixel_unshuffle({r.choice((2, 3))})",
    lambda r: f"pixel_shuffle({r.choice((2, 3))})",
    lambda r: f"mean({_dim(r)}, keepdim={r.choice(('true', 'false'))})",
    lambda r: f"sum({_dim(r)})",
    lambda r: f"max({_dim(r)}, keepdim=true)",
)
SUMS = ("add", "multiply", "maximum", "average")


def _chain(rng: Random, most: int = 2) -> str:
    return " -> ".join(rng.choice(STEPS)(rng) for _ in range(rng.randint(1, most)))


def _branch(rng: Random) -> str:
    return "identity" if rng.random() < 0.4 else _chain(rng)


def _line(rng: Random) -> str:
    """A chain, a merge of branches, or parts that come together again."""
    kind = rng.random()
    if kind < 0.6:
        return _chain(rng)
    if kind < 0.8:
        return f"{rng.choice(SUMS)}({_branch(rng)}, {_branch(rng)})"
    if kind < 0.88:
        return f"concat({_branch(rng)}, {_branch(rng)}, dim={_dim(rng)})"
    if kind < 0.94:
        dim = _dim(rng)
        return f"a, b = chunk(2, dim={dim})\n    {rng.choice(('add', 'concat'))}(b, a)"
    if kind < 0.97:
        return f"matmul({_branch(rng)}, {_branch(rng)})"
    return f"scaled_dot_product({_branch(rng)}, {_branch(rng)}, {_branch(rng)})"


def _input(rng: Random) -> str:
    channels, rank = rng.choice((2, 4, 4, 6)), rng.choice((1, 2, 2, 2, 3))
    least, most = ((16, 40), (8, 14), (4, 7))[rank - 1]
    return "x".join(map(str, (channels, *(rng.randint(least, most) for _ in range(rank)))))


def _loaded(lines: list[str]) -> archdsl.Network | None:
    """The network, where it is legal, forgets no value and is small enough for its gradients."""
    try:
        net = archdsl.loads("network N:\n    " + "\n    ".join(lines) + "\n")
    except archdsl.SpecError:
        return None
    tensors = [t for step in net.program.root.steps for t in step.outputs]
    if any(t.numel > MOST for t in tensors) or any(d.code == "W0110" for d in net.lint()):
        return None
    return net


class FieldFuzzer:
    """Draws networks and compares the fields that archdsl and gradients find."""

    def draw(self, rng: Random) -> list[str]:
        """The network's lines, its input first."""
        lines = [f"input {_input(rng)}"]
        for _ in range(rng.randint(1, LINES)):
            tried = (_line(rng) for _ in range(TRIES))
            line = next((t for t in tried if _loaded([*lines, t])), None)
            lines += [] if line is None else [line]
        return lines

    def judge(self, rng: Random) -> Outcome:
        return self.judged(self.draw(rng))

    def judged(self, lines: list[str]) -> Outcome:
        net = _loaded(lines)
        if net is None or len(lines) == 1:
            return Outcome(False)
        strict = None if any(word in line for line in lines for word in EDGED) else True
        with one_thread():
            wraps = any("roll" in line for line in lines)
            wrong = disagreements(net, strict=strict, wraps=wraps, forgetful=True, most=1)
        return Outcome(True, wrong[0] if wrong else None)

    def shown(self, rng: Random) -> str:
        """The network without the lines that it disagrees without, too."""
        lines = self.draw(rng)
        for line in lines[1:]:
            fewer = [kept for kept in lines if kept is not line]
            if self.judged(fewer).disagreement is not None:
                lines = fewer
        told = self.judged(lines).disagreement
        return "\n    ".join(["network N:", *lines, f"# {told}"])
