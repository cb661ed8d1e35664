"""`archdsl verify`: the emitted module beside a reference with the same weights."""

import sys
from argparse import ArgumentTypeError, Namespace
from types import ModuleType
from typing import Any

from archdsl.backends.python import emit, emit_family, makers
from archdsl.cli.parser import Parser
from archdsl.cli.pytorch import needed
from archdsl.cli.specs import checked, family
from archdsl.cli.terminal import Stop
from archdsl.driver import Loaded
from archdsl.ir.graph import Program


def declare(parser: Parser) -> None:
    parser.add_spec()
    parser.add_argument(
        "--all",
        action="store_true",
        help="compare the network as `compile --all` writes it, among all of its file",
    )
    parser.add_argument(
        "--against",
        required=True,
        metavar="REFERENCE",
        help="torchvision:NAME, timm:NAME, or module.path:callable",
    )
    parser.add_argument(
        "--weights", metavar="FILE", help="a checkpoint for both, in the place of random weights"
    )
    parser.add_argument(
        "--seed", type=_natural, default=0, metavar="N", help="of the weights and inputs"
    )
    parser.add_argument(
        "--by",
        choices=("name", "order"),
        default="name",
        help="how keys are matched; order: those of the same shapes, whatever their names",
    )
    parser.add_argument(
        "--inputs", metavar="FILE", help="tensors to run both on, in the place of random ones"
    )
    parser.add_argument(
        "--values",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="what an input is drawn from: LOW:HIGH or numbers with commas between",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="of the comparison"
    )


def run(arguments: Namespace) -> int:
    loaded, program = checked(arguments)
    runtime = needed("verify", "reference_models", "verify", "weights", "input_source", "trials")
    refusals = (
        runtime.reference_models.UnknownReference,
        runtime.weights.WeightsError,
        runtime.input_source.BadInputs,
        runtime.trials.CannotRun,
    )
    try:
        asked = runtime.verify.Options(
            seed=arguments.seed,
            weights=arguments.weights,
            by_order=arguments.by == "order",
            inputs=arguments.inputs,
            values=_values(arguments.values, runtime),
        )
        source, maker = _source(loaded, program, arguments)
        compared = runtime.verify.verify(program, source, arguments.against, asked, maker)
    except refusals as refused:
        raise Stop(str(refused)) from None
    report = compared.to_json() if arguments.format == "json" else compared.report()
    sys.stdout.write(report.rstrip("\n") + "\n")
    if not compared.ok:
        raise Stop(f"{program.name} differs from {arguments.against}", status=1)
    return 0


def _source(loaded: Loaded, program: Program, arguments: Namespace) -> tuple[str, str]:
    """The source that `compile` writes, and of several networks' the function for this one."""
    if not arguments.all:
        return emit(program, siblings=loaded.siblings()), ""
    networks = family(arguments)
    source = emit_family(networks.word, networks.programs, networks.siblings())
    return source, makers(networks.programs).get(program.name, "")


def _values(given: list[str], runtime: ModuleType) -> dict[str, Any]:
    """The ranges of inputs, by name; an empty name is the only input."""
    pairs = [text.rpartition("=") for text in given]
    return {name: runtime.input_source.read_values(values) for name, _, values in pairs}


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)
