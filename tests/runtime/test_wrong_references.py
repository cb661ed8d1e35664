"""References that differ in what random inputs seldom show: each is refused, and what is told."""

from textwrap import dedent

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import archdsl
from archdsl.runtime.reference_models import Reference
from archdsl.runtime.verify import Options, Verification, compare

SPEC = """
network Plain:
    input 3x16x16
    conv = conv(8, 3, padding=1)
    bn = bn
    relu
    max_pool(2)
    dropout(0.5)
    flatten
    fc = linear(4)
"""


class Plain(nn.Module):
    """What the spec says, with functions where the emitted module has layers."""

    rate = 0.5

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.fc = nn.Linear(512, 4)

    def act(self, x: Tensor) -> Tensor:
        return F.relu(x)

    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, 2)

    def drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.rate, self.training)

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.bn(self.conv(x)))
        return self.fc(self.drop(self.pool(x)).flatten(1))


class InPlace(Plain):
    def act(self, x: Tensor) -> Tensor:
        return x.relu_()


class OtherWords(Plain):
    def act(self, x: Tensor) -> Tensor:
        return torch.clamp(x, min=0)


class InFloat64Sums(Plain):
    """The same sums in another order: rounding differs."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.pool(self.act(self.bn(self.conv(x))))).flatten(1)
        halves = [x[:, :256] @ self.fc.weight[:, :256].T, x[:, 256:] @ self.fc.weight[:, 256:].T]
        return halves[0] + halves[1] + self.fc.bias


class AnotherRate(Plain):
    rate = 0.1


class NoDropout(Plain):
    rate = 0.0


class DropoutElsewhere(Plain):
    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.act(self.bn(self.conv(x))))
        return self.fc(self.pool(x).flatten(1))


class WholeChannels(Plain):
    def drop(self, x: Tensor) -> Tensor:
        return F.dropout2d(x, self.rate, self.training)


class DropoutInEvaluation(Plain):
    def drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.rate, True)


class Six(Plain):
    def act(self, x: Tensor) -> Tensor:
        return F.relu6(x)


class FarLimit(Plain):
    def act(self, x: Tensor) -> Tensor:
        return torch.minimum(F.relu(x), torch.tensor(20.0))


class LimitOutOfReach(Plain):
    def act(self, x: Tensor) -> Tensor:
        return F.relu(x).clamp(max=1e6)


class Leaky(Plain):
    def act(self, x: Tensor) -> Tensor:
        return F.leaky_relu(x, 1e-7)


class Ceil(Plain):
    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, 2, ceil_mode=True)


class Eps(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.bn.eps = 1.001e-5


class Momentum(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.bn.momentum = 0.11


class Cut(Plain):
    """No gradient gets past the pool."""

    def pool(self, x: Tensor) -> Tensor:
        return super().pool(x).detach()


class Averaged(Plain):
    """The same but for more than two samples."""

    def forward(self, x: Tensor) -> Tensor:
        result = super().forward(x)
        return result if len(x) < 3 else result - result.mean() * 1e-4


def compared(theirs: nn.Module, spec: str = SPEC) -> Verification:
    """`theirs` has the weights that it was made with."""
    net = archdsl.loads(dedent(spec))
    return compare(net.program, net.build(), Reference("theirs", theirs))


@pytest.mark.parametrize("same", [Plain, InPlace, OtherWords])
def test_other_writings_are_equal(same: type[nn.Module]) -> None:
    comparison = compared(same())
    assert comparison.ok, comparison.report()
    assert "the largest difference is 0\n" in comparison.report()


def test_rounding_is_no_difference() -> None:
    comparison = compared(InFloat64Sums())
    assert comparison.ok, comparison.report()
    assert 0 < comparison.outputs[0].relative < 1e-5
    assert comparison.outputs[0].rounding < 1e-12
    assert "rounding (" in comparison.report()


class OffByAMillionth(Plain):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (AnotherRate, "has dropout(p=0.5) on 1,024 elements at dropout, the reference has "),
        (
            NoDropout,
            "the emitted module has dropout(p=0.5) on 1,024 elements at dropout (training)",
        ),
        (DropoutElsewhere, "has dropout(p=0.5) on 3,072 elements more"),
        (WholeChannels, "has dropout(p=0.5) on"),
        (DropoutInEvaluation, "the reference has dropout(p=0.5) on 512 elements (evaluation)"),
        (Six, "the reference has clamp(min=0.0, max=6.0)"),
        (FarLimit, "outputs   large biases"),
        (LimitOutOfReach, "the reference has clamp(min=None, max=1000000.0)"),
        (Leaky, "training"),
        (Ceil, "max_pool2d_with_indices(ceil_mode=False)"),
        (Eps, "eps=1.001e-05"),
        (Momentum, "momentum=0.11"),
        (Cut, "the gradient differs by"),
        (Averaged, "large biases"),
        (OffByAMillionth, "output differs by"),
    ],
)
def test_wrong_references_are_refused(wrong: type[nn.Module], told: str) -> None:
    torch.manual_seed(0)
    comparison = compared(wrong())
    assert not comparison.ok, comparison.report()
    assert told in comparison.report()


def test_a_limit_out_of_reach_is_told_where_it_is_no_clamp() -> None:
    """No input reaches it with these weights; the report says what the outputs alone judge."""
    torch.manual_seed(2)
    comparison = compared(FarLimit())
    assert comparison.ok
    assert (
        "which the outputs alone judge" in comparison.report() and "minimum" in comparison.report()
    )


def test_dropout_inside_of_attention_is_compared() -> None:
    spec = """
    network Attending:
        input 6x8
        attention(2, dropout=0.3)
        linear(3)
    """

    class Attending(nn.Module):
        def __init__(self, rate: float) -> None:
            super().__init__()
            torch.rand(1)
            self.attention = nn.MultiheadAttention(8, 2, dropout=rate, batch_first=True)
            self.linear = nn.Linear(8, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.linear(self.attention(x, x, x, need_weights=False)[0])

    assert compared(Attending(0.3), spec).ok
    assert "dropout(p=0.1)" in compared(Attending(0.1), spec).report()


def test_masks_in_another_order_are_compared_by_rate_and_size() -> None:
    spec = """
    network Two:
        input 16
        add(dropout(0.2) -> linear(4), dropout(0.6) -> linear(4))
    """
    net = archdsl.loads(dedent(spec))

    class Two(nn.Module):
        def __init__(self, rates: tuple[float, float]) -> None:
            super().__init__()
            for name, child in net.build().named_children():
                self.add_module(name, child)
            self.rates = rates
            self.linears = [m for m in self.children() if isinstance(m, nn.Linear)]

        def forward(self, x: Tensor) -> Tensor:
            second = self.linears[1](F.dropout(x, self.rates[1], self.training))
            return self.linears[0](F.dropout(x, self.rates[0], self.training)) + second

    right, swapped = compared(Two((0.2, 0.6)), spec), compared(Two((0.6, 0.2)), spec)
    assert right.ok, right.report()
    assert any("another order" in note for note in right.notes)
    assert not swapped.ok


def test_the_products_of_bilinear_are_counted() -> None:
    spec = """
    network Pairs:
        input left: 5x4
        input right: 5x6
        product = bilinear(left, right, features=3)
        output product
    """
    net = archdsl.loads(dedent(spec))
    comparison = compare(net.program, net.build(), Reference("itself", net.build()))
    assert comparison.ok, comparison.report()
    assert comparison.macs.reference == 5 * 4 * 6 * 3


def test_what_is_compared_is_told() -> None:
    report = compared(Plain()).report()
    assert "compared: batches of 1 and 2; training with all heads, the rates and masks" in report
    assert "not compared: other input sizes: the emitted module does not take 3x32x32" in report


def test_another_size_is_compared_where_both_take_it() -> None:
    spec = "network Free:\n    input 3x32x32\n    conv(4, 3)\n    adaptive_avg_pool(1)\n"
    net = archdsl.loads(dedent(spec))

    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, child in net.build().named_children():
                self.add_module(name, child)

        def forward(self, x: Tensor) -> Tensor:
            (conv, *_) = self.children()
            return F.avg_pool2d(conv(x)[..., :30, :30], 30)

    assert not compared(Fixed(), spec).ok


def test_seeds_and_batches_can_be_chosen() -> None:
    net = archdsl.loads(SPEC)
    comparison = compare(
        net.program, net.build(), Reference("plain", Plain()), Options(seed=5, batch=4)
    )
    assert comparison.ok
    assert (comparison.seed, comparison.batch, {p.batch for p in comparison.probes}) == (
        5,
        4,
        {1, 5},
    )


PATHS = """
network Paths:
    input 3x8x8
    conv1 = conv(8, 1)
    conv2 = conv(8, 1)
    dropped = drop_path(0.4)
    add(conv1, dropped)
    flatten
    fc = linear(4)
"""


class Paths(nn.Module):
    """Drops paths as older code does: a mask that is `floor(keep + rand)`."""

    keep = 0.6

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 1)
        self.conv2 = nn.Conv2d(8, 8, 1)
        self.fc = nn.Linear(512, 4)

    def drop(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        shape = (x.shape[0],) + (1,) * (x.ndim - 1)
        mask = self.keep + torch.rand(shape, dtype=x.dtype, device=x.device)
        return x.div(self.keep) * mask.floor_()

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        return self.fc((x + self.drop(self.conv2(x))).flatten(1))


class OtherRate(Paths):
    keep = 0.7


class OneForAll(Paths):
    def drop(self, x: Tensor) -> Tensor:
        return super().drop(x[None])[0] if self.training else x


class Unscaled(Paths):
    def drop(self, x: Tensor) -> Tensor:
        return super().drop(x) * self.keep if self.training else x


def against(kind: type[nn.Module]) -> Verification:
    net = archdsl.loads(PATHS)
    return compare(net.program, net.build(), Reference("paths", kind()))


def test_paths_that_are_dropped_by_a_floor_are_the_same() -> None:
    assert against(Paths).ok


@pytest.mark.parametrize("wrong", [OtherRate, OneForAll, Unscaled])
def test_paths_that_are_dropped_otherwise_are_not(wrong: type[nn.Module]) -> None:
    assert not against(wrong).ok


TWO_NORMS = """
network Norms:
    input 2x8x8
    bn
    relu
    bn
"""


class Norms(nn.Module):
    def __init__(self, eps: float = 1e-5) -> None:
        super().__init__()
        self.bn, self.bn_2 = nn.BatchNorm2d(2), nn.BatchNorm2d(2, eps=eps)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn_2(self.act(self.bn(x)))

    def act(self, x: Tensor) -> Tensor:
        return x.relu()


class Bent(Norms):
    def act(self, x: Tensor) -> Tensor:
        return F.silu(x)


class InDouble(Norms):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).double()


def test_the_place_of_a_setting_is_where_it_differs() -> None:
    report = compared(Norms(eps=2e-5), TWO_NORMS).report()
    sides = [
        f"native_batch_norm(training=False, eps={eps}) on 128 elements{more} at bn_2"
        for eps, more in (("1e-05", " more"), ("2e-05", ""))
    ]
    said = f"the emitted module has {sides[0]}, the reference has {sides[1]} (evaluation)"
    assert f"  ✗ settings  {said}\n" in report


def test_what_one_side_calls_alone_is_not_told_to_be_the_same() -> None:
    comparison = compared(Bent(), TWO_NORMS)
    assert "  ✓ settings  the same: native_batch_norm\n" in comparison.report()
    assert [(c.ours_at, c.theirs_at) for c in comparison.calls.otherwise] == [
        ("relu", None),
        (None, ""),
    ]


def test_settings_are_not_passed_where_keys_do_not_fit() -> None:
    report = compared(nn.BatchNorm2d(2), TWO_NORMS).report()
    assert "  ✗ settings  not compared: the keys do not fit\n" in report


def test_results_of_another_type_differ() -> None:
    assert compared(Norms(), TWO_NORMS).ok
    comparison = compared(InDouble(), TWO_NORMS)
    assert not comparison.ok
    told = "output is 2x2x8x8 of float32 in the spec, 2x2x8x8 of float64 in the reference"
    assert f"  ✗ outputs   {told}\n" in comparison.report()


class Unused(Norms):
    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn(x))


def test_a_count_beside_none_is_told_without_a_share() -> None:
    report = compared(Unused(), TWO_NORMS).report()
    assert "bn_2.num_batches_tracked differs by up to 1\n" in report


class Negated(Norms):
    def forward(self, x: Tensor) -> Tensor:
        return -super().forward(x)


def test_what_is_far_apart_is_not_run_in_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some layers take a hundred times as long in it."""
    monkeypatch.delattr("archdsl.runtime.trials._doubled")
    comparison = compared(Negated(), TWO_NORMS)
    assert not comparison.ok and comparison.training[0].relative == pytest.approx(2, abs=0.5)
    assert all(difference.ok for difference in comparison.training if "running" in difference.name)
