"""Convolutions, pools, normalisations, activations and dropouts against PyTorch, at random."""

import pytest
from differential import compare
from random_layers import GENERATORS

from archdsl.ops.base import Family
from archdsl.ops.registry import ops


@pytest.mark.parametrize("word", GENERATORS)
def test_random_uses_agree_with_pytorch(word: str) -> None:
    family = ops()[word].family
    counts = {Family.CONVOLUTION: 800, Family.POOLING: 300, Family.ACTIVATION: 60}
    compare(GENERATORS[word], count=counts.get(family, 150), fewest=15)


def test_every_op_of_these_families_is_drawn() -> None:
    families = {"convolution", "pooling", "normalisation", "activation", "regularisation"}
    known = {word for word, kind in ops().items() if kind.family.value in families}
    assert known == {*GENERATORS, "drop_path"}  # which is no layer of torch.nn: test_drop_path
