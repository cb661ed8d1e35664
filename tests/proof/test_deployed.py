"""The deploy form against the training form by algebra: what is right passes, what is wrong not."""

import pytest
from msgspec.structs import replace

import archdsl
from archdsl.backends.python import emit_deployed
from archdsl.base.fault import Fault
from archdsl.ir.graph import Program, Ref
from archdsl.proof import Unproven, check_deployed
from archdsl.transforms.deploy import Deployment
from archdsl.transforms.deploy.origin import FoldedWeight, JoinedWeight, PassingWeight, SummedWeight

FOLDED = """
network net:
    input 3x8x8
    conv(4, 3, padding=1) -> bn -> relu
    conv(4, 3, padding=1) -> bn(eps=0.01) -> relu
"""
SUMMED = """
network net:
    input 4x8x8
    add:
        conv(4, 3, padding=1) -> bn
        conv(4, 1) -> bn
        bn
    relu
"""
JOINED = """
network net:
    input 4x8x8
    concat:
        conv(6, 1) -> relu -> conv(2, 3)
        conv(5, 1) -> relu -> conv(3, 3)
"""


def _deployment(text: str) -> Deployment:
    return archdsl.loads(text).deployment


def _with_origins(deployed: Deployment, change) -> Deployment:
    weights = tuple(
        replace(
            group,
            rules=tuple(replace(rule, origin=change(rule.origin)) for rule in group.rules),
        )
        for group in deployed.weights
    )
    return replace(deployed, weights=weights)


def _with_steps(program: Program, change) -> Program:
    root = program.root
    steps = tuple(change(index, step) for index, step in enumerate(root.steps))
    return replace(program, root=replace(root, steps=steps))


@pytest.mark.parametrize("text", [FOLDED, SUMMED, JOINED], ids=["folded", "summed", "joined"])
def test_what_is_right_passes(text: str) -> None:
    deployed = _deployment(text)
    assert deployed.changes
    check_deployed(deployed)


def _other_eps(origin):
    return replace(origin, eps=0.5) if isinstance(origin, FoldedWeight) else origin


def _other_norm(origin):
    return replace(origin, norm=("bn_2",)) if isinstance(origin, FoldedWeight) else origin


def _one_less(origin):
    if isinstance(origin, SummedWeight | JoinedWeight):
        return replace(origin, parts=origin.parts[:-1])
    return origin


def _turned(origin):
    if isinstance(origin, JoinedWeight):
        return replace(origin, parts=origin.parts[::-1])
    return origin


def _with_its_input(origin):
    handed_on = PassingWeight(None, 1, 3, ("bn",), 1e-5)
    return SummedWeight((origin, handed_on)) if isinstance(origin, FoldedWeight) else origin


WIDER = "network net:\n    input 3x8x8\n    conv(4, 3, padding=1) -> bn -> relu\n"


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (FOLDED, _other_eps),
        (FOLDED, _other_norm),
        (SUMMED, _one_less),
        (JOINED, _one_less),
        (JOINED, _turned),
        (WIDER, _with_its_input),
    ],
)
def test_a_wrong_recipe_is_refused(text: str, change) -> None:
    with pytest.raises(Unproven):
        check_deployed(_with_origins(_deployment(text), change))


def test_a_step_too_few_is_refused() -> None:
    deployed = _deployment(FOLDED)
    root = deployed.program.root
    short = replace(root, results=(Ref(len(root.steps) - 2),))
    with pytest.raises(Unproven):
        check_deployed(replace(deployed, program=replace(deployed.program, root=short)))


def test_parts_of_a_row_exchanged_are_refused() -> None:
    deployed = _deployment(JOINED.replace("conv(5, 1)", "conv(6, 1)"))

    def other(index, step):
        inputs = tuple(
            replace(ref, output=1 - ref.output)
            if len(deployed.program.root.steps[ref.step].outputs) == 2
            else ref
            for ref in step.inputs
            if ref.step >= 0
        )
        return replace(step, inputs=inputs or step.inputs)

    with pytest.raises(Unproven):
        check_deployed(replace(deployed, program=_with_steps(deployed.program, other)))


def test_a_wrong_deploy_form_is_a_fault_of_archdsl() -> None:
    with pytest.raises(Fault, match="deploy form that was worked out"):
        emit_deployed(_with_origins(_deployment(FOLDED), _other_eps))
