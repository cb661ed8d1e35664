"""The window's sum and what windows refuse, by hand calculation and published sizes."""

import pytest

from archdsl.ir.reach import POINT, LineOfTaps, Window, window
from archdsl.ir.shape import TensorType
from archdsl.ops.families.adaptive_pool import AdaptiveAvgPool
from archdsl.ops.families.conv import Conv
from archdsl.ops.families.pool import AvgPool, MaxPool
from archdsl.ops.spatial import Slide


@pytest.mark.parametrize(
    ("window", "length", "arithmetic"),
    [
        (Slide(224, 7, 2, (3, 3)), 112, "(224 + 2·3 − 7) // 2 + 1 = 112"),  # ResNet's conv1
        (Slide(227, 11, 4), 55, "(227 − 11) // 4 + 1 = 55"),  # AlexNet's
        (Slide(28, 4, 1, (1, 2)), 28, "(28 + 1 + 2 − 4) // 1 + 1 = 28"),  # padding=same
        (Slide(28, 3, 1, (6, 6), 6), 28, "(28 + 2·6 − (6·(3 − 1) + 1)) // 1 + 1 = 28"),  # ASPP
        (Slide(112, 3, 2, ceil=True), 56, "⌈(112 − 3) / 2⌉ + 1 = 56"),  # GoogLeNet's pool
        (Slide(4, 1, 3, (0, 0), ceil=True), 2, "⌈(4 − 1) / 3⌉ + 1 = 2"),
        (Slide(3, 1, 4, (0, 0), ceil=True), 1, "⌈(3 − 1) / 4⌉ + 1 − 1 = 1"),  # a start at 4 is late
        (Slide(3, 1, 2, (0, 2), ceil=True), 2, "⌈(3 + 0 + 2 − 1) / 2⌉ + 1 − 1 = 2"),  # late: 4
        (Slide(3, 1, 2, (2, 0), ceil=True), 3, "⌈(3 + 2 + 0 − 1) / 2⌉ + 1 = 3"),
        (Slide(5, 7), -1, "(5 − 7) // 1 + 1 = -1"),
    ],
)
def test_the_sum_of_a_window(window: Slide, length: int, arithmetic: str) -> None:
    assert (window.length, window.arithmetic) == (length, arithmetic)


def test_a_pool_steps_by_its_kernel() -> None:
    (result,) = MaxPool(kernel_size=(2, 3)).infer((TensorType((8, 12, 12)),))
    assert result.shape == (8, 6, 4)


def test_a_pool_reaches_as_far_as_its_window() -> None:
    op = MaxPool(kernel_size=3, stride=2, padding=1, dilation=2)
    assert op.reach((TensorType((8, 9, 9)),)) == ((Window((3, 3), (2, 2), (1, 1), (2, 2)),),)


def test_the_smaller_half_of_an_odd_margin_comes_first() -> None:
    conv = Conv(channels=2, kernel_size=(4, 3), padding="same")
    slid = window(conv.reach((TensorType((1, 9, 9)),)))
    assert slid is not None
    assert slid.padding == (1, 1)  # PyTorch pads 3 = 1 before + 2 after a kernel of 4


def test_a_pool_costs_an_operation_per_window_element() -> None:
    inputs = (TensorType((8, 12, 12)),)
    op = AvgPool(kernel_size=3)
    assert op.elementwise(inputs, op.infer(inputs)) == 8 * 4 * 4 * 9


@pytest.mark.parametrize("sizes", [(5, 3), (9, 3), (3, 5), (7, 7), (6, 4), (1, 1)])
def test_an_adaptive_pool_costs_an_operation_per_window_element(sizes: tuple[int, int]) -> None:
    size, result = sizes
    starts = [i * size // result for i in range(result)]
    ends = [-(-(i + 1) * size // result) for i in range(result)]
    inputs = (TensorType((2, size)),)
    op = AdaptiveAvgPool(output_size=result)
    assert op.elementwise(inputs, op.infer(inputs)) == 2 * (sum(ends) - sum(starts))


def test_an_adaptive_pool_to_the_same_size_is_a_point() -> None:
    op = AdaptiveAvgPool(output_size=7)
    assert op.reach((TensorType((8, 7, 7)),)) == (POINT,)
    ((across,),) = op.reach((TensorType((8, 14, 7)),))  # two of the 14 rows for each
    assert across == LineOfTaps(2, 7, (range(0, 2),), 2)
