"""The inference network of a program, how its weights come about, and what was done.

Knows the program and its steps' rules of rewriting.
Gives a `Deployment`: a program, and a rule for each weight.
Must not know trained values of weights, or torch.
"""

from collections.abc import Callable

from msgspec import Struct

from archdsl.ir.graph import Program, WeightKind, state_dict
from archdsl.transforms.deploy.channels_last import channels_last
from archdsl.transforms.deploy.drop_training import drop_training
from archdsl.transforms.deploy.fold_norms import fold_norms
from archdsl.transforms.deploy.form import Change, Form
from archdsl.transforms.deploy.merge_parallel import merge_parallel
from archdsl.transforms.deploy.sum_branches import sum_branches
from archdsl.transforms.deploy.trained_weights import BlockRules, weight_rules
from archdsl.transforms.deploy.unwrap import unwrap
from archdsl.transforms.deploy.written_over import in_place

__all__ = ["TRANSFORMS", "BlockRules", "Change", "Deployment", "deploy"]

Transform = Callable[[Form], Form]

TRANSFORMS: tuple[Transform, ...] = (
    drop_training,
    fold_norms,
    unwrap,
    sum_branches,
    merge_parallel,
    in_place,
)


class Deployment(Struct, frozen=True):
    """The network for inference; `weights` tells how those of the `trained` form become its own.

    `sample` is the key of a trained weight, whose device and type they all have; empty: there is
    none.
    """

    trained: Program
    program: Program
    channels_last: bool
    sample: str
    weights: tuple[BlockRules, ...]
    changes: tuple[Change, ...]


def deploy(program: Program, transforms: tuple[Transform, ...] = TRANSFORMS) -> Deployment:
    """The inference network that a careful engineer would write."""
    form = Form(program, {})
    for transform in transforms:
        form = transform(form)
    last = channels_last(form.program)
    return Deployment(
        program, form.program, last, _sample(program), weight_rules(form), form.changes
    )


def _sample(program: Program) -> str:
    """The key of a learned weight, else of a norm's mean: other buffers may be whole."""
    weights = [(key, weight) for key, weight in state_dict(program.root) if weight.numel]
    learned = (key for key, weight in weights if weight.kind is not WeightKind.BUFFER)
    statistics = (key for key, weight in weights if weight.name == "running_mean")
    return next(learned, next(statistics, ""))
