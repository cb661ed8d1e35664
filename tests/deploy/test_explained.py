"""`--explain` and the command line."""

import pytest
from deploying import deployed

from archdsl.backends.changes import explained
from archdsl.cli import main

TEXT = "network Net():\n    input 3x9x9\n    c = conv(8, 3)\n    b = bn\n    r = relu\n"


def test_every_change_is_told() -> None:
    """A norm of 8x7x7 is 784 operations and 392 writes; so is the relu's result."""
    assert explained(deployed(TEXT)) == (
        "fold_norms: 1 place; saves 784 elementwise operations, 392 elements written\n"
        "  b  worked into c; saves 784 elementwise operations, 392 elements written\n"
        "\n"
        "in_place: 1 place; saves 392 elements written\n"
        "  r  written over its input; saves 392 elements written\n"
        "\n"
        "layout: channels last\n"
    )


def test_the_command_writes_the_source_and_explains_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compile", "resnet18", "--form", "deploy", "--explain"]) == 0
    written = capsys.readouterr()
    assert "BatchNorm" not in written.out and "def from_trained" in written.out
    assert "fold_norms: 20 places" in written.err


def test_source_is_explained_by_what_is_fixed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "vgg16", "--explain"]) == 0
    assert (
        capsys.readouterr().err == "VGG: norm is fixed at False: it decides which steps there are\n"
    )


def test_explain_is_for_source_and_the_form_deploy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "resnet18", "--explain", "--format", "onnx", "-o", "x.onnx"]) == 2
    assert "add --form deploy" in capsys.readouterr().err
