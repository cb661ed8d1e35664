"""What cannot be compared is told in one sentence; nothing ends in a traceback."""

from pathlib import Path

import pytest
import torch

from archdsl.cli import main

MODELS = """
import sys
import torch
from torch import nn

def two(): return nn.Bilinear(4, 4, 2)
def fails(): raise ValueError("no weights\\nhere")
def ends(): sys.exit(0)
def needs(depth, *, width): return nn.Linear(4, 2)
def number(): return 3
def meta(): return nn.Linear(4, 2, device="meta")
def half(): return Named(torch.bfloat16)
def good(): return Named(torch.float32)
value = 7

class Named(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.fc = nn.Linear(4, 2, dtype=dtype)
    def forward(self, x):
        return self.fc(x)

class Refusing(Named):
    def __init__(self):
        super().__init__(torch.float32)
    def forward(self, x):
        sys.exit(3)

class Picky(Named):
    def __init__(self):
        super().__init__(torch.float32)
    def forward(self, x):
        assert x.min() >= 0 and x.max() <= 1, "wants numbers from 0 to 1"
        return self.fc(x)

class Ids(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(5, 3))
    def forward(self, ids):
        return self.table[ids]

def renamed():
    module = Named(torch.float32)
    module.head = module.fc
    del module.fc
    module.forward = module.head.forward
    return module
"""
SPEC = "network Small:\n    input 4\n    fc = linear(2)\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with references; each test imports them anew."""
    (tmp_path / f"zoo_{tmp_path.name}.py").write_text(MODELS)
    (tmp_path / f"broken_{tmp_path.name}.py").write_text("import this_is_not_there_at_all\n")
    (tmp_path / f"torn_{tmp_path.name}.py").write_text("def f(:\n")
    (tmp_path / "small.arch").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verified(place: Path, name: str, *flags: str, home: str = "zoo") -> int:
    return main(["verify", "small.arch", "--against", f"{home}_{place.name}:{name}", *flags])


@pytest.mark.parametrize(
    ("home", "name", "told"),
    [
        ("zoo", "two", "the reference refuses the input 1x4: TypeError: "),
        ("zoo", "fails", "fails: ValueError: no weights"),
        ("zoo", "ends", "ends the program (exit 0)"),
        ("zoo", "needs", "needs depth, width: name a function without arguments"),
        ("zoo", "number", "gives a int, no nn.Module"),
        ("zoo", "value", "is a int: it cannot be called"),
        ("zoo", "meta", "lies on the meta device"),
        ("zoo", "Named", "needs dtype"),
        ("zoo", "Refusing", "the reference refuses the input 1x4: SystemExit: 3"),
        ("zoo", "Picky", "refuses the input 1x4: AssertionError: wants numbers from 0 to 1"),
        ("broken", "f", "cannot import `broken_"),
        ("torn", "f", "SyntaxError: "),
    ],
)
def test_a_reference_that_cannot_be_compared(
    place: Path, home: str, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(place, name, home=home) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said


def test_another_dtype_is_converted_and_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(place, "half") == 0
    assert "the reference (torch.bfloat16) was compared on the CPU in float32" in (
        capsys.readouterr().out
    )


def test_values_that_a_reference_takes(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(place, "Picky", "--values", "0:1") == 0
    assert verified(place, "Picky", "--values", "x=0,1") == 0
    assert verified(place, "Picky", "--values", "y=0,1") == 2
    assert verified(place, "Picky", "--values", "0:one") == 2
    assert verified(place, "Picky", "--values", "1:0") == 2
    capsys.readouterr()


def test_inputs_of_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(torch.rand(3, 4), place / "one.pt")
    torch.save({"x": torch.rand(3, 4)}, place / "named.pt")
    torch.save([torch.rand(3, 5)], place / "wide.pt")
    torch.save({"z": torch.rand(3, 4)}, place / "other.pt")
    for file in ("one.pt", "named.pt"):
        assert verified(place, "Picky", "--inputs", file) == 0
    said = capsys.readouterr().out
    assert "batches of 1 and 3" in said and "other inputs than those of the file" in said
    for file, told in [
        ("wide.pt", "it has to be a batch of 4"),
        ("other.pt", "has no tensor called x"),
        ("none.pt", "no such file"),
    ]:
        assert verified(place, "Picky", "--inputs", file) == 2
        assert told in capsys.readouterr().err


def test_ids_out_of_range(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "ids.arch").write_text(
        "network Ids:\n    input ids: 6 int\n    table = embedding(9, 3)\n"
    )
    command = ["verify", "ids.arch", "--against", f"zoo_{place.name}:Ids"]
    assert main(command) == 2
    assert "the reference refuses the input 1x6: IndexError: index " in capsys.readouterr().err
    assert main([*command, "--values", "ids=0:4"]) == 1


def test_names_by_order(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(place, "renamed") == 1
    said = capsys.readouterr().out
    assert "only the reference has head.weight (2x4); the other side has fc.weight" in said
    assert "only names differ: --by order compares them by their order" in said
    assert verified(place, "renamed", "--by", "order") == 0
    said = capsys.readouterr().out
    assert "✓ keys      2 by order, 2 under another name" in said
    assert "fc is head" in said
