"""The arguments of a call stand in one order, whichever uses have them."""

import archdsl

SPEC = """
block cell(channels, dilation=1, groups=1):
    conv(channels, 3, padding=dilation, dilation=dilation, groups=groups, bias=false)

network Net:
    input 4x8x8
    cell(4, groups=2) -> cell(4, dilation=2)
"""


def test_keywords_that_no_use_has_together_stand_in_the_order_of_the_op() -> None:
    source = archdsl.loads(SPEC).source(fixed=True)
    keywords = ("padding=", "dilation=dilation", "groups=groups", "bias=")
    places = [source.rindex(keyword) for keyword in keywords]
    assert places == sorted(places)
