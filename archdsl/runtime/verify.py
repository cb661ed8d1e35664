"""The emitted module beside a reference: keys, counts, settings of calls, and outputs.

Both are given the same state and run on the same inputs, several times: with several seeds and
batches, at another size where both take one, with biases and inputs large enough that activations
reach their ends, and in training. What was compared, and what could not be, is part of the result.
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from torch import nn

from archdsl.analyses.figures.costs import costs
from archdsl.ir.graph import Program
from archdsl.runtime.build import build
from archdsl.runtime.comparison import Comparison
from archdsl.runtime.input_source import Values, source
from archdsl.runtime.keys import KeyComparison, by_order, compare_keys
from archdsl.runtime.randomise import randomise
from archdsl.runtime.reference_models import CLASSES, Reference, reference
from archdsl.runtime.trials import Pair, seeded
from archdsl.runtime.verification import Figures, Verification
from archdsl.runtime.weights import Weights, load_weights, named


class Options(Struct, frozen=True):
    """The options of a comparison; `inputs` is a file of tensors, `values` the ranges of inputs."""

    seed: int = 0
    batch: int = 2
    weights: Weights | None = None
    by_order: bool = False
    inputs: str | Path | None = None
    values: Mapping[str, Values] = {}


def verify(
    program: Program,
    source_text: str,
    against: str,
    options: Options | None = None,
    maker: str = "",
) -> Verification:
    """Builds both, gives them the same state, random unless weights are given, and compares;
    `maker` is the function of the source that makes the network, if its class alone does not.

    Raises `UnknownReference`, `CannotRun`, `BadInputs`, and `WeightsError`.
    """
    options = options or Options()
    with seeded(options.seed):
        theirs = reference(against, classes=_classes(program))
        ours = build(program, source_text, maker=maker)
    return compare(program, ours, theirs, options)


def compare(
    program: Program, ours: nn.Module, theirs: Reference, options: Options | None = None
) -> Verification:
    """Compares a module that was built from a program with a reference."""
    options = options or Options()
    keys = _keys(ours, theirs.module, options)
    pair = Pair(ours, theirs.module, {pair.ours: pair.theirs for pair in keys.renamed})
    inputs = source(program, ours, theirs.module, file=options.inputs, values=options.values)
    _prepare(pair, keys, options)
    comparison = Comparison(
        pair, inputs, seed=options.seed, batch=options.batch, random=options.weights is None
    )
    comparison.make(fit=keys.fit)
    cost = costs(program).total
    macs = comparison.macs
    return Verification(
        network=program.name,
        reference=theirs.name,
        weights=None if options.weights is None else named(options.weights),
        seed=options.seed,
        batch=options.batch,
        keys=keys,
        params=Figures(spec=cost.params, emitted=_params(ours), reference=_params(theirs.module)),
        macs=Figures(spec=cost.macs, emitted=macs[0], reference=macs[1]),
        calls=comparison.calls,
        outputs=comparison.outputs,
        probes=tuple(comparison.probes),
        training=comparison.training,
        compared=tuple(comparison.compared),
        not_compared=tuple(comparison.not_compared),
        notes=(*theirs.notes, *comparison.notes),
    )


def _classes(program: Program) -> int:
    """The network's number of classes, if that is one of its parameters."""
    number = dict(program.root.arguments).get("classes", CLASSES)
    return number if isinstance(number, int) else CLASSES


def _keys(ours: nn.Module, theirs: nn.Module, options: Options) -> KeyComparison:
    states = ours.state_dict(), theirs.state_dict()
    ordered = by_order(*states) if options.by_order else None
    return ordered or compare_keys(*states)


def _prepare(pair: Pair, keys: KeyComparison, options: Options) -> None:
    """The same state in both, as far as the keys fit."""
    if options.weights is None:
        randomise(pair.theirs, options.seed)
    else:
        load_weights(pair.theirs, options.weights, into="the reference")
    if keys.fit:
        pair.share()
    elif options.weights is not None:
        load_weights(pair.ours, options.weights)


def _params(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
