"""Networks of the catalogue beside the published models: nothing differs, to the last bit."""

from pathlib import Path

import pytest

from archdsl import driver
from archdsl.backends.python import emit
from archdsl.ir.graph import Program
from archdsl.runtime.verify import Verification, verify

SPECS = Path(__file__).parents[2] / "specs"


def load(spec: str, **parameters: object) -> Program:
    loaded = driver.load(str(SPECS / spec), parameters=parameters)
    assert loaded.program is not None, [d.message for d in loaded.diagnostics]
    return loaded.program


def verified(program: Program, against: str) -> Verification:
    return verify(program, emit(program), against)


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("spec", "against"),
    [
        pytest.param("alexnet.arch", "torchvision:alexnet", marks=pytest.mark.slow),
        ("resnet18.arch", "torchvision:resnet18"),
        ("resnet18.arch", "timm:resnet18"),
        pytest.param("resnet.arch:resnet50", "torchvision:resnet50", marks=pytest.mark.slow),
        pytest.param("vgg.arch:vgg11_bn", "torchvision:vgg11_bn", marks=pytest.mark.slow),
    ],
)
def test_the_published_models(spec: str, against: str) -> None:
    verification = verified(load(spec), against)
    assert verification.ok, verification.report()


@pytest.mark.slow
def test_the_heads_of_googlenet_in_training() -> None:
    """torchvision gives its second head before its first: a note, not a difference."""
    verification = verified(load("googlenet.arch"), "torchvision:googlenet")
    assert verification.ok, verification.report()
    assert any("outputs in another order" in note for note in verification.notes)


def test_another_number_of_classes() -> None:
    verification = verified(
        load("squeezenet.arch:squeezenet1_1", classes=7), "torchvision:squeezenet1_1"
    )
    assert verification.ok, verification.report()
    assert verification.outputs[0].ours == (2, 7)


def test_another_network_is_told_apart() -> None:
    verification = verified(load("resnet18.arch"), "torchvision:resnet34")
    assert not verification.ok
    report = verification.report()
    assert "only the reference has layer1.2.conv1.weight (64x64x3x3)" in report
    assert "11,689,512 in the spec, 11,689,512 in the emitted module, 21,797,672 in" in report
    assert "✗ outputs   not compared: the keys do not fit" in report
