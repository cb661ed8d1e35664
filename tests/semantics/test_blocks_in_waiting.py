"""A block as a value may have some of its arguments; the rest come with the call."""

from pathlib import Path

import pytest

from archdsl import driver
from archdsl.ir.graph import walk

BLOCKS = """
block pair(channels: int, kernel_size: int, groups: int = 1, act: block = relu):
    conv(channels, kernel_size, padding=same, groups=groups) -> act

block twice(body: block, channels: int):
    body(channels) -> body(channels, kernel_size=5)
"""


def loaded(lines: str) -> driver.Loaded:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return driver.loads(f"{BLOCKS}\nnetwork Net:\n    input 8x16x16\n{body}", network="Net")


def convs(lines: str) -> list[tuple[int, int, int]]:
    """Channels, kernel size and groups of every convolution."""
    network = loaded(lines)
    assert network.program is not None, [d.message for d in network.diagnostics]
    steps = (step.target for _, _, step in walk(network.program.root))
    return [(op.channels, op.kernel_size, op.groups) for op in steps if op_word(op) == "conv"]


def op_word(target: object) -> str:
    return getattr(target, "word", "")


def messages(lines: str) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in loaded(lines).diagnostics]


def test_the_rest_comes_with_the_call() -> None:
    assert convs("pair(kernel_size=3, groups=4)(16)") == [(16, 3, 4)]


def test_as_an_argument_of_a_block() -> None:
    assert convs("twice(pair(kernel_size=3, groups=2), 16)") == [(16, 3, 2), (16, 5, 2)]


def test_what_is_given_last_wins() -> None:
    assert convs("let p = pair(kernel_size=3)\np(16) -> p(16, kernel_size=1)") == [
        (16, 3, 1),
        (16, 1, 1),
    ]


def test_it_can_wait_again() -> None:
    assert convs("let p = pair(kernel_size=3)\nlet q = p(groups=8)\nq(16)") == [(16, 3, 8)]


def test_in_a_tuple_and_a_choice() -> None:
    lines = "for b in (pair(kernel_size=3), pair(kernel_size=7) if true else pair):\n    b(16)"
    assert convs(lines) == [(16, 3, 1), (16, 7, 1)]


@pytest.mark.parametrize(
    "line",
    ["pair(kernel_size=3)", "pair(kernel_size=3) * 2", "relu -> pair(kernel_size=3)"],
)
def test_as_a_step_it_needs_all(line: str) -> None:
    assert messages(line) == [("E0212", "`pair` needs `channels`")]


def test_the_use_as_a_step_is_told_where_it_stands() -> None:
    diagnostics = loaded("let p = pair(kernel_size=3)\np -> relu").diagnostics
    assert [(d.code, d.primary.span.text) for d in diagnostics] == [("E0212", "p")]


def test_an_argument_that_waits_is_checked_at_once() -> None:
    assert messages('let p = pair(groups="two")\np(16, 3)') == [
        ("E0211", '`groups` of `pair` is a whole number, not a string ("two")')
    ]
    assert [code for code, _ in messages("let p = pair(grups=2)\np(16, 3)")] == ["E0202"]


def test_a_variant_of_an_imported_network_names_blocks_of_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "base.arch").write_text(
        "network Base(body: block):\n    input 8x16x16\n    body(16)\n", encoding="utf-8"
    )
    (tmp_path / "own.arch").write_text(
        f'from "base.arch" import Base\n{BLOCKS}\nnetwork Own = Base(pair(kernel_size=3))\n',
        encoding="utf-8",
    )
    loaded = driver.load(f"{tmp_path / 'own.arch'}:Own")
    assert not loaded.failed, [d.message for d in loaded.diagnostics]


def test_a_merge_over_an_unknown_loop_says_nothing() -> None:
    """The block is looked at for its own mistakes, without its argument."""
    text = """
block paths(n: int):
    add:
        for i in range(n):
            conv(8, 3, padding=1)

network Net:
    input 8x16x16
    paths(2)
"""
    assert driver.loads(text, network="Net").diagnostics == ()
