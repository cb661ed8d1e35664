"""What is to be as large as another tensor is so for images of every size."""

import pytest
import torch

import archdsl

SPEC = """
block pooled(channels):
    concat:
        conv(channels, 1)
        path:
            global_avg_pool -> conv(channels, 1)
            upsample_like(identity, input, mode=bilinear, align_corners=false)
network T(classes=3, size=64):
    input (3, size, size)
    low = conv(8, 3, stride=2, padding=1)
    conv(8, 3, stride=2, padding=1)
    pooled(4)
    up = conv_transpose(8, 3, stride=2)
    concat(crop_like(up, low), low)
    conv(classes, 1)
    upsample_like(identity, input)
"""
SIZES = [(64, 64), (70, 71), (33, 40), (128, 9)]


@pytest.fixture(scope="module")
def module() -> torch.nn.Module:
    return archdsl.loads(SPEC).build().eval()


@pytest.mark.parametrize("size", SIZES)
def test_the_module_is_that_of_the_spec_with_this_input(
    module: torch.nn.Module, size: tuple[int, int]
) -> None:
    theirs = archdsl.loads(SPEC, input=(3, *size)).build().eval()
    theirs.load_state_dict(module.state_dict())
    x = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0))
    expected = theirs(x)
    assert expected.shape == (2, 3, *size)
    torch.testing.assert_close(module(x), expected, rtol=0, atol=0)


def test_tools_take_it(module: torch.nn.Module) -> None:
    x = torch.randn(1, 3, 33, 40)
    expected = module(x)
    for traced in (torch.jit.script(module), torch.fx.symbolic_trace(module)):
        torch.testing.assert_close(traced(x), expected)
    sizes = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    exported = torch.export.export(module, (torch.randn(1, 3, 64, 64),), dynamic_shapes=(sizes,))
    torch.testing.assert_close(exported.module()(x), expected)


def test_sizes_finds_no_bound() -> None:
    report = archdsl.loads(SPEC).sizes(up_to=80)
    assert "as compiled" not in str(report)


@pytest.mark.parametrize("name", ["fcn_resnet50", "deeplabv3_resnet50", "unet"])
def test_the_catalogues_segmentation_takes_images_of_other_sizes(name: str) -> None:
    with torch.device("meta"):
        module = archdsl.load(name).build(device="meta").eval()
        net = archdsl.load(name)
        assert isinstance(net.input, tuple)
        channels = net.input[0]
        size = (channels, 300, 268)
        assert module(torch.zeros(1, *size)).shape[1:] == archdsl.load(name, input=size).output
