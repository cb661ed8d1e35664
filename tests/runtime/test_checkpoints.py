"""Checkpoints saved from torchvision's models are loaded without a change of key."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

import archdsl
from archdsl.cli import main
from archdsl.runtime.randomise import randomise
from archdsl.runtime.reference_models import reference
from archdsl.runtime.verify import Options, verify
from archdsl.runtime.weights import WeightsError

Save = Callable[[dict[str, Tensor], Path], None]
NAME = "squeezenet1_1"
SAVED: dict[str, Save] = {".pth": torch.save, ".safetensors": save_file}


def published(name: str) -> nn.Module:
    """torchvision's model, its state as different from a fresh one as a trained one is."""
    module = reference(f"torchvision:{name}").module
    randomise(module, seed=7)
    return module.eval()


@pytest.mark.one_in(4)
@pytest.mark.parametrize("ending", SAVED)
@pytest.mark.parametrize(
    "name", ["resnet18", "mobilenet_v3_small", pytest.param("swin_t", marks=pytest.mark.slow)]
)
def test_a_built_network_loads_it(name: str, ending: str, tmp_path: Path) -> None:
    theirs, path = published(name), tmp_path / f"{name}{ending}"
    SAVED[ending](theirs.state_dict(), path)
    net = archdsl.load(name)
    ours = net.build(weights=path).eval()
    assert isinstance(net.input, tuple)
    images = torch.randn(2, *net.input, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(ours(images), theirs(images))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("ending", SAVED)
def test_the_command_shows_it(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"weights{ending}"
    SAVED[ending](published(NAME).state_dict(), path)
    status = main(["verify", NAME, "--against", f"torchvision:{NAME}", "--weights", str(path)])
    told = capsys.readouterr().out
    assert status == 0, told
    assert f"both with the weights of {path}" in told
    assert "✓ outputs   the largest difference is 0" in told


def test_another_network_differs_with_the_same_weights(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(published(NAME).state_dict(), path)
    net = archdsl.load(NAME)
    text = net.source().replace("nn.ReLU(", "nn.SiLU(")
    verification = verify(net.program, text, f"torchvision:{NAME}", Options(weights=path))
    assert verification.keys.ok
    assert not verification.ok


def test_a_checkpoint_of_another_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "weights.pth"
    torch.save(published("squeezenet1_0").state_dict(), path)
    with pytest.raises(WeightsError, match="does not fit the network"):
        archdsl.load(NAME).build(weights=path)
    status = main(["verify", NAME, "--against", f"torchvision:{NAME}", "--weights", str(path)])
    assert status != 0
    assert f"archdsl: {path} does not fit the reference:" in capsys.readouterr().err


def test_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["verify", NAME, "--against", f"torchvision:{NAME}", "--weights", "none.pth"])
    assert status != 0
    assert "archdsl: cannot read none.pth: no such file or directory" in capsys.readouterr().err
