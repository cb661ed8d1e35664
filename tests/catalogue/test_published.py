"""The networks of the catalogue are the published ones: counts, keys, outputs to the last bit."""

import re
from pathlib import Path

import pytest
from small_networks import SIBLINGS

from archdsl import driver
from archdsl.analyses.figures.costs import costs
from archdsl.ir.graph import state_dict
from tests.parts import parts

from .coverage import classification_models
from .references import Figures, figures, load, references

HUGE = {  # compared by `python -m tests.catalogue.coverage` alone
    *("vit_h_14", "vit_l_16", "vit_l_32", "regnet_y_128gf", "regnet_y_32gf", "regnet_x_32gf"),
    *("swin_v2_s", "swin_v2_b", "swin_b", "convnext_large"),
}
SHRUNK = {"vit_b_16", "swin_t", "swin_v2_t", "maxvit_t"}  # `test_windows.py` has them small
ALIKE = {  # of the blocks of another that is compared in every way
    *("vgg11", "resnet34", "resnext50_32x4d", "wide_resnet50_2", "squeezenet1_0", "r3d_18"),
    *("mobilenet_v3_large", "regnet_x_400mf", "fcn_resnet50", "mc3_18", "legacy_seresnet50"),
}
LONG = {"s3d"}  # a fourth of the time of all
NAMES = {entry.name for entry in driver.listing()}
FILES = {entry.name: entry.file for entry in driver.listing()}
BY_NAME = {r.name: r for r in references()}
ALONE = [name for name in BY_NAME if name not in SIBLINGS]


@pytest.mark.parametrize("model", figures(), ids=lambda m: m.name)
def test_counts_and_keys(model: Figures) -> None:
    program = load(model.name)
    total = costs(program).total
    assert (total.params, total.macs) == (model.params, model.macs)
    assert [(key, weight.shape) for key, weight in state_dict(program.root)] == model.keys


ORDINARY = {r.name for r in references() if r.ordinary}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", parts(ALONE, ORDINARY, {*ALONE} - SHRUNK - ALIKE - LONG))
def test_outputs(name: str) -> None:
    """Strictly loaded random weights give equal outputs, in training with all heads."""
    verification = BY_NAME[name].verify()
    assert verification.ok, verification.report()


OTHERS = [name for name in BY_NAME if name in SHRUNK | ALIKE | LONG | (SIBLINGS - HUGE)]
FIRST = {FILES[name]: name for name in reversed(OTHERS)}  # of each file


@pytest.mark.parametrize("name", parts(OTHERS, (), ALIKE.union(FIRST.values())))
def test_outputs_of_one_run(name: str) -> None:
    """What else is compared depends on the blocks, and those are compared above, or small."""
    assert BY_NAME[name].agrees()


def test_all_that_torchvision_has_too_is_compared() -> None:
    published = classification_models()
    assert len(published) == 80
    assert set(published) & NAMES <= {r.name for r in references()}


def test_the_readme_counts_those_that_are_compared() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    stated = re.search(r"(\d+) of torchvision's (\d+) classification models", text)
    assert stated is not None
    published = set(classification_models())
    compared = {r.name for r in references() if r.collection == "torchvision"}
    assert [int(n) for n in stated.groups()] == [len(published & compared), len(published)]


def test_every_reference_has_a_network() -> None:
    assert {r.name for r in references()} <= NAMES
    assert {m.name for m in figures()} <= {r.name for r in references()}
