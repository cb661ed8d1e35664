"""The rules by which trained weights become those of the deploy form."""

from deploying import deployed

from archdsl.transforms.deploy.origin import Folded, Kept, joined, under
from archdsl.transforms.deploy.recipe import Rule, Rules

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


def folded(layer: str, norm: str) -> Folded:
    return Folded((layer,), (norm,), 1e-5, None)


def test_alike_blocks_share_their_rules() -> None:
    both = ("weight", "bias")
    assert deployed(TEXT).weights == (
        Rules(
            ((),),
            (
                Rule(("stem",), folded("stem", "norm"), both),
                Rule(("head",), Kept(("head", "1")), both),
            ),
        ),
        Rules(
            (("stages", "0"), ("stages", "1"), ("stages", "2")),
            (Rule(("c1",), folded("c1", "b1"), both), Rule(("c2",), folded("c2", "b2"), both)),
        ),
    )


def test_paths_lead_up_and_down() -> None:
    assert joined(("a", "b"), ("..", "c")) == ("a", "c")
    assert joined(("..",), ("..", "c")) == ("..", "..", "c")
    assert under(("block",), Kept(("..", "bn"))) == Kept(("bn",))


def test_a_network_without_norms_has_no_rules() -> None:
    assert deployed("network Net():\n    input 3x8x8\n    conv(4, 3) -> relu\n").weights == ()
