"""`from_trained` against the rules for weights: the origin of every weight of the deploy form."""

from collections.abc import Iterator
from typing import Any, assert_never

from archdsl.ir.graph import state_dict
from archdsl.proof.emitted_text import EmittedSource
from archdsl.proof.placed import Model, Trained
from archdsl.proof.stand_ins import Recorder
from archdsl.proof.unproven import Unproven
from archdsl.transforms.deploy import Deployment
from archdsl.transforms.deploy.origin import (
    FoldedWeight,
    JoinedWeight,
    KeptWeight,
    Origin,
    PassingWeight,
    Path,
    SummedWeight,
    under,
)

LAYER = ("weight", "bias")


def check_from_trained(source: EmittedSource, network: str, deployed: Deployment) -> None:
    """The class method loads for every key what the rules say, and nothing else."""
    model = _called(source, network, deployed)
    sample = [f"to({source.trained[deployed.sample]!r})"] if deployed.sample else []
    if model.said != [*sample, "load_state_dict", "eval"]:
        raise Unproven(f"`from_trained` says {', '.join(model.said)}")
    wanted = _wanted(source, deployed)
    for key in {**wanted, **model.state}:
        mine, other = repr(model.state.get(key)), wanted.get(key)
        if mine != other:
            raise Unproven(f"`from_trained` makes `{key}` as {mine}, not as {other}")


def _called(source: EmittedSource, network: str, deployed: Deployment) -> Model:
    """The model that the class method gives."""
    members = vars(source.names[network]).values()
    methods = [member for member in members if isinstance(member, classmethod)]
    if len(methods) != 1:
        raise Unproven(f"has {len(methods)} class methods")
    source.trained = Trained(source.reading.recorder, _keys(deployed.trained))
    model = Model(_keys(deployed.program))
    try:
        method: Any = methods[0].__func__
        given: object = method(lambda: model, source.trained)
    except Unproven:
        raise
    except Exception as error:
        raise Unproven(f"`from_trained` fails ({error})") from None
    if given is not model:
        raise Unproven("`from_trained` gives something else than the network")
    return model


def _keys(program: Any) -> tuple[str, ...]:
    return tuple(key for key, _ in state_dict(program.root))


def _wanted(source: EmittedSource, deployed: Deployment) -> dict[str, str]:
    """For every key what it is made of, as text."""
    trained = source.trained
    texts = {key: repr(trained[key]) for key in _keys(deployed.program) if key in trained}
    for path, origin, names in rules(deployed):
        if isinstance(origin, KeptWeight):
            old = ".".join(origin.path)
            for name in names:
                ends = f".{name}" if name else ""
                texts[".".join(path) + ends] = repr(trained[old + ends])
            continue
        value = _text(origin, trained, source.reading.recorder)
        for number, name in enumerate(LAYER):
            texts[f"{'.'.join(path)}.{name}"] = f"{value}.{number}"
    return texts


def rules(deployed: Deployment) -> Iterator[tuple[Path, Origin, tuple[str, ...]]]:
    """Every rule for weights below every block that it holds for, with whole paths."""
    for group in deployed.weights:
        for block in group.blocks:
            for rule in group.rules:
                yield (*block, *rule.path), under(block, rule.origin), rule.names


def _text(origin: Origin, trained: Trained, recorder: Recorder) -> str:
    """The call of a helper that makes a layer's weights, as text."""

    def call(name: str, *arguments: Any, **keywords: Any) -> str:
        return recorder.text(name, arguments, keywords)

    match origin:
        case KeptWeight():
            return call("weight_and_bias", trained, ".".join(origin.path))
        case FoldedWeight(groups=None):
            paths = ".".join(origin.layer), ".".join(origin.norm)
            return call("fold_batch_norm", trained, *paths, eps=origin.eps)
        case FoldedWeight():
            paths = ".".join(origin.layer), ".".join(origin.norm)
            groups = origin.groups
            return call("fold_transposed", trained, *paths, eps=origin.eps, groups=groups)
        case PassingWeight(norm=None):
            sizes = {"groups": origin.groups, "dimensions": origin.dimensions}
            return call("pass_on", origin.channels, **sizes)
        case PassingWeight():
            sizes = {"groups": origin.groups, "dimensions": origin.dimensions}
            norm = ".".join(origin.norm or ())
            return call("pass_on_normalised", trained, norm, eps=origin.eps, **sizes)
        case JoinedWeight() | SummedWeight():
            parts = ", ".join(_text(part, trained, recorder) for part in origin.parts)
            return f"{'in_a_row' if isinstance(origin, JoinedWeight) else 'added_up'}({parts})"
    assert_never(origin)
