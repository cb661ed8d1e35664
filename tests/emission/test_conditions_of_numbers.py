"""A part under a condition that no use of its block fulfils is in the class, if an argument can."""

import pytest

import archdsl
from archdsl.runtime.build import load_source
from tests.emission.interpreter import Interpreted

SPEC = """
block part(ratio=2):
    slice(ratio, dim=width)
    {condition}:
        extra = conv(8, 1)
    if ratio == 7:
        more = conv(8, 1)
    conv(4, 3, padding=1)

network T:
    input 8x16x16
    {use}
"""
CONDITIONS = {
    "ratio in (0, 1)": 1,
    "ratio in (1, 3)": 3,
    "ratio not in (2,)": 5,
    "ratio % 2 == 1": 3,
    "ratio + 1 == 4": 3,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_class_has_what_the_spec_has_for_other_numbers(condition: str) -> None:
    part = load_source(
        "T", archdsl.loads(SPEC.format(condition=f"if {condition}", use="part")).source()
    )
    for ratio in (CONDITIONS[condition], 7):
        use = f"part(ratio={ratio})"
        net = archdsl.loads(SPEC.format(condition=f"if {condition}", use=use))
        theirs = Interpreted(net.program.root, {})
        ours = part.Part(8, ratio=ratio)
        assert [f"part.{key}" for key in ours.state_dict()] == list(theirs.state_dict())


def test_an_argument_of_a_condition_that_no_class_says_is_fixed() -> None:
    source = archdsl.loads(SPEC.format(condition="if 0 < ratio < 2", use="part")).source()
    assert "ratio" not in source
