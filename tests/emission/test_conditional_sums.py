"""A part of a sum that stands under a condition stands under it in `forward`, too: one class."""

from typing import Any

import torch

import archdsl
from archdsl.runtime.build import load_source

CELL = """
block cell(channels, skip=true, gate=false):
    let wide = input.channels == channels
    {merge}:
        conv(channels, 3, padding=1)
        conv(channels, 1)
        if wide and skip:
            bn
        if gate:
            conv(channels, 1) -> dropout(0.5) -> sigmoid
    relu

network N:
    input 8x9x9
    cell(8) -> cell(16) -> cell(16, gate=true) -> cell(16, skip=false, gate=true)
    cell(8, gate=true)
    global_avg_pool -> flatten -> linear(5)
"""


def classes(text: str) -> Any:
    return load_source("N", archdsl.loads(text).source())


def test_a_sum_with_parts_under_conditions_is_one_class() -> None:
    made = classes(CELL.replace("{merge}", "add"))
    assert not hasattr(made, "Cell2")
    x = torch.rand(2, 8, 9, 9)
    for skip in (True, False):
        for gate in (True, False):
            cell = made.Cell(8, 8, skip=skip, gate=gate).eval()
            out = cell.conv(x) + cell.conv_2(x)
            if skip:
                out = out + cell.bn(x)
            if gate:
                out = out + torch.sigmoid(cell.conv_3(x))
            torch.testing.assert_close(cell(x), out.relu(), rtol=0, atol=0)


def test_a_product_with_parts_under_conditions_is_one_class() -> None:
    made = classes(CELL.replace("{merge}", "multiply"))
    assert not hasattr(made, "Cell2")
    x = torch.rand(2, 8, 9, 9)
    cell = made.Cell(8, 8, gate=True).eval()
    out = cell.conv(x) * cell.conv_2(x) * cell.bn(x) * torch.sigmoid(cell.conv_3(x))
    torch.testing.assert_close(cell(x), out.relu(), rtol=0, atol=0)


def test_parts_with_an_else_stay_in_one_line() -> None:
    text = """
block cell(kind):
    add:
        conv(8, 3, padding=1)
        conv(8, 1)
        if kind == 1:
            conv(8, 1) -> sigmoid
        else:
            conv(8, 5, padding=2) -> sigmoid
network N:
    input 8x9x9
    cell(0) -> cell(1)
"""
    source = archdsl.loads(text).source()
    assert "return branch1 + branch2 + out" in source


def test_the_blocks_of_repvgg_and_swin_are_one_class_each() -> None:
    for name, block in (("repvgg_a0", "RepBlock"), ("swin_t", "WindowAttention")):
        source = archdsl.load(name).source()
        assert f"class {block}(" in source
        assert f"class {block}2(" not in source
