"""The tests keep what they remember in a folder of their own, and torch to one thread.

Their tensors are small: with several threads, torch spends its time on waking them.
"""

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest

os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session", autouse=True)
def cache_folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="archdsl-tests-") as folder:
        os.environ["ARCHDSL_CACHE_DIR"] = folder
        os.environ["XDG_STATE_HOME"] = folder  # where the key of its entries lies
        yield folder
