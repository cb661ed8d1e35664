"""Wrong references, made from the catalogue's own emitted modules, are refused, every one.

`python -m tests.fuzz wrong` tries more of them, with other seeds.
"""

import pytest

from tests.fuzz.wrong import accepted

PART = ("densenet_small", "squeezenet1_1")


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", PART)
def test_some_are_refused(name: str) -> None:
    assert accepted(name, count=3, seed=1) == []


MANY = {
    "cifar_cnn": 10,
    "heads.arch": 8,
    "convnext.arch": 12,
    "cbam.arch": 12,
    "densenet_small": 5,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_many_are_refused(name: str) -> None:
    """Of small networks, which are compared quickly; the command takes larger ones."""
    assert accepted(name, count=MANY[name], seed=2) == []
