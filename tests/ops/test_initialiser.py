"""How weights can begin: what no argument can be, and PyTorch's defaults."""

import inspect
from typing import Any

import pytest
from torch import nn

from archdsl.ops.argument import Refused
from archdsl.ops.initialiser import initialisers
from archdsl.ops.validation import validated

OUT_OF_BOUNDS = [
    ("normal", {"std": -0.5}),
    ("trunc_normal", {"std": 0.0}),
    ("dirac", {"groups": 0}),
    ("sparse", {"sparsity": -0.5}),
    ("sparse", {"sparsity": 1.5}),
    ("sparse", {"sparsity": 0.5, "std": -0.5}),
    ("constant", {"val": "1"}),
]


@pytest.mark.parametrize(("word", "arguments"), OUT_OF_BOUNDS)
def test_no_such_beginning(word: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        validated(initialisers()[word], arguments)


def test_the_least_and_most_of_a_beginning() -> None:
    assert validated(initialisers()["normal"], {"std": 0.0})
    assert validated(initialisers()["trunc_normal"], {"std": 0.5})
    assert validated(initialisers()["dirac"], {"groups": 1})
    assert validated(initialisers()["sparse"], {"sparsity": 0.0, "std": 0.0})
    assert validated(initialisers()["sparse"], {"sparsity": 1.0})


@pytest.mark.parametrize("word", initialisers())
def test_beginnings_have_pytorchs_defaults(word: str) -> None:
    theirs = inspect.signature(getattr(nn.init, f"{word}_")).parameters
    for name, field in initialisers()[word].arguments.items():
        default = theirs[name].default
        if default is not inspect.Parameter.empty or not field.required:
            assert field.default == default, name


def test_a_beginning_stays_as_it_is() -> None:
    beginning = validated(initialisers()["constant"], {"val": 1.0})
    with pytest.raises(AttributeError, match="immutable"):
        beginning.val = 2.0
