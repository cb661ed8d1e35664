"""Each network of the catalogue, drawn once, is looked at in every way."""

import drawn
import pytest
from faults import faults
from printed import printed
from small_networks import SIBLINGS
from test_drawn_places import check_pdf, check_png, check_svg
from test_page_size import check_page

from archdsl.backends.figure import graphviz
from archdsl.backends.figure.figure_of import figure_of
from tests.parts import parts

NOT_SIBLINGS = [name for name in drawn.CATALOGUE if name not in SIBLINGS]


@pytest.mark.parametrize("name", parts(drawn.CATALOGUE, (), NOT_SIBLINGS))
def test_a_network(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a `dot` on the PATH: words over no line, all in its place, large enough on paper, and
    twice the same."""
    monkeypatch.setenv("PATH", "")
    for direction in ("TB", "LR"):
        assert faults(drawn.figure(name, direction)) == []
        check_svg(name, direction)
    check_page(name)
    check_png(name, 1.5)
    check_pdf(name)
    graphviz._by_wheel.cache_clear()
    again = figure_of(drawn.plan(name))
    for format in ("svg", "pdf"):
        assert printed(drawn.figure(name), format) == printed(again, format)
