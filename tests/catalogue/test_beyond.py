"""Networks beyond classification that no collection holds: counts and shapes from the papers."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

import archdsl
from archdsl.analyses.figures.costs import costs
from archdsl.runtime.reference_models import Reference, reference
from archdsl.runtime.verify import compare

from .references import load
from .test_by_hand import Count, bn, conv, conv_bn, linear

# --- counts ----------------------------------------------------------------------------------


def unet() -> Count:
    """Ronneberger et al. 2015, figure 1: every convolution takes a pixel off each side."""
    total, before = Count(0), 1
    for width, size in ((64, 570), (128, 282), (256, 138), (512, 66), (1024, 30)):
        total += conv(before, width, 9, size**2) + conv(width, width, 9, (size - 2) ** 2)
        before = width
    for width, size in ((512, 54), (256, 102), (128, 198), (64, 390)):
        up = Count(2 * width * width * 4 + width, 2 * width * width * (size + 2) ** 2)
        total += up + conv(2 * width, width, 9, size**2) + conv(width, width, 9, (size - 2) ** 2)
    return total + conv(64, 2, 1, 388**2)


def unet_padded() -> Count:
    total, before = Count(0), 3
    for width, size in ((64, 256), (128, 128), (256, 64), (512, 32), (1024, 16)):
        total += conv_bn(before, width, 9, size**2) + conv_bn(width, width, 9, size**2)
        before = width
    for width, size in ((512, 32), (256, 64), (128, 128), (64, 256)):
        up = Count(2 * width * width * 4 + width, 2 * width * width * size**2)
        total += up + conv_bn(2 * width, width, 9, size**2) + conv_bn(width, width, 9, size**2)
    return total + conv(64, 2, 1, 256**2)


def dcgan_generator() -> Count:
    """Each step doubles the size; a place of the smaller map makes 4x4 of the larger."""
    total = Count(100 * 512 * 16, 100 * 512 * 16) + bn(512)
    for i, o, size in ((512, 256, 4), (256, 128, 8), (128, 64, 16)):
        total += Count(i * o * 16, i * o * 16 * size**2) + bn(o)
    return total + Count(64 * 3 * 16, 64 * 3 * 16 * 32**2)


def dcgan_discriminator() -> Count:
    total = conv(3, 64, 16, 32**2, bias=False)
    for i, o, size in ((64, 128, 16), (128, 256, 8), (256, 512, 4)):
        total += conv_bn(i, o, 16, size**2)
    return total + conv(512, 1, 16, 1, bias=False)


def c3d() -> Count:
    """Tran et al. 2015, figure 3, for clips of 16 frames of 112x112."""
    total = conv(3, 64, 27, 16 * 112**2) + conv(64, 128, 27, 16 * 56**2)
    for i, o, places in ((128, 256, 8 * 28**2), (256, 512, 4 * 14**2), (512, 512, 2 * 7**2)):
        total += conv(i, o, 27, places) + conv(o, o, 27, places)
    return total + linear(512 * 1 * 4 * 4, 4096) + linear(4096, 4096) + linear(4096, 487)


def siamese() -> Count:
    """Koch et al. 2015, figure 4: the tower counts once, and works twice."""
    convs = conv(1, 64, 100, 96**2) + conv(64, 128, 49, 42**2)
    convs += conv(128, 128, 16, 18**2) + conv(128, 256, 16, 6**2)
    tower = convs + linear(256 * 6 * 6, 4096)
    return tower + Count(0, tower.macs) + linear(4096, 1)


def tcn() -> Count:
    """Bai et al. 2018: eight levels of two convolutions over seven steps, and 25 channels."""
    first = conv(1, 25, 7, 784) + conv(25, 25, 7, 784) + conv(1, 25, 1, 784)
    return first + conv(25, 25, 7, 784) * 14 + linear(25, 10)


def wavenet() -> Count:
    """Ten layers: filter and gate over two steps each, one result to go on and one to the end."""
    layer = conv(32, 32, 2, 4000) * 2 + conv(32, 32, 1, 4000) + conv(32, 256, 1, 4000)
    return layer * 10 + conv(256, 32, 1, 4000) + conv(256, 256, 1, 4000) * 2


COUNTS: dict[str, Callable[[], Count]] = {
    "unet": unet,
    "unet_padded": unet_padded,
    "dcgan_generator": dcgan_generator,
    "dcgan_discriminator": dcgan_discriminator,
    "c3d": c3d,
    "siamese": siamese,
    "tcn": tcn,
    "wavenet": wavenet,
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    total, by_hand = costs(load(name)).total, COUNTS[name]()
    assert (total.params, total.macs) == (by_hand.params, by_hand.macs)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("siamese", 38_951_745),  # figure 4 has the sizes, and this is what many reports count
        ("dcgan_generator", 3_576_704),
        ("dcgan_discriminator", 2_765_568),
    ],
)
def test_known_counts(name: str, params: int) -> None:
    assert costs(load(name)).total.params == params


# --- shapes and fields of the papers ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("unet", (2, 388, 388)),  # figure 1
        ("unet_padded", (2, 256, 256)),
        ("dcgan_generator", (3, 64, 64)),  # figure 1
        ("dcgan_discriminator", (1, 1, 1)),
        ("c3d", (487,)),
        ("siamese", (1,)),
        ("tcn", (10,)),
        ("wavenet", (256, 4000)),
    ],
)
def test_outputs(name: str, output: tuple[int, ...]) -> None:
    assert load(name).root.outputs[0].shape == output


# --- behaviour -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "channels"), [("tcn", 1), ("wavenet", 256)])
def test_nothing_sees_the_future(name: str, channels: int) -> None:
    """The last output depends on the last input, and no output on what comes after it."""
    torch.manual_seed(0)
    module = archdsl.load(name, length=64).build().eval()
    seen: list[torch.Tensor] = []
    if name == "tcn":  # its head takes the last step only: look at what enters it
        module.slice = nn.Identity()
        module.level7.register_forward_hook(lambda m, i, out: seen.append(out))
    x = torch.randn(1, channels, 64)
    changed = x.clone()
    changed[..., 40] += 1
    with torch.no_grad():
        outputs = [module(x), module(changed)]
    before, after = seen or outputs
    assert torch.equal(before[..., :40], after[..., :40])
    assert not torch.equal(before[..., 63], after[..., 63])


def test_the_field_of_wavenet() -> None:
    """van den Oord et al. 2016, 2.1: a block of dilations 1, 2, 4, …, 512 sees 1024 steps."""
    program = load("wavenet", length=2000)
    assert archdsl.Network(program).audit().receptive_field == (1024,)


def test_two_characters_in_either_order() -> None:
    torch.manual_seed(0)
    module = archdsl.load("siamese").build().eval()
    a, b = torch.randn(2, 1, 1, 105, 105)
    with torch.no_grad():
        assert torch.equal(module(a, b), module(b, a))


@pytest.mark.slow
def test_feature_pyramid() -> None:
    reference("torchvision:resnet18")  # imports torchvision the way that always works
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

    theirs = resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=5
    )
    net = archdsl.load("fpn_resnet50", input="3x64x64")
    comparison = compare(net.program, net.build(), Reference("resnet_fpn_backbone", theirs))
    assert comparison.ok, comparison.report()
