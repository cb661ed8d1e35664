"""Loops that hand several values from round to round: all are set at once."""

from typing import Any

import pytest
from agreeing import assert_agrees

from archdsl.backends.python import proven
from archdsl.proof import Unproven

HEAD = "network Net(n=8):\n    input (8,)\n"
CARRIED = {
    "two steps back": """
    c0 = linear(8)
    c1 = linear(8)
    for k in range(2, n):
        add(c{k - 1}, c{k - 2})
        c{k} = linear(8)
""",
    "two steps back, read after the loop": """
    c0 = linear(8)
    c1 = linear(8)
    for k in range(2, n):
        add(c{k - 1}, c{k - 2})
        c{k} = linear(8)
    concat(c{n - 1}, c{n - 2}, c0)
""",
    "three steps back": """
    c0 = linear(8)
    c1 = linear(8)
    c2 = linear(8)
    for k in range(3, n):
        add(c{k - 1}, c{k - 3})
        c{k} = linear(8) -> tanh
""",
    "renamed by `let`": """
    a = linear(8)
    b = linear(8)
    for k in range(n):
        let t = a
        add(b, t)
        c{k} = linear(8)
        let b = a
        let a = c{k}
""",
    "exchanged": """
    a = linear(8)
    b = linear(8)
    for k in range(n):
        let t = a
        let a = b
        let b = t
        multiply(identity, a)
        c{k} = linear(8)
    concat(a, b)
""",
    "from outside, then of the loop": """
    a = linear(8)
    b = linear(8)
    for k in range(n):
        subtract(identity, b)
        c{k} = linear(8)
        let b = a
        add(identity, a)
    concat(identity, a)
""",
    "a loop in a loop": """
    a = linear(8)
    b = linear(8)
    for j in range(4):
        for k in range(5):
            subtract(a, b)
            c{j}_{k} = linear(8)
            let b = a
            let a = c{j}_{k}
        let t = a
        let a = b
        let b = t
    concat(a, b)
""",
    "too long for a line": """
    a_value_with_quite_a_long_name = linear(8)
    another_one_with_a_long_name = linear(8)
    for k in range(n):
        concat(a_value_with_quite_a_long_name, another_one_with_a_long_name)
        a_layer_of_the_loop{k} = linear(8)
        let another_one_with_a_long_name = a_value_with_quite_a_long_name
        let a_value_with_quite_a_long_name = a_layer_of_the_loop{k}
""",
    "results of parts": """
    a, b = chunk(2)
    for k in range(n):
        concat(b, a)
        c{k} = linear(8)
        let b = a
        a, rest{k} = chunk(2)
    concat(a, b)
""",
}
ROLLED = (
    "two steps back",
    "three steps back",
    "renamed by `let`",
    "from outside, then of the loop",
    "too long for a line",
)
CELL = """
block lstm(hidden, rounds):
    h0 = linear(hidden)
    c0 = input -> linear(hidden)
    for k in range(rounds):
        concat(h{k}, input)
        gates{k} = linear(4 * hidden)
        update, forget, new, out = chunk(4)
        c{k + 1} = add(multiply(forget -> sigmoid, c{k}), multiply(update -> sigmoid, new -> tanh))
        h{k + 1} = multiply(out -> sigmoid, c{k + 1} -> tanh)
    output state=h{rounds}, cell=c{rounds}

network Recurrent:
    input (8,)
    state, cell = lstm(4, rounds=7)
    concat(state, cell)
    linear(3)
"""
DRAWN = """
    a = linear(8)
    b = linear(8)
    for k in range(n):
        concat(a -> dropout(0.3), b -> dropout(0.6))
        c{k} = linear(8)
        let b = a
        let a = c{k}
    add(a, b)
"""
PYRAMIDS = """
block pyramid(maps: tuple):
    for i, m in enumerate(maps):
        lateral{i} = m -> conv(4, 1)
    for i in reversed(range(len(maps) - 1)):
        upsample_like(identity, lateral{i}) -> add(identity, lateral{i})

network Pyramids:
    input 3x12x12
    a = conv(4, 1)
    b = max_pool(2)
    c = max_pool(2)
    low = pyramid((a, b))
    high = pyramid((a, b, c))
    add(low, high)
"""


@pytest.mark.parametrize("body", CARRIED.values(), ids=CARRIED)
def test_carried_values_are_the_programs(body: str) -> None:
    assert_agrees(HEAD + body)


@pytest.mark.parametrize("case", ROLLED)
def test_most_of_them_stay_loops(case: str) -> None:
    source = assert_agrees(HEAD + CARRIED[case])
    assert "for " in source.partition("def forward")[2], source


def test_an_unrolled_cell_is_the_programs() -> None:
    assert_agrees(CELL)


def test_two_steps_back_reads_as_by_hand() -> None:
    source = assert_agrees(HEAD + CARRIED["two steps back"])
    assert 'x, c0 = getattr(self, f"c{i + 2}")(x + c0), x' in source


def test_draws_come_in_the_order_of_the_spec() -> None:
    assert_agrees(HEAD + DRAWN)


def test_a_loop_that_reads_another_backwards_is_right_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No class is written that the proof refuses, and that is then written out as a whole."""
    refused: list[str] = []
    prove = proven.proved

    def proved(*given: Any) -> None:
        try:
            prove(*given)
        except Unproven as difference:
            refused.append(str(difference))
            raise

    monkeypatch.setattr(proven, "proved", proved)
    assert_agrees(PYRAMIDS)
    assert refused == []
