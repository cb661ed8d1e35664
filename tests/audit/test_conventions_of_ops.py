"""What every example of every op counts, by the tools themselves."""

import sys
from pathlib import Path

import pytest
from counters import COUNTERS, quietly

from archdsl.ops.registry import ops

sys.path.append(str(Path(__file__).parent.parent / "ops"))

from emitted import batch, emitted

EXAMPLES = [
    pytest.param(op, example, id=f"{word}-{number}")
    for word, op in ops().items()
    for number, example in enumerate(op.examples)
]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_as_the_tools_count_it(kind, example):
    op = kind(**example.arguments)
    counts = op.counts(example.inputs, op.infer(example.inputs))
    inputs = tuple(batch(example.inputs, size=1))
    theirs = {
        tool: quietly(count, emitted(op, example.inputs), inputs)
        for tool, count in COUNTERS.items()
    }
    assert {tool: counts.by(tool) for tool in COUNTERS} == theirs
