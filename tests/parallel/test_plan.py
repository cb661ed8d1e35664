"""The plan of a pipeline against every other cut, against torch, and by hand."""

from itertools import accumulate, combinations

import pytest
import torch
from torch import Tensor, nn

import archdsl
import archdsl.parallel

NETWORKS = ("resnet18", "googlenet", "mobilenet_v2", "unet", "vit_b_16")
STAGES = 4
TWIN = """
network Twin:
    input 1x8x8
    layer shared = conv(1, 3, padding=1)
    shared -> relu
    middle = conv(1, 3, padding=1)
    shared -> relu
    end = conv(1, 3, padding=1)
"""
OFFSET = """
network Offset:
    input 8
    offset = parameter(8)
    first = input -> linear(8)
    second = linear(16)
    relu
    third = linear(8)
    add(third, offset)
"""


def smallest_largest(macs: list[int], stages: int) -> int:
    """The work of the largest stage in the best of all cuts, every one of them tried."""
    before = [0, *accumulate(macs)]
    cuts = combinations(before[1:-1], stages - 1)
    return min(
        max(end - start for start, end in zip((0, *c), (*c, before[-1]), strict=True)) for c in cuts
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_no_cut_is_more_even(name: str) -> None:
    net = archdsl.load(name)
    best = smallest_largest([row.macs for row in net.audit().layers if row.macs], STAGES)
    mean = net.macs / STAGES
    even = archdsl.parallel.plan(net, STAGES, slack=0)
    assert max(stage.macs for stage in even.stages) == best
    assert even.imbalance == even.least_imbalance == pytest.approx(best / mean - 1)
    plan = archdsl.parallel.plan(net, STAGES)
    assert max(stage.macs for stage in plan.stages) <= 1.05 * best
    assert sum(stage.macs for stage in plan.stages) == net.macs
    assert sum(stage.params for stage in plan.stages) == net.params


@pytest.mark.parametrize("name", NETWORKS)
def test_no_stage_begins_with_what_writes_over_its_input(name: str) -> None:
    """It would be the tensor that another process sent."""
    net = archdsl.load(name)
    model = net.build(device="meta")
    for stages in (2, 3, 4, 6):
        for path in archdsl.parallel.plan(net, stages, slack=0.3).split_points:
            assert not getattr(model.get_submodule(path), "inplace", False), path


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ["resnet18", "densenet_small", "lenet5", "tcn"])
def test_torch_makes_these_stages(name: str) -> None:
    _stages_are_as_planned(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["googlenet", "unet", "vit_b_32", "fpn_resnet50", "swin_t"])
def test_torch_makes_these_stages_of_branching_networks(name: str) -> None:
    _stages_are_as_planned(name)


def _stages_are_as_planned(name: str) -> None:
    from torch.distributed.pipelining import SplitPoint, pipeline

    net = archdsl.load(name)
    plan = archdsl.parallel.plan(net, STAGES)
    model = net.build(device="meta")
    arrived = _arrivals(model, plan.split_points)
    example = torch.zeros(2, *net.program.root.inputs[0].shape, device="meta")
    model(example)
    for stage, shape in zip(plan.stages, arrived, strict=False):
        assert shape in stage.sends
    points = dict.fromkeys(plan.split_points, SplitPoint.BEGINNING)
    pipe = pipeline(net.build(device="meta"), (example,), split_spec=points)
    assert pipe.num_stages == STAGES
    params = [_params(pipe.get_stage_module(k)) for k in range(STAGES)]
    assert params == [stage.params for stage in plan.stages]


def _arrivals(model: nn.Module, paths: tuple[str, ...]) -> list[tuple[int, ...]]:
    """Where the input of each module's next call leaves its shape, without the batch."""
    shapes: list[tuple[int, ...]] = []

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        shapes.append(tuple(inputs[0].shape[1:]))

    for path in paths:
        model.get_submodule(path).register_forward_pre_hook(note)
    return shapes


def _params(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_lenet_by_hand() -> None:
    """LeCun et al. 1998: C1 28·28·6·25, C3 10·10·16·6·25 (its connections complete), C5 and F6."""
    plan = archdsl.parallel.plan(archdsl.load("lenet5"), stages=3)
    first, second, third = plan.stages
    assert first.macs == 28 * 28 * 6 * 25
    assert second.macs == 10 * 10 * 16 * 6 * 25
    assert third.macs == 16 * 25 * 120 + 120 * 84 + 84 * 10
    assert (first.sends, second.sends, third.sends) == (((6, 14, 14),), ((400,),), ())
    assert plan.split_points == ("conv_2", "linear")
    mean = (117_600 + 240_000 + 58_920) / 3
    assert plan.imbalance == pytest.approx(240_000 / mean - 1)


def test_uses_of_one_layer_stay_together() -> None:
    """Three of four convolutions of equal work are bound together: only the last can leave."""
    net = archdsl.loads(TWIN)
    assert archdsl.parallel.plan(net, stages=2).split_points == ("end",)
    with pytest.raises(archdsl.Misuse, match="2 stages at most"):
        archdsl.parallel.plan(net, stages=3)


def test_what_is_read_later_is_sent() -> None:
    """`offset` is made ready for the batch where it is declared, and read behind the cut."""
    net = archdsl.loads(OFFSET)
    first, second = archdsl.parallel.plan(net, stages=2).stages
    assert (first.first, first.last, second.first) == ("offset", "relu", "third")
    assert (first.sends, second.sends) == (((8,), (16,)), ())
    assert first.params == 8 + (8 * 8 + 8) + (8 * 16 + 16)
    assert second.params == 16 * 8 + 8


def test_one_stage_is_the_whole() -> None:
    net = archdsl.load("resnet18")
    (stage,) = archdsl.parallel.plan(net, stages=1).stages
    assert (stage.macs, stage.params, stage.sends) == (net.macs, net.params, ())


def test_nothing_to_compute() -> None:
    net = archdsl.loads("network Idle:\n    input 8\n    relu -> tanh\n")
    assert archdsl.parallel.plan(net, stages=1).imbalance == 0
    with pytest.raises(archdsl.Misuse, match="1 stages at most"):
        archdsl.parallel.plan(net, stages=2)


@pytest.mark.parametrize(("stages", "slack"), [(0, 0.05), (-1, 0.05), (2, -0.1)])
def test_numbers_that_make_no_sense(stages: int, slack: float) -> None:
    with pytest.raises(archdsl.Misuse):
        archdsl.parallel.plan(archdsl.load("lenet5"), stages, slack=slack)


def test_a_plan_is_json() -> None:
    plan = archdsl.parallel.plan(archdsl.load("lenet5"), stages=2)
    again = type(plan).model_validate_json(plan.model_dump_json())
    assert again == plan
