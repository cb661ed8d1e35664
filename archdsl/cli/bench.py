"""`archdsl bench`: the emitted module's time and memory, beside others if asked."""

import sys
from argparse import Namespace
from typing import get_args

from archdsl.cli.parser import Parser, positive
from archdsl.cli.pytorch import needed
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop
from archdsl.network import Form, Network


def declare(parser: Parser) -> None:
    parser.add_spec()
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="REFERENCE",
        help="put it beside torchvision:NAME, timm:NAME or module.path:callable (may be repeated)",
    )
    parser.add_argument(
        "--form", choices=get_args(Form), default="train", help="for training or for inference"
    )
    parser.add_argument("--device", default="cpu", help="as torch calls it (default: cpu)")
    parser.add_argument(
        "--batch", type=positive, default=1, metavar="N", help="samples (default: 1)"
    )
    parser.add_argument(
        "--rounds", type=positive, default=9, metavar="N", help="turns of each (default: 9)"
    )
    parser.add_argument(
        "--threads",
        type=positive,
        metavar="N",
        help="of a CPU (default: torch's own choice)",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


def run(arguments: Namespace) -> int:
    network = program(arguments)
    runtime = needed("bench", "bench", "reference_models")
    net = Network(network)
    try:
        if arguments.threads is not None:
            runtime.bench.use_threads(arguments.threads)
        measured = runtime.bench.bench(
            network,
            lambda form: net.build(form=form),
            tuple(arguments.against),
            form=arguments.form,
            device=arguments.device,
            batch=arguments.batch,
            rounds=arguments.rounds,
        )
    except (runtime.reference_models.UnknownReference, runtime.bench.CannotMeasure) as refused:
        raise Stop(str(refused)) from None
    text = measured.to_json() if arguments.format == "json" else measured.report()
    sys.stdout.write(text.rstrip("\n") + "\n")
    return 0
