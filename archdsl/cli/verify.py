"""`archdsl verify`: the emitted module beside a reference with the same weights."""

import sys
from argparse import Namespace

from archdsl.backends.python import emit
from archdsl.cli.pytorch import needed
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop


def run(arguments: Namespace) -> int:
    checked = program(arguments)
    runtime = needed("verify", "references", "verify", "weights")
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
