"""Rows of numbers, flags and words as parameters: a class with other rows is the spec with them."""

import inspect
from typing import Any

import pytest
import torch

import archdsl
from archdsl.runtime.build import load_source

Case = tuple[str, Any]
CELL = """
block cell(channels, se):
    conv(channels, 3, padding=1)
    if se:
        bn
"""
IN_A_PATH = """
network N(rows=(%s)):
    input 3x16x16
    body = path:
        for c, s in rows:
            conv(c, 3, padding=1)
            if s%s:
                max_pool(2)
"""
# Parameters, lines, and another table with which each round may take its other arm.
KEPT: dict[str, Case] = {
    "a flag that is on everywhere, handed on": (
        CELL + "network N(rows=((8, true), (16, true), (24, true))):\n    input 3x8x8\n"
        "    body = path:\n        for c, se in rows:\n            cell(c, se)\n",
        ((8, False), (16, True), (12, False)),
    ),
    "a number that is asked": (
        IN_A_PATH % ("(8, 1), (16, 2), (16, 1)", " == 2"),
        ((8, 2), (4, 1), (6, 2)),
    ),
    "a flag": (IN_A_PATH % ("(8, true), (16, true)", ""), ((8, False), (4, True))),
    "words among numbers": (
        'network N(rows=(8, "M", 16, "M", 32)):\n    input 3x16x16\n    body = path:\n'
        '        for v in rows:\n            if v == "M":\n                max_pool(2)\n'
        "            else:\n                conv(v, 3, padding=1) -> relu\n",
        ("M", 4, 5, "M", 6),
    ),
    "numbered lines": (
        "network N(rows=((8, 1), (16, 2), (16, 1))):\n    input 3x16x16\n    for i in range(3):\n"
        "        a{i} = conv(rows[i][0], 3, padding=1)\n        if rows[i][1] == 2:\n"
        "            p{i} = max_pool(2)\n",
        ((4, 2), (5, 1), (6, 2)),
    ),
    "two rows side by side": (
        "network N(rows=(1, 2), widths=(8, 16)):\n    input 3x8x8\n    body = path:\n"
        "        for n, c in zip(rows, widths):\n            conv(c, 3, padding=1) * n\n",
        (3, 1),
    ),
    "a row of widths": (
        "network N(rows=(16, 32, 64)):\n    input 3x8x8\n    for i, c in enumerate(rows):\n"
        "        a{i} = conv(c, 3, padding=1)\n        n{i} = bn if c > 32 else relu\n",
        (48, 8, 33),
    ),
}
ROUNDS = """
network N(first=1, width=16):
    input 3x8x8
    for i in range(3):
        a{i} = conv(width, 3, padding=1)
        if i > first:
            n{i} = bn
"""
WIDTHS = """
network N(width=16):
    input 3x8x8
    for i, c in enumerate([width, 2 * width, 4 * width]):
        a{i} = conv(c, 3, padding=1)
        b{i} = sigmoid if c > 40 else relu
"""


def compared(text: str, values: dict[str, Any]) -> None:
    """The class with other arguments beside the spec with them."""
    made: Any = load_source("N", archdsl.loads(text).source())
    assert set(values) <= set(inspect.signature(made.N).parameters)
    ours = made.N(**values).eval()
    said = {
        n: repr(v).replace("'", '"').replace("F", "f").replace("T", "t") for n, v in values.items()
    }
    frozen: Any = load_source("N", archdsl.loads(text, **said).source(fixed=True)).N()
    frozen.load_state_dict(ours.state_dict())
    x = torch.rand(1, 3, 16, 16)
    assert torch.equal(ours(x), frozen.eval()(x))


@pytest.mark.parametrize("what", KEPT)
def test_another_table_is_kept_whole(what: str) -> None:
    text, rows = KEPT[what]
    compared(text, {"rows": rows})


@pytest.mark.parametrize("first", [-1, 0, 1, 2])
def test_a_round_may_be_asked_about(first: int) -> None:
    compared(ROUNDS, {"first": first})


@pytest.mark.parametrize("width", [3, 12, 48])
def test_an_element_may_be_worked_out_of_a_parameter(width: int) -> None:
    compared(WIDTHS, {"width": width})


@pytest.mark.parametrize("flags", ["true true false", "true true true", "3 3 1"])
def test_a_table_that_names_modules_is_fixed(flags: str) -> None:
    """Without its second norm, the third one would be the second."""
    first, second, third = flags.split()
    text = f"""
network N(rows=((8, {first}), (16, {second}), (16, {third})), width=5):
    input 3x8x8
    for c, norm in rows:
        conv(c, 3, padding=1)
        if norm{"" if first == "true" else " > 1"}:
            bn
    conv(width, 1)
"""
    source = archdsl.loads(text).source()
    assert list(inspect.signature(load_source("N", source).N).parameters) == ["width"]


def test_more_rows_than_a_class_has_rounds_are_refused() -> None:
    text, rows = KEPT["a row of widths"]
    made: Any = load_source("N", archdsl.loads(text).source())
    for wrong in (rows[:2], (*rows, 5)):
        with pytest.raises(ValueError, match=rf"^rows must have 3 items, not {len(wrong)}$"):
            made.N(rows=wrong)


def test_rows_side_by_side_are_of_one_length() -> None:
    made: Any = load_source("N", archdsl.loads(KEPT["two rows side by side"][0]).source())
    with pytest.raises(ValueError, match=r"^rows must have 2 items|^zip"):
        made.N(rows=(1, 2, 3))


def test_a_loop_of_any_number_of_rounds_takes_any_number_of_rows() -> None:
    text, rows = KEPT["a number that is asked"]
    compared(text, {"rows": (*rows, (7, 1))})
    compared(text, {"rows": rows[:2]})


def test_words_and_numbers_have_one_type() -> None:
    source = archdsl.loads(KEPT["words among numbers"][0]).source()
    assert 'rows: tuple[int | str, ...] = (8, "M", 16, "M", 32)' in source
