"""`archdsl audit`: what the network costs, by layer and by block.

A network with a mistake is audited as far as it goes.
"""

import sys
from argparse import Namespace

from archdsl.analyses.figures.report import audit
from archdsl.backends.audit import render
from archdsl.backends.audit.words import WIDTH
from archdsl.cli.files import deliver
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import colour, columns
from archdsl.ir.graph import Program


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
