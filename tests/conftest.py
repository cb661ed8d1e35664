"""The tests keep what they remember in a folder of their own."""

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache_folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="archdsl-tests-") as folder:
        os.environ["ARCHDSL_CACHE_DIR"] = folder
        yield folder
