"""What a spec calls its parts never meets what the emitted file means by its own names."""

import pytest
from agreeing import assert_agrees

LETTERS = ("i", "j", "k", "m", "n", "x", "out", "layer", "range", "getattr", "torch")
SPECS = {
    "a result in a loop": """
network Net:
    input 16x8x8
    for t in range(2, 7):
        NAME, rest = chunk(2)
        concat(rest, NAME)
        c{t} = conv(16, 3, padding=1)
        multiply(identity, sigmoid)
""",
    "a step read in a loop": """
network Net:
    input 16x8x8
    NAME = conv(16, 1)
    a = tanh
    for t in range(5):
        c{t} = conv(16, 1)
        add(identity, NAME)
    add(identity, NAME, a)
""",
    "a parameter": """
block inner(NAME, rounds=3):
    for t in range(2, rounds + 2):
        c{t} = conv(NAME, 1)
        add(identity, conv(NAME, 1))

network Net:
    input 16x8x8
    inner(8, rounds=4) -> inner(16, rounds=5) -> inner(8, rounds=6)
""",
    "an element of a tuple": """
block inner(widths):
    for NAME in widths:
        conv(NAME, 1)

network Net:
    input 16x8x8
    inner((8, 4, 2, 6)) -> inner((16, 3, 2, 1, 5)) -> inner((3, 4, 5, 6))
""",
    "an input": """
network Net:
    input NAME: 16x8x8
    input other: 16x8x8
    add(NAME, other)
    for t in range(5):
        c{t} = conv(16, 1)
        add(identity, NAME)
""",
}


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_names_of_the_emitter_itself(spec: str, name: str) -> None:
    assert_agrees(spec.replace("NAME", name))
