"""`archdsl bench`: the emitted module's time and memory, beside others if asked."""

import sys
from argparse import Namespace

from archdsl.cli.pytorch import needed
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop


def run(arguments: Namespace) -> int:
    found = program(arguments)
    runtime = needed("bench", "bench", "references")
    from archdsl.network import Network

    net = Network(found)
    try:
        if arguments.threads is not None:
            runtime.bench.use_threads(arguments.threads)
        measured = runtime.bench.bench(
            found,
            lambda form: net.build(form=form),
            tuple(arguments.against),
            form=arguments.form,
            device=arguments.device,
            batch=arguments.batch,
            rounds=arguments.rounds,
        )
    except (runtime.references.UnknownReference, runtime.bench.CannotMeasure) as refused:
        raise Stop(str(refused)) from None
    text = measured.to_json() if arguments.format == "json" else measured.report()
    sys.stdout.write(text.rstrip("\n") + "\n")
    return 0
