"""ONNX files that onnxruntime runs: the module's numbers, for batches of any size."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from small_networks import EACH_OP, small
from torch import nn
from traced_networks import inputs, tensors

import archdsl
from archdsl.cli import main
from archdsl.network import Form
from archdsl.runtime import export, onnx_check
from archdsl.runtime.randomise import randomise
from tests.parts import parts

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PAIR = """
network Pair:
    input left: 3x8x8
    input right: 3x8x8
    layer tower = path:
        conv(8, 3, bias=false) -> bn -> relu
    a = left -> tower
    b = right -> tower
    output joined=add(a, b), apart=subtract(a, b)
"""
NORMED = "network N:\n    input 3x8x8\n    conv(4, 3) -> bn -> relu -> conv(5, 3) -> bn\n"
SKIPPING = """
network N:
    input 3x16x16
    kept = conv(4, 3, padding=1) -> relu
    max_pool(2) -> conv(8, 3, padding=1) -> conv_transpose(4, 2, stride=2)
    concat(identity, kept) -> conv(2, 1)
"""
LARGER = {
    "densenet_small": "3x32x32",
    "resnet18": "3x64x64",
    "googlenet": "3x64x64",
    "convnext_tiny": "3x64x64",
    "unet_padded": "3x32x32",
    "tcn": "1x784",
    "c3d": "3x16x64x64",
    "dcgan_generator": "100x1x1",
}


SMALL = {"lenet5": "1x28x28"}
DEPLOYED = ("resnet18", "googlenet", "mobilenet_v3_small", "repvgg_a0")


@pytest.fixture(scope="module", autouse=True)
def operators_read_once() -> Iterator[None]:
    """A third of the exporter's time goes into reading anew how each operator is written."""
    from torch.onnx._internal.exporter._registration import ONNXRegistry

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ONNXRegistry, "from_torchlib", staticmethod(cache(ONNXRegistry.from_torchlib))
        )
        yield


def same_numbers(net: archdsl.Network, form: Form, folder: Path) -> None:
    """Exported with random running statistics, run with batches of two sizes, and compared."""
    torch.manual_seed(0)
    trained = net.build()
    randomise(trained, seed=0)
    model = net.build(form=form, weights=trained.state_dict()).eval()
    export.write_onnx(net.program, model, folder / "net.onnx")
    for batch in (1, 3):
        agrees(folder / "net.onnx", net, model, batch)


def agrees(file: Path, net: archdsl.Network, model: nn.Module, batch: int) -> None:
    session = _session(file)
    given = inputs(net, batch)
    named = {one.name: x.numpy() for one, x in zip(session.get_inputs(), given, strict=True)}
    with torch.no_grad():
        wanted = tensors(model(*given))
    for own, other in zip(wanted, session.run(None, named), strict=True):
        rounding = 1e-5 * max(1, float(own.abs().max()))  # sums of large terms that cancel
        torch.testing.assert_close(torch.from_numpy(other), own, rtol=1e-4, atol=rounding)


def _session(file: Path) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options)


@pytest.mark.parametrize(("spec", "shape"), SMALL.items())
def test_small_networks(spec: str, shape: str, tmp_path: Path) -> None:
    same_numbers(archdsl.load(spec, input=shape), "train", tmp_path)


@pytest.mark.parametrize("spec", parts(DEPLOYED, (), ("resnet18", "repvgg_a0")))
def test_deploy_forms(spec: str, tmp_path: Path) -> None:
    same_numbers(small(spec), "deploy", tmp_path)


@pytest.mark.parametrize("spec", parts(LARGER, (), ("densenet_small", "tcn", "c3d")))
def test_larger_networks(spec: str, tmp_path: Path) -> None:
    same_numbers(archdsl.load(spec, input=LARGER[spec]), "train", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("spec", [name for name in EACH_OP if name not in SMALL])
def test_each_op(spec: str, tmp_path: Path) -> None:
    same_numbers(small(spec), "train", tmp_path)


def test_the_names_of_the_spec(tmp_path: Path) -> None:
    net = archdsl.loads(PAIR)
    model = net.build().eval()
    export.write_onnx(net.program, model, tmp_path / "pair.onnx")
    agrees(tmp_path / "pair.onnx", net, model, batch=2)
    session = _session(tmp_path / "pair.onnx")
    assert [(x.name, x.shape) for x in session.get_inputs()] == [
        ("left", ["batch", 3, 8, 8]),
        ("right", ["batch", 3, 8, 8]),
    ]
    assert [(x.name, x.shape) for x in session.get_outputs()] == [
        ("joined", ["batch", 8, 6, 6]),
        ("apart", ["batch", 8, 6, 6]),
    ]


def test_weights_beside_a_large_graph(tmp_path: Path) -> None:
    """Where they would not fit into one file; here the limit is set to nothing."""
    net = archdsl.load("lenet5")
    model = net.build().eval()
    export.write_onnx(net.program, model, tmp_path / "net.onnx", largest=0)
    sizes = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    assert set(sizes) == {"net.onnx", "net.onnx.data"}
    assert sizes["net.onnx.data"] > 0.99 * 4 * net.params > sizes["net.onnx"]
    agrees(tmp_path / "net.onnx", net, model, batch=2)


@pytest.mark.slow
def test_a_foreign_file_beside_a_large_graph_is_spared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export.write_onnx, "__kwdefaults__", {
        **export.write_onnx.__kwdefaults__, "largest": 0,
    })  # fmt: skip
    words = ["compile", "lenet5", "--format", "onnx", "-o", str(tmp_path / "net.onnx")]
    (tmp_path / "net.onnx.data").write_text("mine")
    assert main(words) == 2
    assert (tmp_path / "net.onnx.data").read_text() == "mine"
    assert not (tmp_path / "net.onnx").exists()
    assert main([*words, "--force"]) == 0
    assert main(words) == 0  # both are archdsl's own now


def test_a_module_in_training_stays_so(tmp_path: Path) -> None:
    net = archdsl.load("lenet5")
    model = net.build().train()
    export.write_onnx(net.program, model, tmp_path / "net.onnx")
    assert model.training


# --- what cannot be written -------------------------------------------------------------------


UNKNOWN = "cannot be written as ONNX: torch's exporter knows no operators of ONNX for it"
REFUSED = {
    "an adaptive maximum": (
        ("8x12x12", "adaptive_max_pool(5)"),
        f"`adaptive_max_pool2d` (`adaptive_max_pool(5)`, line 3 of n.arch) {UNKNOWN}",
    ),
    "an adaptive mean of volumes": (
        ("8x6x6x6", "adaptive_avg_pool(4)"),
        f"`_adaptive_avg_pool3d` (`adaptive_avg_pool(4)`, line 3 of n.arch) {UNKNOWN}",
    ),
    "an adaptive maximum of volumes": (
        ("8x6x6x6", "relu -> adaptive_max_pool(4)"),
        f"`adaptive_max_pool3d` (`adaptive_max_pool(4)`, line 3 of n.arch) {UNKNOWN}",
    ),
    "attention without heads": (
        ("7x4", "k = linear(4)\n    scaled_dot_product(k, k, k)\n    relu"),
        "`scaled_dot_product_attention` (`scaled_dot_product(k, k, k)`, line 4 of n.arch) "
        "cannot be written as ONNX: ",
    ),
    "the second of two alike": (
        (
            "2x7x4",
            "k = identity\n    scaled_dot_product(k, k, k)\n    a, b = unbind(dim=channels)\n"
            "    scaled_dot_product(a, a, b)",
        ),
        "(`scaled_dot_product(a, a, b)`, line 6 of n.arch) cannot be written as ONNX: ",
    ),
    "another divisor": (
        ("8x6x6", "relu -> avg_pool(2, divisor_override=2) -> relu"),
        "from the module's; the first operator that differs is `avg_pool2d` "
        "(`avg_pool(2, divisor_override=2)`, line 3 of n.arch): nothing was written",
    ),
    "another divisor in the last step": (
        ("8x6x6", "avg_pool(2, divisor_override=2)"),
        "`avg_pool2d` (`avg_pool(2, divisor_override=2)`, line 3 of n.arch): nothing was written",
    ),
    "a file that onnxruntime cannot run": (
        ("6x5x5", "conv_transpose(3, 3, dilation=2, output_padding=1)"),
        "onnxruntime cannot run `convolution` (`conv_transpose(3, 3, dilation=2, output…`, "
        "line 3 of n.arch) for 2x6x5x5: ",
    ),
}


@pytest.mark.one_in(8)
@pytest.mark.parametrize(("lines", "told"), REFUSED.values(), ids=REFUSED)
def test_nothing_wrong_is_written(
    lines: tuple[str, str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    size, steps = lines
    Path("n.arch").write_text(f"network N:\n    input {size}\n    {steps}\n")
    assert main(["compile", "n.arch", "--format", "onnx", "-o", "n.onnx"]) == 2
    said = capfd.readouterr().err
    assert told in said and len(said.splitlines()) == 1
    assert not Path("n.onnx").exists()


def test_height_and_width_on_request(tmp_path: Path) -> None:
    any_height_and_width(archdsl.loads(SKIPPING), tmp_path)


@pytest.mark.exhaustive
def test_height_and_width_of_unet(tmp_path: Path) -> None:
    any_height_and_width(archdsl.load("unet_padded", input="3x32x32"), tmp_path)


def any_height_and_width(net: archdsl.Network, tmp_path: Path) -> None:
    model = net.build().eval()
    export.write_onnx(net.program, model, tmp_path / "net.onnx", dynamic=("height", "width"))
    session = _session(tmp_path / "net.onnx")
    x = torch.randn(1, 3, 48, 80)
    (found,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    with torch.no_grad():
        torch.testing.assert_close(torch.from_numpy(found), model(x), rtol=1e-4, atol=1e-4)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("hight",), "there is no dimension 'hight'; did you mean `height`?"),
        (("depth",), "no input has a depth"),
        (("height", "width"), "so that its sizes cannot be left open: "),
    ],
)
def test_dimensions_that_cannot_be_open(names: tuple[str, ...], told: str, tmp_path: Path) -> None:
    net = archdsl.load("lenet5")
    with pytest.raises(export.OnnxError, match=re.escape(told)):
        export.write_onnx(net.program, net.build(), tmp_path / "net.onnx", dynamic=names)


# --- the command ------------------------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("form", ["train", "deploy"])
def test_the_command_with_a_checkpoint(form: Form, tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(NORMED)
    net = archdsl.loads(NORMED)
    torch.manual_seed(7)
    trained = net.build()
    randomise(trained, seed=7)
    torch.save(trained.state_dict(), tmp_path / "trained.pt")
    file = tmp_path / "net.onnx"
    flags = ["--form", form, "--weights", str(tmp_path / "trained.pt"), "-o", str(file)]
    assert main(["compile", str(tmp_path / "net.arch"), "--format", "onnx", *flags]) == 0
    agrees(file, net, trained.eval(), batch=2)


@pytest.mark.slow
def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = [tmp_path / "first.onnx", tmp_path / "second.onnx"]
    for file in files:
        assert main(["compile", "lenet5", "--format", "onnx", "-o", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert b"site-packages" not in files[0].read_bytes()


@pytest.mark.slow
def test_a_file_of_another_hand_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "net.onnx"
    file.write_bytes(b"precious")
    command = ["compile", "lenet5", "--format", "onnx", "-o", str(file)]
    assert main(command) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert file.read_bytes() == b"precious"
    assert main([*command, "--force"]) == 0
    assert main(command) == 0  # now it is archdsl's own


def test_a_checkpoint_that_is_read_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "net.onnx"
    torch.save(archdsl.load("lenet5").build().state_dict(), file)
    before = file.read_bytes()
    flags = ["--format", "onnx", "--weights", str(file), "-o", str(file), "--force"]
    assert main(["compile", "lenet5", *flags]) == 2
    assert "is read by this command" in capsys.readouterr().err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["--format", "onnx"], "written to a file: give one with -o"),
        (["--format", "onnx", "-o", "-"], "written to a file: give one with -o"),
        (["--weights", "net.pt"], "--weights are for --format onnx"),
        (["--format", "onnx", "-o", "net.onnx", "--weights", "none.pt"], "cannot read none.pt"),
        (["--format", "onnx", "-o", "nowhere/net.onnx"], "there is no folder nowhere"),
    ],
)
def test_misuse(
    flags: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["compile", "lenet5", *flags]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert reason in captured.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(name: str) -> ModuleSpec | None:
        return ModuleSpec(name, None) if name == "onnx" else None

    monkeypatch.setattr(export, "find_spec", found)
    assert main(["compile", "lenet5", "--format", "onnx", "-o", str(tmp_path / "net.onnx")]) == 2
    wanted = "archdsl: the format onnx needs onnxscript: pip install 'archdsl[onnx]'\n"
    assert capsys.readouterr().err == wanted


def test_numbers_that_nobody_has_compared_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(onnx_check, "find_spec", lambda name: None)
    assert main(["compile", "lenet5", "--format", "onnx", "-o", str(tmp_path / "net.onnx")]) == 0
    told = "onnxruntime is not installed, so nobody has compared the file's numbers"
    assert told in capsys.readouterr().err
    assert (tmp_path / "net.onnx").exists()
