"""Every script of `benchmarks/` runs to its end and prints figures; what they are depends on the
machine, and no test."""

import importlib
import re
import runpy
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

FOLDER = Path(__file__).parents[2] / "benchmarks"
SHORT = {
    "audit": ["resnet18", "--rounds=1"],
    "deploy": ["resnet18", "--rounds=1", "--batch=1", "--size=64", "--threads=1"],
    "drawing": ["resnet18", "googlenet", "--rounds=1"],
    "emission": ["resnet18", "--rounds=1"],
    "scale": ["--rounds=1", "--lines=200"],
    "startup": ["--rounds=1", "--commands", "check"],
    "sweep": ["--variants=20", "--built=2", "--rounds=1"],
    "training": ["resnet18", "--rounds=1", "--batch=2", "--size=64", "--threads=1"],
    "typing_speed": ["ghostnet", "--rounds=2", "--changes=4", "--starts=1"],
}
FIGURE = re.compile(r"\d (ms|MB|MiB)|\dx")


def test_every_script_has_a_short_run() -> None:
    scripts = [p.stem for p in FOLDER.glob("*.py") if "__main__" in p.read_text("utf-8")]
    assert sorted(scripts) == sorted(SHORT)


@pytest.mark.slow
@pytest.mark.parametrize("script", SHORT)
def test_a_short_run(
    script: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As `python benchmarks/SCRIPT.py` runs it, here where torch has been imported."""
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path))
    monkeypatch.syspath_prepend(FOLDER)
    file = str(FOLDER / f"{script}.py")
    monkeypatch.setattr(sys, "argv", [file, *SHORT[script]])
    threads = torch.get_num_threads()
    try:
        runpy.run_path(file, run_name="__main__")
    finally:
        torch.set_num_threads(threads)
    assert FIGURE.search(capsys.readouterr().out)


def test_what_computes_something_else_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """One weight that differs in its last bit."""
    monkeypatch.syspath_prepend(FOLDER)
    training = importlib.import_module("training")
    one, other = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    other.load_state_dict(one.state_dict())
    given = torch.ones(1, 1)
    training._agree({"ours": one, "theirs": other}, given)
    other.weight.data = torch.nextafter(one.weight.data, torch.tensor(9.0))
    with pytest.raises(AssertionError):
        training._agree({"ours": one, "theirs": other}, given)
