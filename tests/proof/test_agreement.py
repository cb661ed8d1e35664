"""Every case and catalogue network, in every form, is proven as it is written first."""

import sys
from pathlib import Path

import pytest
from small_networks import SIBLINGS

from archdsl.backends.python.printer import print_plan
from archdsl.ir.graph import Program
from archdsl.proof import proved
from archdsl.transforms import classes
from archdsl.transforms.deploy import deploy
from archdsl.transforms.in_place import in_place
from archdsl.transforms.recompute import recompute
from tests.parts import parts

sys.path.insert(0, str(Path(__file__).parents[1] / "emission"))
from cases import SPECS, complete, program

QUICK = {"alexnet", "googlenet", "resnet18", "vit_b_16", "swin_t", "densenet121", "unet"}
FULL = {name for name in complete() if name not in SIBLINGS}
EVERY = [
    *(pytest.param(str(spec), id=spec.stem) for spec in SPECS),
    *parts(complete(), QUICK, FULL, "catalogue-"),
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("spec", EVERY)
def test_the_training_form_is_the_program(spec: str) -> None:
    made = in_place(program(spec))
    _proved(made, ())


@pytest.mark.one_in(3)
@pytest.mark.parametrize("spec", EVERY)
def test_the_deploy_form_is_the_deployed_program(spec: str) -> None:
    deployed = deploy(program(spec))
    planned = classes.plan_classes((deployed.program,))
    text = print_plan(planned, deployed)
    proved(deployed.program, text, planned.network.name, deployed)


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ("densenet121", "concat"),
        ("densenet121", "dense_layer"),
        ("resnet18", "basic_block"),
        ("vit_b_16", "encoder_block"),
    ],
)
def test_what_is_computed_again_is_the_program(spec: str, word: str) -> None:
    _proved(in_place(program(spec)), (word,))


def _proved(made: Program, recomputed: tuple[str, ...]) -> None:
    planned = recompute(classes.plan_classes((made,)), recomputed)
    proved(made, print_plan(planned), planned.network.name)
