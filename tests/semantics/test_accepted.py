"""Arguments that were accepted before are not checked again, whatever looks like them is."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import archdsl
from archdsl import ops
from archdsl.base import cache_folder
from archdsl.ops.argument import Refused
from archdsl.ops.families.conv import Conv
from archdsl.ops.families.regularisation import Dropout
from archdsl.semantics.evaluate import argument_cache
from archdsl.semantics.evaluate.argument_cache import _Known, _stamp, accepted

PROGRAM = """
import json
import sys
from archdsl import load
net = load("n.arch")
print(json.dumps([net.params, net.source(), "pydantic" in sys.modules]))
"""
NETWORK = """network n:
    input 3x8x8
    conv(4, (3, 1), bias=false)
    relu
    dropout(0.5)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cache").mkdir()
    for tables in Path(os.environ["ARCHDSL_CACHE_DIR"]).glob("grammar-*"):  # long to build
        shutil.copy(tables, tmp_path / "cache")
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n.arch").write_text(NETWORK)
    return tmp_path


def run() -> list[object]:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    data: list[object] = json.loads(done.stdout)
    return data


def test_a_second_process_loads_no_pydantic(place: Path) -> None:
    *answer, loaded = run()
    assert loaded
    assert run() == [*answer, False]


def test_a_change_of_arguments_is_checked(place: Path) -> None:
    run()
    (place / "n.arch").write_text(NETWORK.replace("0.5", "1.5"))
    command = [sys.executable, "-m", "archdsl.cli", "check", "n.arch"]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "`p` of `dropout` is at most 1.0, not 1.5" in done.stderr


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    "content",
    [b"", pickle.dumps((None, {}))],  # of other kinds of rubbish: test_cache_runs_nothing
)
def test_a_foreign_entry_is_made_again(place: Path, content: bytes) -> None:
    first = run()
    cache_folder.keep("arguments", content)
    assert run() == first
    assert run()[-1] is False


def test_what_other_code_accepted_is_checked_again(place: Path) -> None:
    """Arguments that an earlier archdsl made something else of."""
    first = run()
    known = msgspec.msgpack.decode(cache_folder.recall("arguments") or b"", type=_Known)
    for call in known.calls:
        if b"Dropout" in call:
            known.calls[call] = msgspec.msgpack.encode({"p": 0.75, "inplace": False})
    cache_folder.keep("arguments", msgspec.msgpack.encode(known))
    assert "Dropout(0.75)" in str(run()[1])  # by the same code it is taken
    known.stamp[0] = (known.stamp[0][0], known.stamp[0][1] + 1, known.stamp[0][2])
    cache_folder.keep("arguments", msgspec.msgpack.encode(known))
    assert run() == first


WAITING = """block part(width, size):
    conv(width, 3, stride=size)

network n(width=4):
    input 3x8x8
    conv(width, 3)
"""


def test_arguments_that_are_known_in_part_are_remembered_too(place: Path) -> None:
    """Nothing uses the block, so its channels are not known."""
    (place / "n.arch").write_text(WAITING)
    *answer, loaded = run()
    assert loaded
    assert run() == [*answer, False]
    (place / "n.arch").write_text(WAITING.replace("width, 3, stride", "width, 0, stride"))
    command = [sys.executable, "-m", "archdsl.cli", "check", "n.arch"]
    for _ in range(2):
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "`kernel_size` of `conv` is at least 1, not 0" in done.stderr


def test_what_is_missing_is_missed_again() -> None:
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            accepted(Conv, {"kernel_size": 3})
        assert [(f["type"], f["loc"]) for f in refused.value.faults] == [("missing", ("channels",))]


def test_what_is_equal_is_not_the_same() -> None:
    assert accepted(Conv, {"channels": 1, "kernel_size": 1}) == Conv(channels=1, kernel_size=1)
    for lookalike in (True, 1.0):
        with pytest.raises(Refused):
            accepted(Conv, {"channels": lookalike, "kernel_size": 1})


def test_refused_arguments_stay_refused() -> None:
    for _ in range(2):
        with pytest.raises(Refused):
            accepted(Dropout, {"p": 2.0})


def test_equal_arguments_make_one_op() -> None:
    assert accepted(Dropout, {"p": 0.25}) is accepted(Dropout, {"p": 0.25})


def test_the_sign_of_zero_is_kept() -> None:
    lines = "network n:\n    input 3x8x8\n    clamp(min=%s, max=1.0)\n"
    for least in ("0.0", "-0.0", "0.0"):
        assert f"min={least}" in archdsl.loads(lines % least).source()


def test_every_file_of_the_ops_is_in_the_stamp() -> None:
    """A change of one of them is another stamp, and arguments are checked again."""
    stamped = {path for path, _, _ in _stamp()}
    folder = Path(str(ops.__file__)).parent
    files = {str(file) for room in (folder, folder / "families") for file in room.glob("*.py")}
    assert len(files) > 30 and files <= stamped


def test_a_full_entry_forgets_what_was_not_met_for_longest(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on to remember: the next process loads no pydantic for what this one met."""

    def process(*rates: float) -> set[float]:
        for room in (argument_cache._made, argument_cache._news, argument_cache._met):
            room.clear()
        argument_cache._earlier.cache_clear()
        for rate in rates:
            accepted(Dropout, {"p": rate})
        new = {rate for rate in rates if _call(rate) in argument_cache._news}
        argument_cache._keep()
        return new

    def _call(rate: float) -> bytes:
        return msgspec.msgpack.encode((Dropout.__module__, "Dropout", (("p", rate),)))

    monkeypatch.setattr(argument_cache, "MOST", 3)
    assert process(0.125, 0.25, 0.375) == {0.125, 0.25, 0.375}
    assert process(0.125, 0.5) == {0.5}
    assert process(0.125, 0.375, 0.5) == set()
    assert process(0.25) == {0.25}
