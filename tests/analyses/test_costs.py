"""Weights, multiply-adds and activations, against sums worked out by hand and against torch."""

import time

import pytest
from handmade import Bench, program, stack
from torch import nn

import archdsl
from archdsl.analyses.figures.costs import Cost, costs
from archdsl.ir.graph import INPUT
from archdsl.ops.families.conv import Conv
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated


def conv(channels, kernel_size, **arguments):
    return Conv(channels=channels, kernel_size=kernel_size, **arguments)


def op(word, **arguments):
    return validated(ops()[word], arguments)


def by_path(root):
    return {entry.path: entry for entry in costs(program(root)).walk()}


def test_one_convolution_by_hand():
    total = costs(program(stack((3, 8, 8), conv(16, 3, padding=1)))).total
    # 16 kernels of 3·3·3 and a bias each; every one of the 8·8 places takes 16·27 products
    assert total == Cost(
        params=16 * 27 + 16,
        biases=16,
        macs=16 * 27 * 64,
        counted=16 * 27 * 64,
        activation=16 * 64,
        moved=(3 + 16) * 64,
        read=16 * 27 + 16,
    )


def test_params_are_torchs():
    ours = stack(
        (3, 32, 32),
        conv(64, 7, stride=2, padding=3, bias=False),
        op("bn"),
        op("relu"),
        op("max_pool", kernel_size=3, stride=2, padding=1),
        conv(32, 3, groups=4),
        op("flatten"),
        op("linear", features=10),
    )
    theirs = nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(64, 32, 3, groups=4),
        nn.Flatten(),
        nn.Linear(32 * 6 * 6, 10),
    )
    expected = sum(p.numel() for p in theirs.parameters())
    assert costs(program(ours)).total.params == expected


def test_shared_weights_count_once_and_work_twice():
    bench = Bench((3, 8, 8))
    first = bench.use(conv(3, 3, padding=1), INPUT, name="tower")
    second = bench.use(conv(3, 3, padding=1), first, name="tower")
    total = costs(program(bench.scope(second))).total
    assert total.params == 84  # 3·3·3·3 + 3
    assert total.macs == 2 * 81 * 64


def test_the_insides_of_a_shared_block_are_counted_at_its_first_use():
    block = stack((3, 8, 8), conv(3, 1), block="tower")
    bench = Bench((3, 8, 8), (3, 8, 8))
    left = bench.use(block, INPUT, name="tower")
    bench.use(block, left, name="tower")
    rows = list(costs(program(bench.scope(left))).walk())
    assert [(r.path, r.cost.params, r.use.shared) for r in rows] == [
        ("tower", 12, False),
        ("tower.step0", 12, False),
        ("tower", 0, True),
        ("tower.step0", 0, True),
    ]


@pytest.fixture
def with_head():
    """A stem, an extra convolution that only the head takes, the head, and the trunk."""
    bench = Bench((3, 8, 8))
    stem = bench.use(conv(4, 1), INPUT, name="stem")
    extra = bench.use(conv(5, 1), stem, name="extra")
    bench.use(stack((5, 8, 8), conv(6, 1)), extra, name="aux1", aux=True)
    return bench.scope(bench.use(conv(7, 1), stem, name="trunk"))


def test_training_only_heads_have_weights_and_no_work(with_head):
    total = costs(program(with_head)).total
    stem, extra, head, trunk = 3 * 4 + 4, 4 * 5 + 5, 5 * 6 + 6, 4 * 7 + 7
    assert total.params == stem + extra + head + trunk
    assert total.aux_params == extra + head
    assert total.macs == (12 + 28) * 64
    assert total.activation == (4 + 7) * 64


def test_what_only_feeds_a_head_is_marked_with_it(with_head):
    idle = [path for path, entry in by_path(with_head).items() if entry.use.training_only]
    assert idle == ["extra", "aux1", "aux1.step0"]


def test_weights_that_a_head_shares_with_the_trunk_are_no_aux_params():
    bench = Bench((3, 8, 8))
    bench.use(conv(3, 1), INPUT, name="twin", aux=True)
    total = costs(program(bench.scope(bench.use(conv(3, 1), INPUT, name="twin")))).total
    assert (total.params, total.aux_params, total.macs) == (12, 0, 9 * 64)


def test_a_block_that_a_head_shares_with_the_trunk_has_no_aux_params_inside():
    block = stack((3, 8, 8), conv(3, 1), block="twin")
    bench = Bench((3, 8, 8))
    bench.use(block, INPUT, name="twin", aux=True)
    rows = list(costs(program(bench.scope(bench.use(block, INPUT, name="twin")))).walk())
    assert [(r.path, r.cost.params, r.cost.aux_params) for r in rows] == [
        ("twin", 12, 0),
        ("twin.step0", 12, 0),
        ("twin", 0, 0),
        ("twin.step0", 0, 0),
    ]


def test_rows_add_up_to_the_total(with_head):
    entries = by_path(with_head).values()
    leaves = [e.cost for e in entries if not hasattr(e.step.target, "steps")]
    assert sum(leaves, Cost()) == costs(program(with_head)).total


def test_equal_scopes_are_counted_once():
    class Counting(Conv):
        def weights(self, inputs):
            calls.append(1)
            return super().weights(inputs)

    calls: list[int] = []
    block = stack((3, 8, 8), Counting(channels=3, kernel_size=1), block="unit")
    root = stack((3, 8, 8), *[block] * 1000)
    assert costs(program(root)).total.params == 1000 * 12
    assert len(calls) <= 3


def test_nested_repetition_takes_no_time():
    scope = stack((3, 8, 8), conv(3, 1))
    for _ in range(40):
        scope = stack((3, 8, 8), scope, scope)
    began = time.perf_counter()
    assert costs(program(scope)).total.params == 12 * 2**40
    assert time.perf_counter() - began < 1


def test_a_shared_layer_s_biases_and_norms_count_once():
    # linear: 100·100 weights and 100 biases; bn: 100 factors and 100 shifts; both used twice
    text = (
        "network N:\n    input (100,)\n    layer f = linear(100)\n    layer n = bn\n"
        "    f -> n -> f -> n\n"
    )
    total = costs(archdsl.loads(text).program).total
    assert (total.params, total.biases, total.norms) == (10_300, 100, 200)
    assert total.macs == 2 * 10_000


def test_dropout_moves_nothing_at_inference():
    # relu reads 4·8·8 elements and writes as many; dropout hands its input on
    text = "network N:\n    input 4x8x8\n    relu\n    dropout\n"
    assert costs(archdsl.loads(text).program).total.moved == 2 * 256
