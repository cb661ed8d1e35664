"""Wrong references, made from the catalogue's own emitted modules, are refused, every one.

`python -m tests.fuzz wrong` tries more of them, with other seeds.
"""

import pytest

from tests.fuzz.wrong import NETWORKS, accepted

PART = ("densenet_small", "squeezenet1_1")


@pytest.mark.parametrize("name", PART)
def test_some_are_refused(name: str) -> None:
    assert accepted(name, count=5, seed=1) == []


@pytest.mark.campaign
@pytest.mark.parametrize("name", NETWORKS)
def test_more_are_refused(name: str) -> None:
    """A few of each of eight networks; the command tries as many as one likes."""
    assert accepted(name, count=3, seed=2) == []
