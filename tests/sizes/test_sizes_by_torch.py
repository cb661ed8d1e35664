"""The sizes that are said to be accepted are those at which PyTorch runs the emitted module."""

import pytest
import torch

import archdsl


def runs(module, shape):
    """Whether the module takes an input of the shape, on the meta device."""
    try:
        module(torch.empty(1, *shape, device="meta"))
    except RuntimeError:
        return False
    return True


some_and_all = pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])


@pytest.mark.parametrize(
    ("name", "up_to"),
    [
        ("alexnet", 100),
        *(
            pytest.param(*one, marks=pytest.mark.slow)
            for one in (("resnet18", 40), ("unet_padded", 50), ("vgg16", 70), ("googlenet", 20))
        ),
    ],
)
def test_every_size_against_the_module(name, up_to):
    """Height and width together, and each by itself."""
    net = archdsl.load(name)
    channels, height, width = net.input
    module = net.build(device="meta").eval()
    together, tall, wide = net.sizes(up_to=up_to).axes
    for n in range(1, up_to + 1):
        assert (n in together.accepted) == runs(module, (channels, n, n)), n
    for n in range(1, up_to + 1, 7):
        assert (n in tall.accepted) == runs(module, (channels, n, width)), n
        assert (n in wide.accepted) == runs(module, (channels, height, n)), n
    for axis in (together, tall, wide):
        assert axis.as_compiled == axis.accepted


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.slow)])
def test_weights_allow_what_the_module_takes(step):
    """No adaptive pool: the first linear layer takes 6x6 places and no others."""
    net = archdsl.load("alexnet_2012")
    module = net.build(device="meta").eval()
    together, tall, _ = net.sizes(up_to=300).axes
    for n in [*range(1, 301, step), 226, 227, 228, 257, 258, 259, 300]:
        assert (n in together.accepted) == runs(module, (3, n, n)), n
        assert (n in tall.accepted) == runs(module, (3, n, 227)), n
    assert together.accepted.text == "227 to 258"  # (258 − 11) // 4 + 1 = 62, 30, 14, 6
    assert together.refusals[0].path == "fc6"


UNET = "network U:\n    input 1x60x60\n    a = conv(4, 3)\n    max_pool(2)\n    conv(8, 3)\n" + (
    "    up = conv_transpose(4, 2, stride=2)\n    concat(a -> crop(up.height), identity)\n"
)


@some_and_all
def test_sizes_that_are_written_into_the_module(step):
    """A crop to the size of what comes up: accepted sizes need a module of their own."""
    net = archdsl.loads(UNET)
    axis = net.sizes(up_to=80).axes[0]
    written = archdsl.loads(UNET).source()
    for n in [*range(1, 81, step), *range(58, 64)]:
        try:
            other = archdsl.loads(UNET, input=(1, n, n))
        except archdsl.SpecError:
            assert n not in axis.accepted
            continue
        assert n in axis.accepted
        assert runs(other.build(device="meta"), (1, n, n))
        assert (n in axis.as_compiled) == (_code(other.source()) == _code(written)), n
    assert axis.as_compiled.text == "60 to 61"


def _code(source):
    """Without the comments, which tell the shapes."""
    return [line.partition("#")[0].rstrip() for line in source.splitlines()]


TANGLED = """
block half(c):
    conv(c, 3, stride=2, padding=1) -> relu

block inner(c):
    let odd = input.height % 2
    half(c)
    if odd == 0:
        max_pool(2)
    else:
        max_pool(3, stride=1)

network Backbone:
    input 3x48x48
    half(4) -> inner(8)

network N:
    input 3x48x48
    trunk = Backbone
    add(path(avg_pool(2), upsample(scale_factor=2)), identity)
    if input.height > 40:
        extra = conv(8, 1)
    flatten
    head = linear(5)
"""


@some_and_all
def test_a_network_that_decides_by_its_input_against_elaboration_from_scratch(step):
    """Blocks that are remembered from size to size give what a fresh load gives."""
    net = archdsl.loads(TANGLED, network="N")
    own = _shapes(net)
    axis = net.sizes(up_to=72).axes[0]
    for n in [*range(1, 73, step), *range(38, 43)]:
        try:
            other = archdsl.loads(TANGLED, network="N", input=(3, n, n))
        except archdsl.SpecError as error:
            assert n not in axis.accepted
            messages = {d.message for d in error.diagnostics}
            assert any(r.at != n or r.message in messages for r in axis.refusals if n in r.sizes)
            continue
        assert (n in axis.accepted) == (_shapes(other) == own), n
    assert 48 in axis.accepted
    assert 1 < axis.accepted.count < 72


def _shapes(net):
    module = net.build(device="meta")
    return {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
