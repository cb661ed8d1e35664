"""By how much each stage of a network shrinks its input, beside what timm says of its models."""

import pytest
import torch
from small_networks import SIBLINGS
from torch import Tensor

from archdsl import driver
from archdsl.analyses.figures.report import audit
from archdsl.ir.shape import Shape
from archdsl.runtime.reference_models import _package, _timm

from .references import load

# The same networks, where timm calls them otherwise.
REGNETS = {"400mf": "004", "800mf": "008", "1_6gf": "016", "3_2gf": "032", "8gf": "080"}
REGNETS |= {"16gf": "160", "32gf": "320"}
THEIRS = {
    "mobilenet_v2": "mobilenetv2_100",
    "mobilenet_v3_large": "mobilenetv3_large_100",
    "mobilenet_v3_small": "mobilenetv3_small_100",
    "swin_t": "swin_tiny_patch4_window7_224",
    "swin_s": "swin_small_patch4_window7_224",
    "swin_b": "swin_base_patch4_window7_224",
    "swin_v2_t": "swinv2_tiny_window8_256",
    "swin_v2_s": "swinv2_small_window8_256",
    "swin_v2_b": "swinv2_base_window8_256",
    "vit_b_16": "vit_base_patch16_224",
    "vit_b_32": "vit_base_patch32_224",
    "vit_l_16": "vit_large_patch16_224",
    "vit_l_32": "vit_large_patch32_224",
    "efficientnet_v2_s": "tf_efficientnetv2_s",
    "efficientnet_v2_m": "tf_efficientnetv2_m",
    "efficientnet_v2_l": "tf_efficientnetv2_l",
    **{f"regnet_{k}_{ours}": f"regnet{k}_{n}" for k in "xy" for ours, n in REGNETS.items()},
    "regnet_x_400mf": "regnetx_004_tv",  # of other widths than timm's own
    "regnet_y_800mf": "regnety_008_tv",
    "regnet_y_8gf": "regnety_080_tv",
}
ORDINARY = {"resnet18", "mobilenet_v3_small", "vgg11", "swin_t"}
Stage = tuple[Shape, int]


def _both() -> list[str]:
    """The networks that timm has too."""
    _package("torchvision")  # timm imports it, whatever torch it was built for
    models = {*_package("timm").list_models()}
    return [e.name for e in driver.listing() if THEIRS.get(e.name, e.name) in models]


def _stages(name: str, shape: Shape) -> tuple[list[Stage], int]:
    """Of timm's model the maps of its stages, channels first, with their reductions; the last
    reduction of all."""
    outputs: dict[str, object] = {}
    with torch.device("meta"), torch.no_grad():
        model = _timm(THEIRS.get(name, name), {}).eval()
        modules = dict(model.named_modules())
        for info in model.feature_info:
            if info["module"] in modules:  # HRNet's are those of a part that is built on request
                at = info["module"]
                modules[at].register_forward_hook(lambda *a, at=at: outputs.update({at: a[2]}))
        model(torch.zeros(1, *shape))
    maps = [(outputs.get(i["module"]), i["num_chs"], i["reduction"]) for i in model.feature_info]
    stages = [
        (_channels_first(tuple(result.shape[1:]), channels), reduction)
        for result, channels, reduction in maps
        if isinstance(result, Tensor) and result.ndim == 4
    ]
    return stages, maps[-1][2]


def _channels_first(shape: Shape, channels: int) -> Shape:
    return shape if shape[0] == channels else (shape[-1], *shape[:-1])


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", sorted(ORDINARY))
def test_stages_shrink_as_in_timm(name: str) -> None:
    _compare(name)


@pytest.mark.slow
def test_stages_of_the_others_shrink_as_in_timm() -> None:
    """In one test: what timm has is known when it is imported."""
    others = {*_both()} - ORDINARY
    assert len(others) > 75 and {*THEIRS} - ORDINARY <= others
    for name in sorted(others - SIBLINGS):
        _compare(name)


@pytest.mark.exhaustive
def test_stages_of_siblings_shrink_as_in_timm() -> None:
    for name in sorted(SIBLINGS.intersection(_both()) - ORDINARY):
        _compare(name)


def _compare(name: str) -> None:
    """The last step with the shape of a stage lies as far apart as timm reduces the input there."""
    program = load(name)
    figures = audit(program)
    stages, last = _stages(name, program.root.inputs[0].shape)
    assert {*figures.stride} == {last}, name
    assert bool(stages) == (not name.startswith(("hrnet", "vit"))), name
    for shape, reduction in stages:
        alike = (shape, (*shape[1:], shape[0]))  # torchvision's Swin keeps channels last
        *_, row = (row for row in figures.layers if row.output in alike)
        assert {*row.jump} == {reduction}, (name, row.path)
