"""`archdsl sizes`: which input sizes a network accepts, and where each loses pixels."""

import sys
from argparse import Namespace

from archdsl import driver
from archdsl.backends.audit.sizes_text import FORMATS, render
from archdsl.cli.parser import Parser, positive
from archdsl.cli.result_files import deliver
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import Stop, colour, say
from archdsl.ir.graph import Program


def declare(parser: Parser) -> None:
    parser.add_spec()
    parser.add_output()
    parser.add_argument(
        "--vary",
        metavar="NAME",
        help="the one input that varies (default: all that have the sizes of the first)",
    )
    parser.add_argument(
        "--up-to",
        type=positive,
        metavar="N",
        help="the largest size to try (default: 256, or somewhat beyond the network's own)",
    )
    parser.add_argument("--format", choices=tuple(FORMATS), default="table")


def run(arguments: Namespace) -> int:
    loaded = load(arguments.spec, arguments)
    program = driver.resized(loaded)
    if program is None:
        settle(loaded, arguments)
        program = loaded.program
    else:
        say(f"archdsl: {_taken(loaded, program)}")
    assert program is not None and loaded.trials is not None
    try:
        sizes = driver.sizes(program, loaded.trials, vary=arguments.vary, up_to=arguments.up_to)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    shown = arguments.output is None and colour(sys.stdout)
    text = render(sizes, arguments.format, colour=shown)
    deliver(text, arguments.output, arguments.format, arguments)
    return 0


def _taken(loaded: driver.Loaded, program: Program) -> str:
    """The note about the input taken instead of the network's own."""
    assert loaded.partial is not None
    own, other = loaded.partial.root.inputs[0], program.root.inputs[0]
    return f"`{program.name}` does not take its own input of {own}; {other} is taken here"
