"""The emitted file: clean, complete, standalone, the same every time."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from deploying import difference, disturb, flat

import archdsl
from archdsl.ir.graph import state_dict
from archdsl.runtime.weights import WeightsError

NETWORKS = ["resnet18", "googlenet", "densenet121", "repvgg_a0", "mobilenet_v2", "vit_b_32"]
RUFF = [sys.executable, "-m", "ruff"]


def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    for name in NETWORKS:
        (tmp_path / f"{name}.py").write_text(archdsl.load(name).source("deploy"), encoding="utf-8")
    for words in (["check", "--extend-select", "I"], ["format", "--diff"]):
        command = [*RUFF, words[0], "--isolated", "--no-cache", *words[1:], tmp_path]
        done = subprocess.run(command, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout
    assert f"{len(NETWORKS)} files already formatted" in done.stderr


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", NETWORKS)
def test_state_dict_is_the_programs(name: str) -> None:
    net = archdsl.load(name)
    actual = {k: tuple(v.shape) for k, v in net.build(form="deploy").state_dict().items()}
    assert actual == {k: w.shape for k, w in state_dict(net.deployment.program.root)}


def test_only_helpers_that_it_calls() -> None:
    text = archdsl.load("lenet5").source("deploy")
    assert "def fold" not in text and "def renamed" not in text
    assert "def renamed" in archdsl.load("vit_b_32").source("deploy")


SMALL = "network Small:\n    input 3x8x8\n    conv(4, 3) -> bn -> relu\n    conv(2, 3) -> bn\n"


@pytest.mark.parametrize("name", ["Small", pytest.param("RepVGG", marks=pytest.mark.slow)])
def test_it_needs_nothing_but_torch(name: str, tmp_path: Path) -> None:
    """A process of its own, where archdsl cannot be imported, gives the same numbers."""
    small = name == "Small"
    net = archdsl.loads(SMALL) if small else archdsl.load("repvgg_a0", input="3x64x64")
    trained = net.build().eval()
    disturb(trained)
    given = torch.randn(2, *net.input)
    (tmp_path / "network.py").write_text(net.source("deploy"))
    torch.save({"weights": trained.state_dict(), "given": given}, tmp_path / "saved.pt")
    script = (
        "import sys; sys.modules['archdsl'] = None\n"
        "import torch\n"
        f"from network import {name}\n"
        "saved = torch.load('saved.pt')\n"
        f"model = {name}.from_trained(saved['weights'])\n"
        "torch.save(model(saved['given']).detach(), 'result.pt')\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    with torch.no_grad():
        expected = trained(given)
    actual = torch.load(tmp_path / "result.pt")
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-5 * expected.abs().max())


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    script = "import archdsl; print(archdsl.load('googlenet').source('deploy'))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(archdsl.__file__).parents[1])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(runs) == 1


def test_it_takes_the_type_of_the_trained_weights() -> None:
    net = archdsl.load("lenet5")
    trained = net.build(dtype=torch.bfloat16)
    model = net.build(form="deploy", weights=trained.state_dict())
    assert {p.dtype for p in model.parameters()} == {torch.bfloat16}


def test_it_shares_no_memory_with_the_trained_weights() -> None:
    net = archdsl.load("resnet18")
    weights = net.build().state_dict()
    model = net.build(form="deploy", weights=weights)
    before = model.fc.weight.clone()
    weights["fc.weight"].zero_()
    assert torch.equal(model.fc.weight, before)


def test_weights_that_do_not_fit_are_refused() -> None:
    net = archdsl.load("resnet18")
    weights = net.build().state_dict()
    del weights["layer1.0.bn1.bias"]
    with pytest.raises(WeightsError, match=r"layer1\.0\.bn1\.bias"):
        net.build(form="deploy", weights=weights)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(archdsl.Misuse, match="choose from train, deploy"):
        archdsl.load("lenet5").source("inference")


def test_images_lie_channels_last() -> None:
    model = archdsl.load("resnet18").build(form="deploy")
    assert model.layer1[0].conv1.weight.is_contiguous(memory_format=torch.channels_last)
    results: list[torch.Tensor] = []
    model.layer4.register_forward_hook(lambda *args: results.append(args[2]))
    with torch.no_grad():
        assert len(flat(model(torch.randn(2, 3, 64, 64)))) == 1
    assert results[0].is_contiguous(memory_format=torch.channels_last)


def test_what_is_no_image_lies_as_usual() -> None:
    text = "network Net():\n    input 3x100\n    conv(4, 5) -> relu\n"
    assert "channels_last" not in archdsl.loads(text).source("deploy")


def test_filters_of_images_beside_those_of_volumes() -> None:
    """PyTorch has no such layout for a weight of five dimensions."""
    text = (
        "network Net():\n    input 2x6x6\n    conv(4, 3, padding=1)\n    stack(relu, tanh)\n"
        "    conv(4, 3, padding=1) -> bn\n"
    )
    net = archdsl.loads(text)
    assert difference(net) < 1e-9
    assert "channels_last" not in net.source("deploy")
