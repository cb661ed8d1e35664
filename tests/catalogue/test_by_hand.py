"""Networks without a published model: every count is a sum written out by hand, from the paper."""

from dataclasses import dataclass

import pytest

from archdsl.analyses.figures.costs import costs
from archdsl.analyses.figures.depth import depth
from archdsl.ir.graph import WeightKind, state_dict

from .references import load


@dataclass(frozen=True)
class Count:
    """Weights, and multiply-adds of one sample."""

    params: int
    macs: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.params + other.params, self.macs + other.macs)

    def __radd__(self, zero: int) -> "Count":
        return self

    def __mul__(self, times: int) -> "Count":
        return Count(self.params * times, self.macs * times)


def conv(i: int, o: int, kernel: int, places: int = 0, *, bias: bool = True) -> Count:
    """`kernel` is the area of the window, `places` that of the result."""
    return Count(i * o * kernel + bias * o, i * o * kernel * places)


def linear(i: int, o: int) -> Count:
    return Count(i * o + o, i * o)


def bn(channels: int) -> Count:
    return Count(2 * channels)


def conv_bn(i: int, o: int, kernel: int, places: int = 0) -> Count:
    return conv(i, o, kernel, places, bias=False) + bn(o)


# --- classic ---------------------------------------------------------------------------------


def alexnet_2012() -> Count:
    """A group's filters see half of the channels."""
    convs = conv(3, 96, 121, 55 * 55) + conv(48, 256, 25, 27 * 27) + conv(256, 384, 9, 13 * 13)
    convs += conv(192, 384, 9, 13 * 13) + conv(192, 256, 9, 13 * 13)
    return convs + linear(256 * 6 * 6, 4096) + linear(4096, 4096) + linear(4096, 1000)


def all_conv() -> Count:
    large = conv(3, 96, 9, 32 * 32) + conv(96, 96, 9, 32 * 32) + conv(96, 96, 9, 16 * 16)
    middle = conv(96, 192, 9, 16 * 16) + conv(192, 192, 9, 16 * 16) + conv(192, 192, 9, 8 * 8)
    return large + middle + conv(192, 192, 9, 36) + conv(192, 192, 1, 36) + conv(192, 10, 1, 36)


def cifar_cnn() -> Count:
    total = linear(128 * 4 * 4, 512) + linear(512, 10)
    for i, o, size in ((3, 32, 32), (32, 64, 16), (64, 128, 8)):
        total += conv(i, o, 9, size * size) + conv(o, o, 9, size * size)
    return total


def nin() -> Count:
    total = Count(0)
    for i, o, kernel, size in ((3, 96, 11, 54), (96, 256, 5, 26), (256, 384, 3, 12)):
        total += conv(i, o, kernel * kernel, size * size) + conv(o, o, 1, size * size) * 2
    return total + conv(384, 1000, 9, 5 * 5) + conv(1000, 1000, 1, 5 * 5) * 2


# --- Inception -------------------------------------------------------------------------------

GOOGLENET = (  # table 1: input, size, 1x1, 3x3 and 5x5 with their reductions, the pool's projection
    (192, 28, 64, (96, 128), (16, 32), 32),
    (256, 28, 128, (128, 192), (32, 96), 64),
    (480, 14, 192, (96, 208), (16, 48), 64),
    (512, 14, 160, (112, 224), (24, 64), 64),
    (512, 14, 128, (128, 256), (24, 64), 64),
    (512, 14, 112, (144, 288), (32, 64), 64),
    (528, 14, 256, (160, 320), (32, 128), 128),
    (832, 7, 256, (160, 320), (32, 128), 128),
    (832, 7, 384, (192, 384), (48, 128), 128),
)


def googlenet_2014() -> Count:
    """The auxiliary classifiers, section 5, have weights but do no work at inference."""
    total = conv(3, 64, 49, 112**2) + conv(64, 64, 1, 56**2) + conv(64, 192, 9, 56**2)
    for i, size, one, (r3, c3), (r5, c5), pool in GOOGLENET:
        total += conv(i, one, 1, size**2) + conv(i, pool, 1, size**2)
        total += conv(i, r3, 1, size**2) + conv(r3, c3, 9, size**2)
        total += conv(i, r5, 1, size**2) + conv(r5, c5, 25, size**2)
    for i in (512, 528):
        head = conv(i, 128, 1) + linear(128 * 4 * 4, 1024) + linear(1024, 1000)
        total += Count(head.params)
    return total + linear(1024, 1000)


BN_INCEPTION = (  # figure 5: input, size, 1x1, 3x3 with its reduction, two 3x3 with theirs, pool
    (192, 28, 64, (64, 64), (64, 96), 32),
    (256, 28, 64, (64, 96), (64, 96), 64),
    (576, 14, 224, (64, 96), (96, 128), 128),
    (576, 14, 192, (96, 128), (96, 128), 128),
    (576, 14, 160, (128, 160), (128, 160), 96),
    (576, 14, 96, (128, 192), (160, 192), 96),
    (1024, 7, 352, (192, 320), (160, 224), 128),
    (1024, 7, 352, (192, 320), (192, 224), 128),
)
REDUCTIONS = ((320, 14, (128, 160), (64, 96)), (576, 7, (128, 192), (192, 256)))


def bn_inception() -> Count:
    total = conv_bn(3, 64, 49, 112**2) + conv_bn(64, 64, 1, 56**2) + conv_bn(64, 192, 9, 56**2)
    for i, size, one, (r3, c3), (rd, cd), pool in BN_INCEPTION:
        total += conv_bn(i, one, 1, size**2) + conv_bn(i, pool, 1, size**2)
        total += conv_bn(i, r3, 1, size**2) + conv_bn(r3, c3, 9, size**2)
        total += conv_bn(i, rd, 1, size**2) + conv_bn(rd, cd, 9, size**2)
        total += conv_bn(cd, cd, 9, size**2)
    for i, size, (r3, c3), (rd, cd) in REDUCTIONS:  # the strides stand on the last filters
        total += conv_bn(i, r3, 1, (2 * size) ** 2) + conv_bn(r3, c3, 9, size**2)
        total += conv_bn(i, rd, 1, (2 * size) ** 2) + conv_bn(rd, cd, 9, (2 * size) ** 2)
        total += conv_bn(cd, cd, 9, size**2)
    return total + linear(1024, 1000)


def se_inception() -> Count:
    widths = (256, 320, 576, 576, 576, 576, 576, 1024, 1024, 1024)
    return bn_inception() + sum(conv(c, c // 16, 1, 1) + conv(c // 16, c, 1, 1) for c in widths)


def inception_resnet_v1() -> Count:
    """Figures 14 and 15; table 1 has the sizes of the reduction."""
    stem = conv_bn(3, 32, 9) + conv_bn(32, 32, 9) + conv_bn(32, 64, 9) + conv_bn(64, 80, 1)
    stem += conv_bn(80, 192, 9) + conv_bn(192, 256, 9)
    a = conv_bn(256, 32, 1) * 3 + conv_bn(32, 32, 9) * 3 + conv(96, 256, 1)
    b = conv_bn(896, 128, 1) * 2 + conv_bn(128, 128, 7) * 2 + conv(256, 896, 1)
    c = conv_bn(1792, 192, 1) * 2 + conv_bn(192, 192, 3) * 2 + conv(384, 1792, 1)
    halve = conv_bn(256, 384, 9) + conv_bn(256, 192, 1) + conv_bn(192, 192, 9)
    halve += conv_bn(192, 256, 9)
    again = conv_bn(896, 256, 1) * 3 + conv_bn(256, 384, 9) + conv_bn(256, 256, 9) * 3
    return stem + a * 5 + halve + b * 10 + again + c * 5 + linear(1792, 1000)


# --- residual and dense ----------------------------------------------------------------------


def cbam_resnet50() -> Count:
    """ResNet-50, and behind each path a network for both pools and a 7x7 filter with its norm."""
    total = Count(25_557_032, 4_089_184_256)
    for channels, size, blocks in ((256, 56, 3), (512, 28, 4), (1024, 14, 6), (2048, 7, 3)):
        mlp = conv(channels, channels // 16, 1) + conv(channels // 16, channels, 1)
        work = Count(0, 2 * 2 * channels * channels // 16)
        total += (mlp + work + conv_bn(2, 1, 49, size * size)) * blocks
    return total


def preact(blocks: int) -> Count:
    """Three stages of bottlenecks for CIFAR with that many blocks each."""
    total = conv(3, 16, 9, bias=False) + bn(256) + linear(256, 10)
    before = 16
    for width in (16, 32, 64):
        total += conv(before, 4 * width, 1, bias=False)  # the projection
        for k in range(blocks):
            i = 4 * width if k else before
            total += bn(i) + conv(i, width, 1, bias=False) + bn(width)
            total += conv(width, width, 9, bias=False) + bn(width)
            total += conv(width, 4 * width, 1, bias=False)
        before = 4 * width
    return total


def preact_resnet18() -> Count:
    total = conv(3, 64, 9, bias=False) + bn(512) + linear(512, 10)
    before = 64
    for width in (64, 128, 256, 512):
        total += bn(before) + conv(before, width, 9, bias=False)
        total += bn(width) * 3 + conv(width, width, 9, bias=False) * 3
        total += conv(before, width, 1, bias=False) if before != width else Count(0)
        before = width
    return total


def densenet_small() -> Count:
    """A layer: a norm, and a 3x3 filter that makes 32 channels; between blocks the half remains."""
    total, channels = conv(1, 64, 49) + bn(64), 64
    for block in range(4):
        if block:
            total += bn(channels) + conv(channels, channels // 2, 1)
            channels //= 2
        for _ in range(4):
            total += bn(channels) + conv(channels, 32, 9)
            channels += 32
    return total + bn(channels) + linear(channels, 10)


COUNTED = {  # with the work of every layer
    "alexnet_2012": alexnet_2012(),
    "all_conv": all_conv(),
    "cifar_cnn": cifar_cnn(),
    "nin": nin(),
    "googlenet_2014": googlenet_2014(),
    "bn_inception": bn_inception(),
    "se_inception": se_inception(),
    "cbam_resnet50": cbam_resnet50(),
}
WEIGHED = {
    "inception_resnet_v1": inception_resnet_v1(),
    "preact_resnet18": preact_resnet18(),
    "preact_resnet164": preact(18),
    "preact_resnet1001_cifar": preact(111),
    "densenet_small": densenet_small(),
}


@pytest.mark.parametrize("name", sorted(COUNTED))
def test_weights_and_work(name: str) -> None:
    total = costs(load(name)).total
    assert Count(total.params, total.macs) == COUNTED[name]


@pytest.mark.parametrize("name", sorted(WEIGHED))
def test_weights(name: str) -> None:
    assert costs(load(name)).total.params == WEIGHED[name].params


# --- figures of the papers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "millions"),
    [("preact_resnet164", 1.7), ("preact_resnet1001_cifar", 10.2)],  # He et al. 2016b, table 4
)
def test_weights_without_norms(name: str, millions: float) -> None:
    weights = (w for _, w in state_dict(load(name).root))
    kinds = (WeightKind.WEIGHT, WeightKind.BIAS)
    assert round(sum(w.numel for w in weights if w.kind in kinds) / 1e6, 1) == millions


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("all_conv", "1.4"),  # table 3
        ("preact_resnet110", "1.7"),  # He et al. 2016a, table 6
        ("cbam_resnet50", "28.09"),  # table 4
    ],
)
def test_published_weights(name: str, millions: str) -> None:
    digits = len(millions.partition(".")[2])
    assert f"{costs(load(name)).total.params / 1e6:.{digits}f}" == millions


DEPTHS = {  # layers with weights from end to end, which gave most of these networks their names
    "lenet5": 5,
    "alexnet_2012": 8,
    "vgg11": 11,
    "vgg16": 16,
    "vgg19": 19,
    "googlenet": 22,
    "inception_v3": 48,
    "resnet18": 18,
    "resnet34": 34,
    "resnet152": 152,
    "resnext101_64x4d": 101,
    "densenet121": 121,
    "densenet161": 161,
    "densenet169": 169,
    "densenet201": 201,
    "preact_resnet164": 164,
    "preact_resnet1001_cifar": 1001,
}


@pytest.mark.parametrize("name", sorted(DEPTHS))
def test_depths(name: str) -> None:
    assert depth(load(name)) == DEPTHS[name]
