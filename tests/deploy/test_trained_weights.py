"""The rules by which trained weights become those of the deploy form."""

from deploying import deployed

from archdsl.transforms.deploy.origin import FoldedWeight, KeptWeight, joined, under
from archdsl.transforms.deploy.trained_weights import BlockRules, WeightRule

TEXT = """
block cell(channels):
    c1 = conv(channels, 1, bias=false)
    b1 = bn
    relu
    c2 = conv(channels, 1, bias=false)
    b2 = bn

network Net():
    input 3x8x8
    stem = conv(4, 3)
    norm = bn
    stages = path:
        cell(4) * 3
    flatten
    head = dropout -> linear(2)
"""


def folded(layer: str, norm: str) -> FoldedWeight:
    return FoldedWeight((layer,), (norm,), 1e-5, None)


def test_alike_blocks_share_their_rules() -> None:
    both = ("weight", "bias")
    assert deployed(TEXT).weights == (
        BlockRules(
            ((),),
            (
                WeightRule(("stem",), folded("stem", "norm"), both),
                WeightRule(("head",), KeptWeight(("head", "1")), both),
            ),
        ),
        BlockRules(
            (("stages", "0"), ("stages", "1"), ("stages", "2")),
            (
                WeightRule(("c1",), folded("c1", "b1"), both),
                WeightRule(("c2",), folded("c2", "b2"), both),
            ),
        ),
    )


def test_paths_lead_up_and_down() -> None:
    assert joined(("a", "b"), ("..", "c")) == ("a", "c")
    assert joined(("..",), ("..", "c")) == ("..", "..", "c")
    assert under(("block",), KeptWeight(("..", "bn"))) == KeptWeight(("bn",))


def test_a_network_without_norms_has_no_rules() -> None:
    assert deployed("network Net():\n    input 3x8x8\n    conv(4, 3) -> relu\n").weights == ()
