"""`archdsl verify`: the emitted module beside a reference with the same weights."""

import sys
from argparse import Namespace
from types import ModuleType
from typing import Any

from archdsl.backends.python import emit
from archdsl.cli.pytorch import needed
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop


def run(arguments: Namespace) -> int:
    checked = program(arguments)
    runtime = needed("verify", "references", "verify", "weights", "inputs", "trials")
    refusals = (
        runtime.references.UnknownReference,
        runtime.weights.WeightsError,
        runtime.inputs.BadInputs,
        runtime.trials.CannotRun,
    )
    try:
        options = runtime.verify.Options(
            seed=arguments.seed,
            weights=arguments.weights,
            by_order=arguments.by == "order",
            inputs=arguments.inputs,
            values=_values(arguments.values, runtime),
        )
        found = runtime.verify.verify(checked, emit(checked), arguments.against, options)
    except refusals as refused:
        raise Stop(str(refused)) from None
    report = found.to_json() if arguments.format == "json" else found.report()
    sys.stdout.write(report.rstrip("\n") + "\n")
    if not found.ok:
        raise Stop(f"{checked.name} differs from {arguments.against}", status=1)
    return 0


def _values(given: list[str], runtime: ModuleType) -> dict[str, Any]:
    """What inputs are drawn from, by name; an empty name is the only input."""
    pairs = [text.rpartition("=") for text in given]
    return {name: runtime.inputs.read_values(values) for name, _, values in pairs}
