"""The networks of the catalogue are the published ones: counts, keys, outputs to the last bit."""

import re
from pathlib import Path

import pytest
from small_networks import SIBLINGS

from archdsl import driver
from archdsl.analyses.figures.costs import costs
from archdsl.ir.graph import state_dict

from .coverage import classification_models
from .references import Figures, Reference, figures, load, references

HUGE = {  # compared by `python -m tests.catalogue.coverage` alone
    *("vit_h_14", "vit_l_16", "vit_l_32", "regnet_y_128gf", "regnet_y_32gf", "regnet_x_32gf"),
    *("swin_v2_s", "swin_v2_b", "swin_b", "convnext_large"),
}
NAMES = {entry.name for entry in driver.listing()}


@pytest.mark.parametrize("model", figures(), ids=lambda m: m.name)
def test_counts_and_keys(model: Figures) -> None:
    program = load(model.name)
    total = costs(program).total
    assert (total.params, total.macs) == (model.params, model.macs)
    assert [(key, weight.shape) for key, weight in state_dict(program.root)] == model.keys


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(r, id=r.name, marks=() if r.ordinary else pytest.mark.slow)
        for r in references()
        if r.name not in SIBLINGS
    ],
)
def test_outputs(model: Reference) -> None:
    """Strictly loaded random weights give equal outputs, in training with all heads."""
    found = model.verify()
    assert found.ok, found.report()


SOME = [r for r in references() if r.name in SIBLINGS and r.name not in HUGE]


@pytest.mark.slow
@pytest.mark.parametrize("model", SOME, ids=lambda r: r.name)
def test_outputs_of_siblings(model: Reference) -> None:
    """One run each: what else is compared depends on the blocks, and those are compared above."""
    assert model.agrees()


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
