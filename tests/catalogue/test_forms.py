"""ResNeXt's three forms (Xie et al. 2017, figure 3) are one network: counts, and outputs too."""

import pytest
import torch
from torch import Tensor, nn

from archdsl.analyses.figures.costs import costs
from archdsl.backends.python import emit
from archdsl.runtime.build import build
from archdsl.runtime.randomise import randomise

from .references import load

FORMS = ("resnext_a", "resnext_b", "resnext_c")
PATHS = 32


@pytest.mark.parametrize("name", FORMS)
def test_equal_counts(name: str) -> None:
    """Those of torchvision's resnext50_32x4d, which is form (c)."""
    total = costs(load(name)).total
    assert (total.params, total.macs) == (25_028_904, 4_230_479_872)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", FORMS[:2])
def test_equal_outputs(name: str) -> None:
    grouped, split = _built("resnext_c"), _built(name)
    randomise(grouped, seed=0)
    split.load_state_dict(_split(grouped.state_dict(), added=name == "resnext_a"))
    images = torch.randn(2, 3, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(split.eval()(images), grouped.eval()(images))


def _built(name: str) -> nn.Module:
    """A small one: one block a stage, ten classes, and exact enough to compare sums."""
    program = load(name, "3x32x32", layers=(1, 1, 1, 1), classes=10)
    return build(program, emit(program), dtype=torch.float64)


def _split(state: dict[str, Tensor], *, added: bool) -> dict[str, Tensor]:
    """The weights of form (c) where form (a) or (b) has them."""
    weights: dict[str, Tensor] = {}
    for key, value in state.items():
        block, _, rest = key.rpartition("0.") if key.startswith("layer") else ("", "", key)
        step, _, tensor = rest.partition(".")
        if not block or step == "shortcut":
            weights[key] = value
        elif step in ("conv_3", "bn_3"):
            weights |= _last(f"{block}0.", step, tensor, value, added=added)
        else:
            place = {"conv": 0, "bn": 1, "conv_2": 3, "bn_2": 4}[step]
            inner = f"0.{place}" if added else f"{place}"
            for k, part in enumerate(_parts(value)):
                weights[f"{block}0.path{k + 1}.{inner}.{tensor}"] = part
    return weights


def _last(block: str, step: str, tensor: str, value: Tensor, *, added: bool) -> dict[str, Tensor]:
    """The last convolution stands behind the join in form (b), in every path in form (a)."""
    if step == "bn_3" or not added:
        return {f"{block}{step.removesuffix('_3')}.{tensor}": value}
    return {f"{block}path{k + 1}.1.weight": w for k, w in enumerate(value.chunk(PATHS, dim=1))}


def _parts(value: Tensor) -> tuple[Tensor, ...]:
    """What each path has of a grouped layer; the count of batches is everyone's."""
    return value.chunk(PATHS) if value.ndim else (value,) * PATHS
