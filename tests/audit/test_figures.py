"""The figures of rows beside weights and MACs, by hand: kinds of weights, places, intensity."""

import pytest
import torch

import archdsl

SMALL = """\
network Small:
    input 3x32x32
    conv(8, 3, stride=2, padding=1)
    bn
    relu
    avg_pool(2)
    conv(4, 2, bias=false)
    aux head = conv(16, 1)
    global_avg_pool -> flatten
    linear(10)
"""
INDEXED = """\
network Indexed:
    input 4x3
    table = parameter(9, 2)
    index = relative_positions(2, 2, flat=true)
    index_select(table, index) -> flatten -> linear(5)
"""


@pytest.fixture(scope="module")
def audit():
    return archdsl.loads(SMALL).audit(batch=4, dtype="float16")


def by_path(audit, name):
    return {row.path: getattr(row, name) for row in audit.layers}


def test_weights_by_kind(audit):
    # conv 8·27 + 8, bn 8 + 8, conv_2 4·8·4, head 16·4 + 16, linear 10·4 + 10
    assert (audit.weight_params, audit.bias_params) == (216 + 128 + 64 + 40, 8 + 16 + 10)
    assert (audit.norm_params, audit.aux_params) == (16, 80)
    assert audit.params == audit.weight_params + audit.bias_params + audit.norm_params
    assert by_path(audit, "bias_params")["head"] == 16


def test_every_figure_adds_up(audit):
    for name in ("params", "weight_params", "bias_params", "norm_params", "aux_params", "macs",
                 "flops", "elementwise", "activation", "memory"):  # fmt: skip
        assert sum(by_path(audit, name).values()) == getattr(audit, name)


def test_flops_are_two_for_each_multiply_add(audit):
    assert by_path(audit, "flops")["conv"] == 2 * 8 * 27 * 16 * 16
    assert by_path(audit, "elementwise")["conv"] == 0
    assert by_path(audit, "flops")["relu"] == 0
    assert by_path(audit, "elementwise")["relu"] == 8 * 16 * 16


def test_what_counts_as_a_mac_changes_no_flops():
    net = archdsl.loads(SMALL)
    ours, theirs = net.audit(), net.audit(count="thop")
    assert theirs.macs > ours.macs
    assert theirs.flops == ours.flops == 2 * ours.macs
    assert (ours.count, theirs.count) == ("torchvision", "thop")


def test_jumps_and_centres():
    """conv sees −1 to 1, the pool's first mean −1 to 3, conv_2 two of these: −1 to 7."""
    audit = archdsl.loads(SMALL).audit()
    assert by_path(audit, "receptive_field")["conv_2"] == (9, 9)
    assert by_path(audit, "jump")["conv"] == (2.0, 2.0)
    assert by_path(audit, "jump")["conv_2"] == (4.0, 4.0)
    assert by_path(audit, "centre")["conv"] == (0.0, 0.0)
    assert by_path(audit, "centre")["avg_pool"] == (1.0, 1.0)
    assert by_path(audit, "centre")["conv_2"] == (3.0, 3.0)
    assert audit.stride == (4.0, 4.0)


def test_an_upsampling_brings_neighbours_nearer():
    audit = archdsl.loads("network Up:\n    input 3x8x8\n    upsample(2)\n").audit()
    assert by_path(audit, "jump")["upsample"] == (0.5, 0.5)


def test_published_strides():
    """Araujo, Norris and Sim (2019), table 2."""
    assert archdsl.load("resnet50").audit().stride == (32.0, 32.0)
    assert archdsl.load("vgg16").audit().stride == (32.0, 32.0)


def test_intensity(audit):
    """Flops for each byte: 4 samples of 2-byte numbers, and the weights once."""
    moved = 4 * (3 * 32 * 32 + 8 * 16 * 16) + 8 * 27 + 8
    flops = 4 * 2 * 8 * 27 * 16 * 16
    assert by_path(audit, "intensity")["conv"] == pytest.approx(flops / (2 * moved))
    assert by_path(audit, "intensity")["relu"] == 0
    assert by_path(audit, "intensity")["flatten"] == 0


def test_a_view_moves_nothing():
    plain = archdsl.loads("network V:\n    input 4x8x8\n    conv(4, 1)\n").audit()
    viewed = archdsl.loads("network V:\n    input 4x8x8\n    conv(4, 1) -> flatten\n").audit()
    assert viewed.intensity == plain.intensity


def test_a_block_s_intensity_is_that_of_its_steps():
    audit = archdsl.loads(
        "network B:\n    input 4x8x8\n    body = conv(4, 1, bias=false) -> conv(4, 1, bias=false)\n"
    ).audit()
    (block,) = audit.blocks
    moved = 2 * (256 + 256 + 16)
    assert block.intensity == pytest.approx(2 * 2 * 16 * 64 / (4 * moved))


def test_memory_of_weights_has_the_running_statistics(audit):
    state = 8 * 27 + 8 + 4 * 8 + 4 * 8 * 4 + 80 + 50
    counter = 8  # how many batches the norm has seen, a whole number
    assert audit.weights_memory == 2 * state + counter


@pytest.mark.parametrize(
    "name",
    ["resnet18", "lenet5", INDEXED, pytest.param("swin_t", marks=pytest.mark.slow)],
)
def test_memory_of_weights_is_what_torch_holds(name):
    net = archdsl.loads(name) if name == INDEXED else archdsl.load(name)
    module = net.build(device="meta")
    for dtype in ("float32", "bfloat16"):
        held = module.to(getattr(torch, dtype)).state_dict().values()
        assert net.audit(dtype=dtype).weights_memory == sum(tensor.nbytes for tensor in held)
