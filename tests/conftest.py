"""The tests keep what they remember in a folder of their own, and torch to one thread.

Their tensors are small: with several threads, torch spends its time on waking them. Modules are
kept compiled, whatever the environment says, since hundreds of processes import them. What is
collected stays to the end, so the garbage collector does not look through it; and it looks as
seldom as in a command, since torch, once it is loaded, makes every look long. Where torch has no
device but the processor, a seed is given to that alone: for each of the others torch would note
where it was given, and keep the note, which takes longer than most of what is then drawn.

Several workers each begin with a row of files of their own, since what the tests of a file share is
made once in each process that has some of them; who is ready first takes over from the others.

Nothing here reads logs, so pytest does not catch them (`-p no:logging`, in `pyproject.toml`).
"""

import gc
import os
import sys
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.parts import leave_to_the_full_run

gc.disable()  # until all tests are collected
os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker has that of the process that began it
    remembered = TemporaryDirectory(prefix="archdsl-tests-")
    os.environ["ARCHDSL_CACHE_DIR"] = remembered.name
    os.environ["XDG_STATE_HOME"] = remembered.name  # where the key of its entries lies


@pytest.hookimpl(tryfirst=True)  # before cases are left out by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    leave_to_the_full_run(items)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()
    torch = sys.modules.get("torch")
    if torch is not None and not torch.accelerator.is_available():
        torch.manual_seed = torch.default_generator.manual_seed


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.getvalue("dist") != "load":
        return None  # another one is asked for
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)
