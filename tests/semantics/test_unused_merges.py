"""Merges in blocks that no network uses: how many branches they have may not be known."""

import pytest
from small_specs import codes, load

UNKNOWN = {
    "lines": "concat:\n    for k in sizes:\n        conv(8, k)",
    "numbered": "concat:\n    for i, k in enumerate(sizes):\n        b{i} = conv(8, k)",
    "nested": "concat:\n    for k in sizes:\n        for j in k:\n            conv(j, 1)",
    "comprehension": "concat(conv(8, k) for k in sizes)",
    "choice": "concat:\n    if sizes == ():\n        identity\n        relu",
    "choices": "add:\n    for k in (1, 3):\n        if k in sizes:\n            conv(8, k)",
    "rounds": "for n in sizes:\n    add:\n        for i in range(n):\n            conv(8, 3)",
    "results": "add([conv(8, k) for k in sizes])",
}


def block(lines: str) -> str:
    return "block many(sizes):\n" + "".join(f"    {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize("lines", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_an_unknown_number_of_branches_is_no_mistake(lines: str) -> None:
    assert codes(load("relu", above=block(lines))) == []


def test_a_use_with_too_few_is_one() -> None:
    assert codes(load("many((3,))", above=block(UNKNOWN["lines"]))) == ["E0314"]
