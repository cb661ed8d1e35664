"""Where references come from, and what is said when one cannot be had."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from torch import nn

from archdsl.runtime import reference_models
from archdsl.runtime.reference_models import UnknownReference, reference


def test_torchvision_and_timm() -> None:
    assert type(reference("torchvision:squeezenet1_1").module).__name__ == "SqueezeNet"
    assert type(reference("timm:resnet18").module).__name__ == "ResNet"


def test_the_number_of_classes_is_passed_on() -> None:
    fc = reference("torchvision:resnet18", classes=7).module.get_submodule("fc")
    assert isinstance(fc, nn.Linear) and fc.out_features == 7


def test_heads_of_training_are_there() -> None:
    names = [name for name, _ in reference("torchvision:googlenet").module.named_children()]
    assert {"aux1", "aux2"} <= set(names)


@pytest.mark.parametrize(
    ("against", "message"),
    [
        ("torchvision:resnet19", "torchvision has no model `resnet19`; did you mean `resnet1"),
        ("timm:resnet_18", "timm has no model `resnet_18`; did you mean `resnet18`?"),
        ("torchvision:???", r"torchvision has no model `\?\?\?`; it has \d+, such as alexnet, "),
        ("resnet18", "write torchvision:NAME, timm:NAME or module.path:callable"),
        ("torchvision:", "names no reference"),
        (":resnet18", "names no reference"),
        ("no.such.module:f", "cannot import `no.such.module`"),
        ("torch.nn:Linaer", "`torch.nn` has no `Linaer`; did you mean `Linear`?"),
        ("builtins:dict", "gives a dict, no nn.Module"),
    ],
)
def test_unknown_references(against: str, message: str) -> None:
    with pytest.raises(UnknownReference, match=message):
        reference(against)


def test_a_callable_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from torch import nn\nclass Zoo:\n    @staticmethod\n    def net(): return nn.ReLU()\n"
    (tmp_path / "my_reference.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    assert isinstance(reference("my_reference:Zoo.net").module, nn.ReLU)
    assert sys.path == before


def test_a_collection_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    reference_models._package.cache_clear()
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(UnknownReference, match="timm is not installed: pip install timm"):
        reference("timm:resnet18")
    reference_models._package.cache_clear()


@pytest.mark.slow  # a process that loads torch
def test_missing_compiled_operators_are_declared_and_told(tmp_path: Path) -> None:
    """A package that, as torchvision built for another torch, describes an absent operator."""
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text("from torchvision import ops, models\n")
    (tmp_path / "torchvision" / "ops.py").write_text(
        "import torch\n"
        '@torch.library.register_fake("torchvision::nms")\n'
        "def nms(dets, scores, threshold): ...\n"
    )
    (tmp_path / "torchvision" / "models.py").write_text(
        textwrap.dedent(
            """
            from torch import nn
            def list_models(): return ["tiny"]
            def get_model_builder(name): return lambda weights: nn.Linear(2, 2)
            """
        )
    )
    code = (
        "from archdsl.runtime.reference_models import reference\n"
        "found = reference('torchvision:tiny')\n"
        "print(type(found.module).__name__, *found.notes)\n"
    )
    path = f"{tmp_path}:{Path(__file__).parents[2]}"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.startswith("Linear torchvision was built for another torch"), run.stderr
