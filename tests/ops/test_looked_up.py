"""`index_select` by numbers that the spec gives: all of them are rows of the table."""

import pytest
import torch

import archdsl

SPEC = """
network Net:
    input 49x8
    table = parameter({rows}, 3)
    numbers = relative_positions({window})
    index_select(table, numbers{views})
"""
VIEWS = ("-> flatten", "-> transpose(1, 2) -> flatten", "-> slice(0, 9, dim=1) -> flatten")


def spec(rows: int, window: tuple[int, ...], views: str) -> str:
    sizes = ", ".join(map(str, window))
    return SPEC.format(rows=rows, window=sizes, views=f" {views}" if views else "")


@pytest.mark.parametrize("views", VIEWS)
@pytest.mark.parametrize("window", [(7, 7), (3, 5), (2, 3, 2)])
def test_a_table_with_a_row_too_few_is_refused(window: tuple[int, ...], views: str) -> None:
    """The offsets of a window of n places along a dimension are 2n − 1."""
    rows = 1
    for size in window:
        rows *= 2 * size - 1
    module = archdsl.loads(spec(rows, window, views)).build()
    assert module(torch.randn(2, 49, 8)).shape[0] == 2
    with pytest.raises(archdsl.SpecError, match=f"counts up to {rows - 1}, past the {rows - 1} "):
        archdsl.loads(spec(rows - 1, window, views))


def test_numbers_that_come_in_are_the_callers() -> None:
    net = archdsl.loads(
        "network Net:\n    input x: 3x8\n    input ids: 4 int\n    index_select(x, ids)\n"
    )
    assert net.build()(torch.randn(2, 3, 8), torch.tensor([[0, 1, 2, 2]] * 2)).shape == (2, 4, 8)
