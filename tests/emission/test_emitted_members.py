"""What the emitted network has beside its modules: initialisation, auxiliary weights, names."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from cases import FOLDER, emitted
from torch import nn

import archdsl
from archdsl import driver
from archdsl.backends.python import emit, emit_deployed, network_class, trained_method
from archdsl.runtime.build import build, load_source
from archdsl.transforms.deploy import deploy

ATTENTION = str(FOLDER / "attention_init.arch")
NAMES = str(FOLDER / "taken_names.arch")


def built(spec: str) -> nn.Module:
    program, text = emitted(spec)
    return build(program, text)


def test_init_linear_leaves_the_inside_of_attention_alone() -> None:
    """PyTorch's own initialisation of `out_proj` draws numbers that no `constant` has."""
    model = built(ATTENTION)
    inside = model.get_parameter("block.out_proj.weight")
    assert isinstance(model.get_submodule("block.out_proj"), nn.Linear)
    assert inside.unique().numel() > 100
    reached = {
        "conv.weight": 0.25,
        "conv.bias": 0.0,
        "mlp.0.weight": 0.75,
        "mlp.2.weight": 0.75,
        "head.weight": 0.5,
        "head.bias": 0.0,
    }
    for name, value in reached.items():
        assert torch.all(model.get_parameter(name) == value), name


def test_steps_may_have_the_names_of_members() -> None:
    model = built(NAMES)
    assert torch.all(model.get_parameter("init_weights.weight") == 0)
    assert torch.all(model.get_parameter("torch.weight") == 0.5)
    assert type(model).aux_weights_ == {"output": 0.3}
    assert isinstance(model.get_submodule("aux_weights"), nn.BatchNorm2d)
    result = model.train()(torch.randn(2, 4, 8, 8))
    assert result._fields == ("output_", "output")
    assert result.output_.shape == (2, 2)
    assert result.output.shape == (2, 3)


def test_a_step_may_be_called_from_trained() -> None:
    spec = "network Net:\n    input 3x8x8\n    from_trained = conv(4, 3) -> bn\n    relu\n"
    program = driver.loads(spec, name="net.arch").program
    assert program is not None
    trained = build(program, emit(program)).eval()
    deployed = deploy(program)
    text = emit_deployed(deployed)
    cls = getattr(load_source("Net", text), network_class(deployed.program))
    assert trained_method(deployed.program) == "from_trained_"
    x = torch.randn(1, 3, 8, 8)
    torch.testing.assert_close(cls.from_trained_(trained.state_dict())(x), trained(x))


def test_a_variants_class_is_called_after_its_network() -> None:
    program, text = emitted("resnet50")
    assert network_class(program) == "ResNet"
    assert '    """ResNet-50.\n\n    Deep residual learning, He et al. 2016.\n    """' in text


@pytest.mark.slow
def test_type_checkers_have_nothing_to_say(tmp_path: Path) -> None:
    names = ("convnext_tiny", "densenet121", "googlenet", "vit_b_16")
    for name in names:
        (tmp_path / f"{name}.py").write_text(emitted(name)[1], encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--follow-imports=silent", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_constructor_holds_for_sizes_that_no_use_has() -> None:
    """In every use the input has as many channels as the concatenation: here it has not."""
    program, text = emitted(str(FOLDER / "skips.arch"))
    up = load_source(program.name, text).UpStep(5, 2, channels=6)
    assert up.down_step.conv.in_channels == 2 + 6
    result = up(torch.randn(1, 5, 4, 4), torch.randn(1, 2, 8, 8))
    assert result.shape == (1, 6, 8, 8)


def test_a_dictionary_is_nothing_else() -> None:
    """`towers` has computed names beside others, a dense block has nothing but those."""
    mixed, dense = built(str(FOLDER / "towers.arch")), built(str(FOLDER / "densenet.arch"))
    assert not isinstance(mixed, nn.ModuleDict)
    assert [f"mix{i}.weight" in mixed.state_dict() for i in range(6)] == [True] * 5 + [False]
    blocks = [m for m in dense.modules() if type(m).__name__ == "DenseBlock"]
    assert blocks and all(isinstance(block, nn.ModuleDict) for block in blocks)


def test_a_block_may_begin_with_two_underscores() -> None:
    """Python renames such attributes within a class: they are set and read by their names."""
    spec = (
        "block __a(w):\n    conv(w, 1) -> bn\n    add(identity, conv(w, 1))\n\n"
        'network Net:\n    input 4x8x8\n    __a(4) -> __a(8)\n    init "__a_.conv": zeros\n'
    )
    program = driver.loads(spec, name="net.arch").program
    assert program is not None
    model = build(program, emit(program))
    assert [key for key in model.state_dict() if key.startswith("__a_.conv")]
    assert torch.all(model.get_parameter("__a_.conv.weight") == 0)


def test_a_parameter_may_be_called_like_the_list_of_layers() -> None:
    spec = (
        "block inner(layers, n) = conv(layers, 1) -> (conv(layers, 3, padding=1) -> relu) * n -> "
        "drop_path(layers * 0.01)\n\n"
        "network Net:\n    input 4x8x8\n    inner(8, n=4) -> inner(16, n=5) -> inner(8, n=6)\n"
    )
    program = driver.loads(spec, name="net.arch").program
    assert program is not None
    assert build(program, emit(program))(torch.randn(1, 4, 8, 8)).shape == (1, 8, 8, 8)


def test_the_type_of_trained_weights_is_that_of_a_learned_one() -> None:
    spec = (
        "network Net:\n    input 3x8\n    p = relative_positions(3, flat=true)\n"
        "    index_select(input, p, dim=features) -> linear(4)\n"
    )
    net = archdsl.loads(spec)
    trained = net.build(dtype=torch.float64).eval()
    form = net.build(form="deploy", weights=trained.state_dict())
    x = torch.randn(2, 3, 8, dtype=torch.float64)
    torch.testing.assert_close(form(x), trained(x))
