"""`archdsl audit`: what the network costs, by layer and by block.

A network with a mistake is audited as far as it goes.
"""

import sys
from argparse import ArgumentTypeError, Namespace
from typing import get_args

from archdsl.analyses.figures.report import DTYPE_BYTES, audit
from archdsl.backends.audit import COLUMNS, FORMATS, render
from archdsl.backends.audit.row_words import WIDTH
from archdsl.cli.parser import Parser, meant, positive
from archdsl.cli.result_files import deliver
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import colour, columns
from archdsl.ir.counts import Convention
from archdsl.ir.graph import Program


def declare(parser: Parser) -> None:
    parser.add_spec()
    parser.add_output()
    parser.add_argument("--format", choices=tuple(FORMATS), default="table")
    parser.add_argument(
        "--depth",
        type=_depth,
        metavar="N",
        help="fold blocks below level N: 0 or more, or all (default: by work, 1 in general)",
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        default=(),
        metavar="NAMES",
        help=f"of table, md and html: all, or some, joined by commas: {', '.join(COLUMNS)}",
    )
    parser.add_argument(
        "--batch", type=positive, default=1, metavar="N", help="samples, for the memory"
    )
    parser.add_argument(
        "--dtype",
        choices=tuple(DTYPE_BYTES),
        default="float32",
        help="element type, for the memory",
    )
    parser.add_argument(
        "--count",
        choices=get_args(Convention),
        default="torchvision",
        help="the tool whose MACs are counted",
    )


def run(arguments: Namespace) -> int:
    loaded = load(arguments.spec, arguments)
    if loaded.known is not None:
        report = _report(loaded.known, arguments)
        deliver(report, arguments.output, arguments.format, arguments)
    settle(loaded, arguments)
    return 0


def _report(program: Program, arguments: Namespace) -> str:
    figures = audit(
        program,
        batch=arguments.batch,
        dtype=arguments.dtype,
        count=arguments.count,
    )
    return render(
        figures,
        arguments.format,
        depth=arguments.depth,
        columns=arguments.columns,
        width=(arguments.output is None and columns(sys.stdout)) or WIDTH,
        colour=arguments.output is None and colour(sys.stdout),
    )


def _columns(text: str) -> tuple[str, ...]:
    """Names with commas between; the path leads if it is not named."""
    if text == "all":
        return tuple(COLUMNS)
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in COLUMNS:
            raise ArgumentTypeError(f"no column {name!r}{meant(name, COLUMNS)}")
    return names if "path" in names else ("path", *names)


def _depth(text: str) -> int:
    """Levels of blocks; `all` is more than there can be."""
    if text == "all":
        return sys.maxsize
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no whole number, or all")
    return int(text)
