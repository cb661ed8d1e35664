"""`archdsl verify`: the emitted module beside a reference with the same weights."""

import sys
from argparse import Namespace
from types import ModuleType

from archdsl.backends.python import emit
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop


def run(arguments: Namespace) -> int:
    checked = program(arguments)
    runtime = _runtime()
    try:
        found = runtime.verify.verify(
            checked,
            emit(checked),
            arguments.against,
            seed=arguments.seed,
            weights=arguments.weights,
        )
    except (runtime.references.UnknownReference, runtime.weights.WeightsError) as refused:
        raise Stop(str(refused)) from None
    report = found.to_json() if arguments.format == "json" else found.report()
    sys.stdout.write(report.rstrip("\n") + "\n")
    if not found.ok:
        raise Stop(f"{checked.name} differs from {arguments.against}", status=1)
    return 0


def _runtime() -> ModuleType:
    """The rooms that need torch."""
    try:
        import archdsl.runtime.references
        import archdsl.runtime.verify
        import archdsl.runtime.weights
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise Stop("verify needs PyTorch: pip install 'archdsl[torch]'") from None
    return archdsl.runtime
