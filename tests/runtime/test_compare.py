"""A hand-written module beside its twin, and beside twins with one thing wrong each."""

import json
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archdsl import driver
from archdsl.ir.graph import Program
from archdsl.runtime.randomise import randomise
from archdsl.runtime.reference_models import Reference
from archdsl.runtime.verify import Verification, compare

SPEC = """
network small:
    input 3x16x16
    conv = conv(8, 3, padding=1, bias=false)
    bn = bn
    relu
    aux aux(weight=0.3) = path:
        flatten
        fc = linear(5)
    dropout(0.5)
    add(identity, conv(8, 3, padding=1) -> relu)
    flatten
    fc = linear(5)
"""


class Outputs(NamedTuple):
    logits: Tensor
    aux: Tensor


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8 * 16 * 16, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(torch.flatten(x, 1))


class Small(nn.Module):
    """What the spec says, written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.aux = Head()
        self.dropout = nn.Dropout(0.5)
        self.conv_2 = nn.Conv2d(8, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 16 * 16, 5)

    def forward(self, x: Tensor) -> Tensor | Outputs:
        x = F.relu(self.bn(self.conv(x)))
        aux = self.aux(x) if self.training else None
        x = self.dropout(x)
        x = x + F.relu(self.conv_2(x))
        logits = self.fc(torch.flatten(x, 1))
        return logits if aux is None else Outputs(logits, aux)


@pytest.fixture(scope="module")
def program() -> Program:
    loaded = driver.loads(SPEC)
    assert loaded.program is not None, [d.message for d in loaded.diagnostics]
    return loaded.program


def compared(program: Program, theirs: nn.Module) -> Verification:
    return compare(program, Small(), Reference("twin", theirs, ("a note",)))


def test_a_twin_passes_every_check(program: Program) -> None:
    comparison = compared(program, Small())
    assert comparison.ok, comparison.report()
    # 3·8·9 + 2·8 + 2·(8·16·16·5 + 5) + (8·8·9 + 8)
    assert (
        comparison.params.spec == comparison.params.emitted == comparison.params.reference == 21_306
    )
    # 16·16·(8·3·9 + 8·8·9) + 8·16·16·5; the head does not run at inference
    assert comparison.macs.spec == comparison.macs.emitted == comparison.macs.reference == 212_992
    assert [o.name for o in comparison.outputs] == ["output"]
    names = [o.name for o in comparison.training]
    assert names[:2] == ["output 0", "output 1"] and "bn.running_var" in names
    assert comparison.report().splitlines() == [
        "small against twin",
        "  ✓ keys      12 the same, in the same order",
        "  ✓ params    21,306",
        "  ✓ MACs      212,992",
        "  ✓ settings  the same: clamp, dropout, native_batch_norm",
        "  ✓ outputs   the largest difference is 0",
        "  ✓ training  the largest difference is 0",
        "  compared: batches of 1 and 2; training with all heads, the rates and masks of dropouts, "
        "gradients, and the buffers after it; large biases and inputs 8 times as large",
        "  not compared: other input sizes: the emitted module does not take 3x32x32",
        "  note: a note",
    ]


def test_the_json_says_ok_and_holds_all_of_it(program: Program) -> None:
    comparison = compared(program, Small())
    fields = json.loads(comparison.to_json())
    assert fields["ok"] is True
    assert fields["macs"] == {"spec": 212_992, "emitted": 212_992, "reference": 212_992}
    assert fields["outputs"][0] == {
        "name": "output",
        "ours": [2, 5],
        "theirs": [2, 5],
        "our_type": "float32",
        "their_type": "float32",
        "largest": 0.0,
        "relative": 0.0,
        "rounding": None,
        "tolerance": 0.0,
    }


class Renamed(Small):
    """The twin with its batch norm under another name."""

    def __init__(self) -> None:
        super().__init__()
        bn = self.bn
        del self.bn
        self.bn1 = bn

    def __getattr__(self, name: str) -> Tensor | nn.Module:
        there = "bn1" in self._modules
        return super().__getattr__("bn1" if name == "bn" and there else name)


class OtherEps(Small):
    def __init__(self) -> None:
        super().__init__()
        self.bn.eps = 1e-3


class OtherMomentum(Small):
    def __init__(self) -> None:
        super().__init__()
        self.bn.momentum = 0.01


class Wider(Small):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8 * 16 * 16, 6)


class AnotherOrder(Small):
    def __init__(self) -> None:
        super().__init__()
        conv = self.conv
        del self.conv
        self.conv = conv


class Shifted(Small):
    def __init__(self) -> None:
        super().__init__()
        self.bn.register_forward_hook(lambda _, __, x: x + 1e-4)


class AnotherHead(Small):
    def __init__(self) -> None:
        super().__init__()
        self.aux.register_forward_hook(lambda _, __, x: 2 * x)


class MoreWork(Small):
    def __init__(self) -> None:
        super().__init__()
        self.conv.register_forward_hook(lambda m, inputs, _: m.forward(inputs[0]))


@pytest.mark.parametrize(
    ("spoilt", "line"),
    [
        (Renamed, "only the reference has bn1.weight (8); the other side has bn.weight"),
        (OtherEps, "  ✗ outputs   output differs by up to "),
        (OtherMomentum, "  ✗ training  bn.running_mean differs by up to "),
        (Wider, "fc.weight is 5x2048 in the spec, 6x2048 in the reference"),
        (Wider, "21,306 in the spec, 21,306 in the emitted module, 23,355 in the reference"),
        (AnotherOrder, "the order of the keys differs from conv.weight on"),
        (Shifted, "  ✗ outputs   output differs by up to "),
        (AnotherHead, "  ✗ training  output 1 differs by up to "),
        (MoreWork, "268,288 in the reference"),
    ],
)
def test_one_thing_wrong_is_found(program: Program, spoilt: type[Small], line: str) -> None:
    comparison = compared(program, spoilt())
    assert not comparison.ok
    assert line in comparison.report()
    assert json.loads(comparison.to_json())["ok"] is False


class DrawsMore(Small):
    """A twin that draws a random number before it begins: only its dropout differs then."""

    def forward(self, x: Tensor) -> Tensor | Outputs:
        torch.rand(())
        return super().forward(x)


def test_another_order_of_random_numbers_is_a_note(program: Program) -> None:
    comparison = compared(program, DrawsMore())
    assert comparison.ok, comparison.report()
    assert any("random numbers are drawn in another order" in note for note in comparison.notes)


class Blind(Small):
    """A twin with a branch more that a fresh batch norm of zero would hide."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.zeros_(self.bn.weight)
        nn.init.zeros_(self.bn.bias)


def test_a_random_state_leaves_nothing_blind() -> None:
    twin = Blind()
    randomise(twin, 0)
    state = twin.state_dict()
    for key in ("bn.weight", "bn.bias", "bn.running_mean"):
        assert 0 < state[key].abs().max() < 1
    assert state["bn.running_var"].min() >= 0.5 and state["bn.running_var"].max() <= 1.5
    assert len(state["bn.running_var"].unique()) == 8
    again = Blind()
    randomise(again, 0)
    assert torch.equal(again.bn.weight, twin.bn.weight)
    assert torch.isfinite(twin.eval()(torch.randn(2, 3, 16, 16))).all()


def test_the_callers_random_numbers_are_left_alone(program: Program) -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    ours, theirs = Small(), Reference("twin", Small())
    torch.manual_seed(1)
    compare(program, ours, theirs)
    assert torch.equal(torch.rand(3), expected)
