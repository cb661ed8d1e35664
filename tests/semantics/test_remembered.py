"""What was worked out once is not worked out again, and is the same as if it were."""

from pathlib import Path

import pytest

import archdsl
from archdsl import driver
from archdsl.ir.graph import Program, Scope

PATHS = """
block cell(channels, drop):
    inner = path:
        conv(channels, 3, padding=1)
        if channels == input.channels:
            relu
    drop_path(drop)
    add(identity, input)

network Cells:
    input 8x8x8
    cell(8, 0.1)
    cell(8, 0.2)
    bn
    cell(8, 0.1)
"""
CHAINS = """
network Chains:
    input 8x8x8
    first = conv(8, 1)
    for i in range(3):
        part{i} = conv(8, 3, padding=1) -> bn
        both{i} = relu -> add(identity, first)
    global_avg_pool -> flatten -> linear(2)
"""
CAPTURED = """
network Captured:
    input 8x8x8
    first = conv(8, 1)
    let back = relu -> add(identity, first)
    for i in range(2):
        part{i} = path:
            conv(8, 1)
            back
    global_avg_pool -> flatten -> linear(2)
"""
VALUES = """
fn double(x) = x * 2

block pick(n):
    conv(1 if n == true else 2, 1)

network Values:
    input 4x8x8
    for n in (1, true, 1.0):
        pick(n)
    conv(double(4), 1) -> conv(int(double(4.0)), 1)
"""
ARGUMENTS = """
block pick(n):
    conv(1 if n == true else 2, 1)

block wrap(act: block):
    act -> relu

network Arguments:
    input 4x8x8
    for n in (1, true):
        wrap(pick(n))
    for n in (1, true):
        wrap(pick(n) * 2)
    let first, second = [pick(n=n) for n in (1, true)]
    wrap(act=first) -> wrap(act=second)
"""


def program(text: str) -> Program:
    loaded = driver.loads(text)
    assert not loaded.failed, loaded.diagnostics
    assert loaded.program is not None
    return loaded.program


def test_a_path_with_the_same_names_and_input_is_the_same_scope() -> None:
    cells = [s.target for s in program(PATHS).root.steps if isinstance(s.target, Scope)]
    assert cells[0] is cells[2]
    assert cells[0] is not cells[1]
    paths = [cell.steps[0].target for cell in cells]
    assert paths[0] is paths[1]


def test_so_is_a_chain_but_not_one_that_looks_further_than_its_input() -> None:
    steps = {s.name: s for s in program(CHAINS).root.steps}
    assert steps["part0"].target is steps["part1"].target is steps["part2"].target
    assert [len(steps[f"both{i}"].inputs) for i in range(3)] == [2, 2, 2]


def test_a_path_that_a_tensor_flows_into_by_a_chain_gets_it_every_time() -> None:
    steps = program(CAPTURED).root.steps
    parts = [s for s in steps if s.name.startswith("part")]
    assert [len(part.inputs) for part in parts] == [2, 2]
    assert [part.inputs[1] for part in parts] == [parts[0].inputs[1]] * 2


def test_values_that_python_takes_for_equal_are_told_apart() -> None:
    picked = [s.target for s in program(VALUES).root.steps if isinstance(s.target, Scope)]
    assert [scope.outputs[0].shape[0] for scope in picked] == [2, 1, 2]


def test_so_are_the_arguments_of_blocks_that_are_arguments() -> None:
    wrapped = [s.target for s in program(ARGUMENTS).root.steps if isinstance(s.target, Scope)]
    assert [scope.outputs[0].shape[0] for scope in wrapped] == [2, 1] * 3


@pytest.mark.parametrize("text", [PATHS, CHAINS, CAPTURED, VALUES, ARGUMENTS])
def test_what_is_remembered_runs(text: str) -> None:
    import torch

    net = archdsl.loads(text)
    model = net.build()
    shape = net.input
    assert isinstance(shape, tuple)
    assert tuple(model(torch.randn(2, *shape)).shape[1:]) == net.output
    assert sum(p.numel() for p in model.parameters()) == net.params


def test_variants_are_what_they_are_alone() -> None:
    spec = driver.find("efficientnet_b0")
    prepared = driver.Prepared(spec)
    for width, depth in ((1.0, 1.0), (0.75, 1.2), (1.0, 1.2), (0.75, 1.0), (1.0, 1.0)):
        texts = {"width": str(width), "depth": str(depth)}
        variant = prepared.variant(texts).program
        alone = driver.load("efficientnet_b0", parameters=texts).program
        assert variant is not None and alone is not None
        assert written(variant.root) == written(alone.root)


HANDED = """
block wrap(inner: block, k=7):
    conv(k, 1)
    inner

network Handed(width=4):
    input 3x8x8
    for k in (width, 2 * width):
        wrap(path(conv(k, 1)))
        wrap(path(stem=conv(k + 1, 1), relu6), k=3)
"""


def test_variants_of_a_path_that_a_block_is_handed(tmp_path: Path) -> None:
    (tmp_path / "handed.arch").write_text(HANDED)
    variants = archdsl.sweep(tmp_path / "handed.arch", {"width": [1, 2, 4]}, jobs=1).variants
    for variant, width in zip(variants, (1, 2, 4), strict=True):
        model = archdsl.loads(HANDED, width=width).build()
        assert variant.figures["params"] == sum(p.numel() for p in model.parameters())


def written(scope: Scope) -> object:
    """All of a scope but the places in the source."""
    return (
        scope.kind,
        scope.block,
        scope.values,
        scope.inputs,
        scope.results,
        scope.modules,
        [
            (
                s.name,
                s.inputs,
                s.outputs,
                written(s.target) if isinstance(s.target, Scope) else s.target,
            )
            for s in scope.steps
        ],
    )
