"""The tests keep what they remember in a folder of their own, and torch to one thread.

Their tensors are small: with several threads, torch spends its time on waking them. Modules are
kept compiled, whatever the environment says, since hundreds of processes import them.
"""

import os
import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest

os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(scope="session", autouse=True)
def cache_folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="archdsl-tests-") as folder:
        os.environ["ARCHDSL_CACHE_DIR"] = folder
        os.environ["XDG_STATE_HOME"] = folder  # where the key of its entries lies
        yield folder
