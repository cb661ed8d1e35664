"""Wrong references, made from the catalogue's own emitted modules, are refused, every one.

`python -m tests.fuzz wrong` tries more of them, with other seeds.
"""

import pytest

from tests.fuzz.wrong import NETWORKS, accepted, changes

PART = ("densenet_small", "squeezenet1_1")


@pytest.mark.parametrize("name", PART)
def test_some_are_refused(name: str) -> None:
    assert accepted(name, count=5, seed=1) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_two_hundred_are_refused(name: str) -> None:
    """Up to 40 of each of eight networks."""
    assert accepted(name, count=40, seed=2) == []


@pytest.mark.slow
def test_there_are_two_hundred() -> None:
    assert sum(len(changes(name, 40, seed=2)) for name in NETWORKS) >= 200
