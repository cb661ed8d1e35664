"""Convolutions, pools, normalisations, activations and dropouts against PyTorch, at random."""

import pytest
import random_structure
import random_tensors
from differential import compare
from random_layers import GENERATORS

from archdsl.ops.base import OpFamily
from archdsl.ops.registry import ops


@pytest.mark.parametrize("word", GENERATORS)
def test_random_uses_agree_with_pytorch(word: str) -> None:
    family = ops()[word].family
    counts = {OpFamily.CONVOLUTION: 800, OpFamily.POOLING: 300, OpFamily.ACTIVATION: 60}
    compare(GENERATORS[word], count=counts.get(family, 150), fewest=15)


def test_every_op_is_drawn_somewhere() -> None:
    drawn = {*GENERATORS, *random_structure.GENERATORS, *random_tensors.GENERATORS}
    assert drawn == {*ops()}
