"""The catalogue's networks with few copies and the smallest input that they take, for tests that
run them."""

from math import prod

import archdsl
from archdsl import driver
from archdsl.network import Network, SpecError

SIBLINGS = {  # of the same ops and blocks as a network of their file that is not here
    *("convnext_small", "convnext_base", "convnext_large", "deeplabv3_resnet101", "fcn_resnet101"),
    *("densenet161", "densenet169", "densenet201", "efficientnet_v2_m", "efficientnet_v2_l"),
    *(f"efficientnet_b{n}" for n in range(1, 8)),
    *("hrnet_w18", "hrnet_w32", "hrnet_w18_small_v2", "legacy_seresnet101", "legacy_seresnet152"),
    *("mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "preact_resnet1001_cifar", "preact_resnet34"),
    *(f"regnet_{kind}_{size}" for kind in "xy" for size in ("800mf", "1_6gf", "3_2gf", "8gf")),
    *(f"regnet_{kind}_{size}" for kind in "xy" for size in ("16gf", "32gf")),
    *("regnet_y_128gf", "repvgg_a1", "repvgg_a2", "repvgg_b0", "repvgg_b1", "resnet101"),
    *("resnet152", "resnetv2_101", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet101_2"),
    *("shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "swin_s", "swin_b"),
    *("swin_v2_s", "swin_v2_b", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"),
    *("vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14"),
}
VARIED = (  # together they have each op behind each other that it follows in a network here
    *("lenet5", "lenet5_relu", "alexnet", "nin", "cifar_cnn", "squeezenet1_1", "googlenet"),
    *("googlenet_2014", "se_inception", "inception_resnet_v1", "densenet_small", "xception"),
    *("preact_resnet18", "cbam_resnet50", "hrnet_w18_small", "repvgg_a0", "shufflenet_v2_x0_5"),
    *("mobilenet_v2", "mobilenet_v3_small", "mnasnet0_5", "ghostnet_100", "efficientnet_v2_s"),
    *("convnext_tiny", "vit_b_16", "swin_t", "swin_v2_t", "maxvit_t", "unet", "unet_padded"),
    *("fpn_resnet50", "deeplabv3_resnet50", "siamese", "tcn", "wavenet"),
    *("dcgan_generator", "dcgan_discriminator"),
)
EACH_OP = (  # together they have each op of the catalogue
    *("lenet5", "alexnet", "alexnet_2012", "cifar_cnn", "wavenet", "unet", "dcgan_discriminator"),
    *("vit_b_16", "swin_v2_t", "cbam_resnet50", "fcn_resnet50", "shufflenet_v2_x0_5"),
    *("mobilenetv1_100", "mobilenet_v3_small", "efficientnet_b0", "fpn_resnet50"),
)
UNSHRINKABLE = ("s3d", "inception_v3")  # long tests leave them out: their images stay large
FEWER = {  # copies of blocks that stand behind each other; each op and block is left
    "cbam_resnet50": {"layers": (2, 2, 1, 1)},
    "convnext_tiny": {"copies": (2, 1, 1, 1)},
    "deeplabv3_resnet50": {"layers": (2, 1, 2, 2)},
    "densenet121": {"layers": (2, 2, 2, 2)},
    "efficientnet_b0": {"depth": 0.3},
    "efficientnet_v2_s": {"depth": 0.2},
    "fcn_resnet50": {"layers": (2, 1, 2, 2)},
    "hrnet_w18_small": {"copies": 1},
    "maxvit_t": {"copies": (1, 2), "channels": (64, 128), "size": 56},
    "repvgg_a0": {"copies": (2, 2, 2, 1)},
    "resnet50": {"layers": (2, 2, 2, 2)},
    "swin_t": {"copies": (2, 2), "heads": (3, 6), "size": 56},
    "swin_v2_t": {"copies": (2, 2, 2), "heads": (3, 6, 12), "size": 128},
    "tcn": {"levels": 3},
    "vit_b_16": {"layers": 2, "size": 48},
    "wavenet": {"layers": 4},
}
CLASSES = 10  # of these networks, whose published count is promised for another number
SIZES = {  # of images and videos, the smallest first
    3: ((64, 64), (96, 96), (188, 188)),
    4: ((8, 32, 32), (16, 64, 64)),
}


def small(name: str) -> Network:
    """The network with fewer copies of its blocks, and the first smaller size that it takes, or
    its own."""
    fewer = FEWER.get(name, {})
    given = {**fewer, "classes": CLASSES} if fewer else {}
    net = archdsl.load(name, **given)
    if len(net.program.root.inputs) > 1:
        return net
    channels, *places = net.program.root.inputs[0].shape
    for size in SIZES.get(1 + len(places), ()):
        if prod(size) < prod(places):
            try:
                return archdsl.load(name, input="x".join(map(str, (channels, *size))), **given)
            except (SpecError, driver.Misuse):  # too small for it
                continue
    return net
