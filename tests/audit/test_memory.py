"""Peaks of memory, by hand and against what torch holds."""

import pytest
import torch
from emitted import batch
from held import allocated_by_training, held_by_inference, held_by_training

import archdsl
from archdsl.analyses.figures.memory import memory
from tests.parts import parts

WITHIN = 0.10
WITHIN_BY_SIZES = 0.015
NETWORKS = (
    "lenet5", "alexnet", "nin", "vgg11", "googlenet", "googlenet_2014", "resnet18", "resnet50",
    "preact_resnet18", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0",
    "shufflenet_v2_x0_5", "densenet121", "inception_v3", "regnet_y_400mf", "convnext_tiny",
    "vit_b_32",
)  # fmt: skip
ON_THE_CPU = {"lenet5"}  # the others take long
LONG = {
    "alexnet",
    "googlenet",
    "mobilenet_v3_large",
    "shufflenet_v2_x0_5",
    "convnext_tiny",
    "vit_b_32",
}
OFTEN = {"lenet5", "resnet18", "squeezenet1_1", "unet_padded"}


def some(names, often):
    """Of these networks the few of every run; the others run with the long tests."""
    return [pytest.param(n, marks=() if n in often else pytest.mark.slow) for n in names]


def trained(name, device):
    net = archdsl.load(name)
    inputs = [x.to(device) for x in batch(net.program.root.inputs, size=2)]
    return memory(net.program, batch=2), held_by_training(net.build(device=device), inputs)


@pytest.mark.parametrize("name", parts(NETWORKS, ON_THE_CPU, LONG))
def test_a_training_step_holds_what_torch_holds(name):
    """On the CPU, where the profiler of the test below looks too."""
    said, (peak, saved) = trained(name, "cpu")
    assert said.training == pytest.approx(peak, rel=WITHIN)
    assert said.saved == pytest.approx(saved, rel=WITHIN)


@pytest.mark.parametrize("name", some(NETWORKS, OFTEN))
def test_a_training_step_holds_what_torch_says_it_would(name):
    """On the meta device, which has sizes but no numbers."""
    said, (peak, _) = trained(name, "meta")
    assert said.training == pytest.approx(peak, rel=WITHIN_BY_SIZES)


ALLOCATED = (
    "lenet5", "alexnet", "resnet18", "resnet50", "preact_resnet18", "googlenet", "inception_v3",
    "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "shufflenet_v2_x0_5",
    "densenet121", "regnet_y_400mf", "mnasnet0_5", "ghostnet_100", "vgg11", "swin_t",
)  # fmt: skip


@pytest.mark.parametrize("name", some(ALLOCATED, OFTEN))
def test_a_training_step_takes_what_the_profiler_sees_allocated(name):
    """On the CPU, the room that kernels take for themselves included; the inputs were there."""
    net = archdsl.load(name)
    inputs = batch(net.program.root.inputs, size=2)
    given = sum(x.untyped_storage().nbytes() for x in inputs)
    allocated = allocated_by_training(net.build(), inputs)
    assert memory(net.program, batch=2).training - given == pytest.approx(allocated, rel=WITHIN)


def test_the_profiler_sees_what_is_allocated():
    """Two at once: both results; on the way back that of the sigmoid and the gradient before it;
    at last this and the gradient of the weights."""
    layer, x = torch.nn.Linear(100, 100, bias=False), torch.zeros(100, 100)
    twice = torch.nn.Sequential(layer, torch.nn.Sigmoid())
    assert allocated_by_training(twice, [x]) == pytest.approx(4 * 100 * 100 * 2, rel=0.01)


EXACT = (
    "lenet5", "alexnet", "resnet18", "vgg11", "googlenet", "densenet121", "mobilenet_v2",
    "efficientnet_b0", "shufflenet_v2_x0_5", "inception_v3",
)  # fmt: skip


@pytest.mark.parametrize("name", some(EXACT, OFTEN))
def test_an_inference_holds_what_torch_holds(name):
    """Where the emitted module's variables hold nothing that no step needs any more."""
    net = archdsl.load(name)
    assert memory(net.program, batch=2).inference == pytest.approx(inferred(net), rel=0.001)


@pytest.mark.parametrize(
    "name", some(["resnet50", "convnext_tiny", "vit_b_32", "hrnet_w18"], {"vit_b_32"})
)
def test_an_inference_holds_nearly_what_torch_holds(name):
    net = archdsl.load(name)
    assert memory(net.program, batch=2).inference == pytest.approx(inferred(net), rel=WITHIN)


@pytest.mark.parametrize(
    "name", some(["nin", "googlenet_2014", "preact_resnet18", "unet_padded"], OFTEN)
)
def test_no_inference_needs_less(name):
    """Variables hold tensors for longer, U-Net's all that skips; lrn takes room for itself."""
    net = archdsl.load(name)
    assert memory(net.program, batch=2).inference <= inferred(net)


def inferred(net):
    inputs = [x.to("meta") for x in batch(net.program.root.inputs, size=2)]
    return held_by_inference(net.build(device="meta"), inputs)


# --- by hand ----------------------------------------------------------------------------------


def held(lines, batch=1, element=4):
    text = "".join(f"    {line}\n" for line in lines)
    return memory(archdsl.loads(f"network N:\n{text}").program, batch=batch, element=element)


CHAIN = ["input 1x8x8", "conv(4, 3, padding=1, bias=false)", "relu", "max_pool(2)"]


def test_an_inference_holds_a_step_s_input_and_its_result():
    # the caller's input 64, conv 256, which relu writes over, max_pool 64 and its 64 indices
    assert held(CHAIN).inference == 4 * (64 + 256 + 64) + 8 * 64


def test_the_batch_and_the_element_type_scale_it():
    assert held(CHAIN, batch=10, element=2).inference == 10 * (2 * (64 + 256 + 64) + 8 * 64)


def test_a_skip_holds_its_tensor():
    lines = ["input 4x8x8", "conv(4, 1)", "add(identity, conv(4, 1) -> relu)"]
    # input, the skip, and conv, which relu writes over, beside the sum
    assert held(lines).inference == 4 * 256 * 4


def test_what_a_block_is_given_is_held_until_it_is_through():
    # in the second step of the body: the network's input, the body's, what it reads and makes
    lines = ["input 4x8x8", "conv(8, 1)", "body = conv(2, 1) -> conv(4, 1)"]
    assert held(lines).inference == 4 * 64 * (4 + 8 + 2 + 4)
    # as steps of the network's own, the most is held by the first of them
    lines[2:] = ["conv(2, 1)", "conv(4, 1)"]
    assert held(lines).inference == 4 * 64 * (4 + 8 + 2)


def test_the_input_is_there_from_the_first_step():
    """A pool's indices, its input and its result: then the input and two small results."""
    lines = ["input 4x8x8", "max_pool(2)", "global_avg_pool"]
    assert held(lines).inference == 4 * (256 + 64) + 8 * 64


def test_a_learned_tensor_lies_with_the_weights():
    lines = ["input x: 4x8x8", "p = parameter(4, 8, 8)"]
    lines += ["c = x -> conv(64, 1) -> conv(4, 1)", "add(c, p)"]
    assert held(lines).inference == 4 * 64 * (4 + 64 + 4)  # in the second convolution


def test_views_take_no_memory():
    lines = ["input 4x8x8", "relu", "flatten -> unflatten(1, (64, 4)) -> transpose(1, 2)"]
    assert held(lines).inference == 4 * (256 + 256)


def test_what_is_written_in_place_takes_no_memory():
    lines = ["input 4x8x8", "conv(4, 1)", "relu(inplace=true)"]
    assert held(lines).inference == 4 * (256 + 256)


def test_whole_numbers_have_eight_bytes():
    lines = ["input ids: 10 int", "embedding(100, 6)"]
    assert held(lines, element=2).inference == 10 * 8 + 60 * 2


def test_a_training_step():
    """Between the passes: the input, relu's result (for relu and the pool), the pool's indices and
    its result, which the caller has. On the way back a gradient is as large as its tensor.
    """
    kept = held(CHAIN)
    assert kept.saved == 4 * (64 + 256 + 64) + 8 * 64
    through_pool = kept.saved + 4 * (64 + 256)
    through_relu = kept.saved - 8 * 64 + 4 * (256 + 256)
    assert kept.training == max(through_pool, through_relu) == 3584


def test_heads_run_in_training_only():
    lines = ["input 1x8x8", "conv(2, 1)", "aux head = conv(64, 1)", "relu"]
    kept = held(lines)
    assert kept.inference == 4 * (64 + 128 + 128)
    assert kept.training > 4 * 64 * 64


def test_nothing_is_kept_where_nothing_learns():
    assert held(["input 4x8x8", "relu", "max_pool(2)"]).saved == 4 * (256 + 64)


def test_figures_stay_as_they_are():
    figures = memory(archdsl.loads("network N:\n    input 4x4x4\n    relu\n").program)
    with pytest.raises(AttributeError, match="immutable"):
        figures.training = 0


def test_a_deep_network_takes_linear_time():
    net = archdsl.loads("network Deep:\n    input 4x4x4\n    conv(4, 1) * 5000\n").program
    assert memory(net).inference == 4 * 64 * 3


def test_the_watch_sees_what_is_freed():
    layer = torch.nn.Sequential(*[torch.nn.Linear(100, 100, bias=False) for _ in range(9)])
    assert held_by_inference(layer, [torch.zeros(1, 100)]) == 4 * 100 * 3
