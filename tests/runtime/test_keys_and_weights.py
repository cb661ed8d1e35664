"""Keys side by side, and checkpoints that fit, do not fit, or are no checkpoints."""

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from archdsl.runtime.keys import compare_keys
from archdsl.runtime.weights import WeightsError, load_weights


def module(**names: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(names))


def filled() -> nn.Module:
    return module(conv=nn.Conv2d(3, 4, 3), bn=nn.BatchNorm2d(4))


def test_equal_keys() -> None:
    keys = compare_keys(filled().state_dict(), filled().state_dict())
    assert keys.ok and keys.fit and keys.count == 7
    assert keys.lines("a", "b") == []


def test_a_renamed_layer_is_named_with_what_it_resembles() -> None:
    other = module(conv1=nn.Conv2d(3, 4, 3), bn=nn.BatchNorm2d(4))
    keys = compare_keys(filled().state_dict(), other.state_dict())
    assert not keys.fit
    assert keys.lines("the spec", "the reference") == [
        "only the reference has conv1.weight (4x3x3x3); the other side has conv.weight",
        "only the reference has conv1.bias (4); the other side has conv.bias",
        "only the spec has conv.weight (4x3x3x3); the other side has conv1.weight",
        "only the spec has conv.bias (4); the other side has conv1.bias",
    ]


def test_shapes_and_order() -> None:
    other = module(bn=nn.BatchNorm2d(4), conv=nn.Conv2d(3, 4, 5))
    keys = compare_keys(filled().state_dict(), other.state_dict())
    assert not keys.fit and not keys.ok
    assert keys.lines("ours", "theirs") == [
        "conv.weight is 4x3x3x3 in ours, 4x3x5x5 in theirs",
        "the order of the keys differs from conv.weight on",
    ]


def test_a_long_list_is_cut() -> None:
    many = module(**{f"layer{k}": nn.Linear(2, 2) for k in range(20)})
    lines = compare_keys(filled().state_dict(), many.state_dict()).lines("a", "b")
    assert "… and 28 more of these" in lines  # 40 keys, 12 shown


@pytest.mark.parametrize("wrapper", [None, "state_dict", "model"])
def test_a_torch_checkpoint(tmp_path: Path, wrapper: str | None) -> None:
    trained, fresh = filled(), filled()
    state = trained.state_dict()
    torch.save(state if wrapper is None else {wrapper: state, "epoch": 3}, tmp_path / "w.pth")
    load_weights(fresh, tmp_path / "w.pth")
    assert torch.equal(fresh.get_parameter("conv.weight"), trained.get_parameter("conv.weight"))


@pytest.mark.parametrize("name", ["w.safetensors", "w.bin"])
def test_a_safetensors_file_by_its_content(tmp_path: Path, name: str) -> None:
    trained, fresh = filled(), filled()
    save_file(trained.state_dict(), tmp_path / name)
    load_weights(fresh, str(tmp_path / name))
    assert torch.equal(fresh.get_parameter("conv.weight"), trained.get_parameter("conv.weight"))


def test_a_state_dict() -> None:
    trained, fresh = filled(), filled()
    load_weights(fresh, trained.state_dict())
    assert torch.equal(fresh.get_parameter("conv.bias"), trained.get_parameter("conv.bias"))


def test_what_does_not_fit_is_listed_and_nothing_is_loaded() -> None:
    fresh = filled()
    before = fresh.get_parameter("conv.weight").clone()
    state = {"conv.weight": torch.zeros(4, 3, 3, 3)}
    with pytest.raises(WeightsError, match=r"does not fit the network:\n  only the network has"):
        load_weights(fresh, state)
    assert torch.equal(fresh.get_parameter("conv.weight"), before)


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("a checkpoint ran code",)


def test_files_that_are_no_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.pth").write_text("hello")
    (tmp_path / "empty.pth").write_bytes(b"")
    (tmp_path / "cut.safetensors").write_bytes(b"\xff\x00\x00\x00\x00\x00\x00\x00{")
    torch.save([1, 2], tmp_path / "list.pth")
    torch.save({"x": Evil()}, tmp_path / "evil.pth")
    for name, why in [
        ("text.pth", "cannot be read safely"),
        ("empty.pth", "cannot be read safely"),
        ("cut.safetensors", "is damaged"),
        ("list.pth", "holds no state_dict"),
        ("evil.pth", "cannot be read safely"),
        ("none.pth", "no such file"),
    ]:
        with pytest.raises(WeightsError, match=why):
            load_weights(filled(), tmp_path / name)
    assert capsys.readouterr().out == ""


LOSSY: dict[str, tuple[str, Callable[[torch.Tensor], torch.Tensor], str]] = {
    "sparse": ("conv.weight", torch.Tensor.to_sparse, "is sparse"),
    "meta": ("conv.weight", lambda x: x.to("meta"), "is on the device meta"),
    "complex": ("conv.weight", lambda x: x + 1j, "is complex"),
    "quantised": (
        "conv.weight",
        lambda x: torch.quantize_per_tensor(x, 0.1, 0, torch.qint8),
        "is quantised",
    ),
    "a fraction": ("bn.num_batches_tracked", lambda x: x + 0.5, "has fractions"),
}


@pytest.mark.parametrize("name", LOSSY)
def test_tensors_that_could_not_be_copied_whole(name: str, tmp_path: Path) -> None:
    key, change, why = LOSSY[name]
    model = filled()
    state = model.state_dict()
    state[key] = change(state[key])
    torch.save(state, tmp_path / "w.pth")
    fresh = filled()
    before = {key: value.clone() for key, value in fresh.state_dict().items()}
    for weights in (state, tmp_path / "w.pth"):
        with pytest.raises(WeightsError, match=f"{key} {why}"):
            load_weights(fresh, weights)
    assert all(torch.equal(value, before[key]) for key, value in fresh.state_dict().items())


def test_a_pipe_is_no_checkpoint(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "w.pt")
    with pytest.raises(WeightsError, match="it is not a regular file"):
        load_weights(filled(), tmp_path / "w.pt")
