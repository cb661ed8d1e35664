"""Program -> deploy form: the inference network, how its weights come about, what was done."""

from dataclasses import dataclass

from archdsl.ir.graph import Program
from archdsl.transforms.deploy.drop_training import drop_training
from archdsl.transforms.deploy.fold_norms import fold_norms
from archdsl.transforms.deploy.form import Change, Form
from archdsl.transforms.deploy.in_place import in_place
from archdsl.transforms.deploy.layout import channels_last
from archdsl.transforms.deploy.merge_parallel import merge_parallel
from archdsl.transforms.deploy.recipe import Rules, recipe
from archdsl.transforms.deploy.sum_branches import sum_branches
from archdsl.transforms.deploy.unwrap import unwrap

__all__ = ["Change", "Deployment", "Rules", "deploy"]

TRANSFORMS = (drop_training, fold_norms, unwrap, sum_branches, merge_parallel, in_place)


@dataclass(frozen=True, slots=True)
class Deployment:
    """The network for inference; `weights` tells how those of the training form become its own."""

    program: Program
    channels_last: bool
    weights: tuple[Rules, ...]
    changes: tuple[Change, ...]


def deploy(program: Program) -> Deployment:
    """The inference network that a careful engineer would write."""
    form = Form(program, {})
    for transform in TRANSFORMS:
        form = transform(form)
    return Deployment(form.program, channels_last(form.program), recipe(form), form.changes)
