"""Keys side by side, and checkpoints that fit, do not fit, or are no checkpoints."""

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import archdsl
from archdsl.runtime.keys import compare_keys
from archdsl.runtime.weights import WeightsError, load_matching, load_weights


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


# --- what training scripts make of keys -------------------------------------------------------


def loads_into_a_fresh_one(state: object, tmp_path: Path) -> bool:
    fresh = filled()
    torch.save(state, tmp_path / "w.pth")
    load_weights(fresh, tmp_path / "w.pth")
    return torch.equal(fresh.get_parameter("conv.weight"), torch.full((4, 3, 3, 3), 5.0))


def fives() -> dict[str, torch.Tensor]:
    return {key: torch.full_like(value, 5) for key, value in filled().state_dict().items()}


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.", "module._orig_mod.", "model.", "model._orig_mod.", ""]
)
@pytest.mark.parametrize("wrapper", ["model_ema", "model_state_dict", "state_dict", ""])
def test_prefixes_and_wrappers(prefix: str, wrapper: str, tmp_path: Path) -> None:
    state = {prefix + key: value for key, value in fives().items()}
    assert loads_into_a_fresh_one({wrapper: state, "epoch": 3} if wrapper else state, tmp_path)


def test_a_module_of_that_name_keeps_its_keys() -> None:
    own = module(module=nn.Linear(2, 2))
    state = own.state_dict()
    load_weights(own, state)
    assert next(iter(state)) == "module.weight"


def test_a_missing_counter_of_batches_is_accepted_as_by_torch(tmp_path: Path) -> None:
    state = fives()
    del state["bn.num_batches_tracked"]
    assert loads_into_a_fresh_one(state, tmp_path)
    del state["bn.running_var"]
    with pytest.raises(WeightsError, match=r"bn\.running_var"):
        load_weights(filled(), state)


def test_what_fits_is_loaded_and_the_rest_told() -> None:
    fresh, state = filled(), fives()
    state["bn.weight"] = torch.ones(5)
    state["head.weight"] = torch.ones(2)
    rest = load_matching(fresh, state)
    assert torch.equal(fresh.get_parameter("conv.weight"), state["conv.weight"])
    assert "bn.weight is 4 in the network, 5 in the checkpoint" in rest
    assert "only the checkpoint has head.weight (2)" in rest


def test_prefixes_say_what_is_loaded() -> None:
    fresh, state = filled(), fives()
    before = fresh.get_parameter("bn.weight").clone()
    load_matching(fresh, state, ["conv"])
    assert torch.equal(fresh.get_parameter("conv.weight"), state["conv.weight"])
    assert torch.equal(fresh.get_parameter("bn.weight"), before)
    with pytest.raises(WeightsError, match="no key of the network begins with `con`; they begin"):
        load_matching(fresh, state, ["conv", "con"])


def test_a_prefix_may_stand_alone() -> None:
    fresh, state = filled(), fives()
    before = fresh.get_parameter("bn.weight").clone()
    load_matching(fresh, state, "conv")
    assert torch.equal(fresh.get_parameter("conv.weight"), state["conv.weight"])
    assert torch.equal(fresh.get_parameter("bn.weight"), before)


def test_another_number_of_classes_by_build() -> None:
    published = archdsl.load("squeezenet1_1", classes=10).build().state_dict()
    net = archdsl.load("squeezenet1_1", classes=3)
    with pytest.warns(UserWarning, match="loaded in part:\n  classifier.1.weight is 3x512x1x1"):
        module = net.build(weights=published, partial=True)
    key = "features.0.weight"
    assert torch.equal(module.state_dict()[key], published[key])


def test_pairs_of_a_kind_that_cannot_be_told_apart_are_not_told() -> None:
    ours = module(a=nn.Linear(2, 2), b=nn.Linear(2, 2)).state_dict()
    theirs = module(c=nn.Linear(2, 2)).state_dict()
    assert all(stray.nearest is None for stray in compare_keys(ours, theirs).extra)
