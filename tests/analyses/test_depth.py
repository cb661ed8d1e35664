"""Depths that the networks bear in their names."""

import pytest
from handmade import Bench, program, stack

from archdsl import driver
from archdsl.analyses.figures.depth import depth
from archdsl.ir.graph import INPUT
from archdsl.ops.families.conv import Conv
from archdsl.ops.registry import ops

CONV = Conv(channels=8, kernel_size=3, padding=1)


@pytest.mark.parametrize(
    ("name", "layers"),
    [("lenet5", 5), ("vgg16", 16), ("resnet18", 18), ("resnet50", 50), ("googlenet", 22)],
)
def test_published_depths(name, layers):
    assert depth(driver.load(name).program) == layers


def test_the_longest_of_parallel_branches_counts():
    bench = Bench((8, 8, 8))
    short = bench.use(CONV, INPUT)
    long = bench.chain(INPUT, CONV, ops()["relu"](), CONV)
    assert depth(program(bench.scope(bench.use(ops()["add"](), short, long)))) == 2


def test_a_head_that_only_training_runs_does_not_count():
    bench = Bench((8, 8, 8))
    bench.use(stack((8, 8, 8), CONV, CONV), INPUT, aux=True)
    assert depth(program(bench.scope(bench.use(CONV, INPUT)))) == 1


def test_repetition_multiplies():
    scope = stack((8, 8, 8), CONV)
    for _ in range(40):
        scope = stack((8, 8, 8), scope, scope)
    assert depth(program(scope)) == 2**40
