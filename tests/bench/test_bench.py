"""`archdsl bench`: what it measures and says; never how long anything took."""

import json
from itertools import pairwise

import pytest
import torch
from torch import nn

from archdsl.base.fair_timing import medians
from archdsl.cli import main
from archdsl.runtime.measure import forward, loss, peak_memory, training_step

FEW = ["--rounds", "1", "--threads", "1"]


def measured(capsys, *words: str) -> dict:
    assert main(["bench", *words, *FEW, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_training_form_beside_a_reference(capsys) -> None:
    words = ("squeezenet1_1", "--input", "3x64x64", "--against", "torchvision:squeezenet1_1")
    measurement = measured(capsys, *words, "--batch", "2")
    assert [row["name"] for row in measurement["rows"]] == ["train", "torchvision:squeezenet1_1"]
    assert (measurement["network"], measurement["form"], measurement["device"]) == (
        "squeezenet1_1",
        "train",
        "cpu",
    )
    assert (measurement["batch"], measurement["rounds"], measurement["threads"]) == (2, 1, 1)
    for row in measurement["rows"]:
        assert row["forward"] > 0
        assert row["step"] > 0
        assert row["step_memory"] > row["forward_memory"] > 0


def test_the_deploy_form_beside_the_training_form(capsys) -> None:
    measurement = measured(capsys, "lenet5", "--form", "deploy")
    assert [row["name"] for row in measurement["rows"]] == ["deploy", "train"]
    assert all(row["step"] is None and row["step_memory"] is None for row in measurement["rows"])


def test_the_table(capsys) -> None:
    assert main(["bench", "lenet5", "--against", "bench_models:twin", *FEW]) == 2
    assert "cannot import `bench_models`" in capsys.readouterr().err
    assert main(["bench", "lenet5", *FEW]) == 0
    head, _, titles, row = capsys.readouterr().out.splitlines()
    assert head.startswith("lenet5, form train, batch 1, cpu, 1 threads, torch ")
    assert titles.split() == ["forward", "memory", "training", "step", "memory"]
    assert row.split()[0] == "train"
    assert row.split()[2] == "ms"


def test_an_own_model_beside_it(capsys, tmp_path, monkeypatch) -> None:
    layers = "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    text = f"from torch import nn\ndef twin():\n    return {layers}\n"
    (tmp_path / "bench_models.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    spec = "lenet5"
    assert main(["bench", spec, "--input", "1x28x28", "--against", "bench_models:twin", *FEW]) == 0
    assert "beside bench_models:twin: " in capsys.readouterr().out


def test_a_device_that_is_not_there(capsys) -> None:
    if torch.cuda.is_available():
        assert main(["bench", "lenet5", "--device", "cuda:99", *FEW]) == 2
    else:
        assert main(["bench", "lenet5", "--device", "cuda", *FEW]) == 2
    assert "cannot run on `cuda" in capsys.readouterr().err


def test_turns_are_taken_and_warming_up_does_not_count() -> None:
    seen: list[str] = []
    ticks = iter(range(1000))
    work = {name: lambda name=name: seen.append(name) for name in "ab"}
    times = medians(work, rounds=3, warm_up=1, clock=lambda: float(next(ticks)))
    assert "".join(seen) == "abbaabba"
    assert times == {"a": 1.0, "b": 1.0}


def test_every_contestant_begins_as_often_and_of_many_none_has_two_turns_in_a_row() -> None:
    seen: list[str] = []
    work = {name: lambda name=name: seen.append(name) for name in "abcd"}
    medians(work, rounds=8, warm_up=0)
    assert "".join(seen[::4]) == "abcdabcd"
    assert all(one != next for one, next in pairwise(seen))


def test_peak_memory_by_hand() -> None:
    """A linear layer of 100 on 10 samples: two results at once; then three."""
    layer, x = nn.Linear(100, 100, bias=False), torch.zeros(10, 100)
    known = (x, *layer.state_dict().values())
    with torch.no_grad():
        assert peak_memory(lambda: layer(layer(x)), known) == 2 * 4 * 1000
        kept = peak_memory(lambda: (layer(x), layer(x), layer(x)), known)
    assert kept == 3 * 4 * 1000


def test_a_step_moves_the_weights_and_an_inference_does_not() -> None:
    layer, x = nn.Linear(4, 4), torch.ones(2, 4)
    before = layer.weight.detach().clone()
    forward(layer, (x,))()
    assert not layer.training
    assert torch.equal(layer.weight, before)
    training_step(layer, (x,))()
    assert layer.training
    assert not torch.equal(layer.weight, before)


@pytest.mark.parametrize("wrap", [lambda t: t, lambda t: (t, t), lambda t: {"out": t, "aux": t}])
def test_the_loss_has_every_result_in_it(wrap) -> None:
    x = torch.full((3,), 2.0)
    results = wrap(x)
    parts = 1 if isinstance(results, torch.Tensor) else len(results)
    assert loss(results).item() == 4.0 * parts


def test_a_batch_that_cannot_train_is_two(capsys, tmp_path) -> None:
    spec = tmp_path / "pooled.arch"
    spec.write_text("network Pooled:\n    input 3x8x8\n    global_avg_pool -> bn -> flatten\n")
    measurement = measured(capsys, str(spec))
    assert measurement["batch"] == 2
    assert "a batch of 1 cannot be trained" in measurement["notes"][0]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--threads", "99999"], "99,999 threads for "),
        (["--batch", "100000000"], "a batch of 100,000,000 does not fit into memory on cpu"),
    ],
)
def test_what_no_machine_has(capsys, flags: list[str], told: str) -> None:
    assert main(["bench", "lenet5", "--rounds", "1", *flags]) == 2
    assert told in capsys.readouterr().err
