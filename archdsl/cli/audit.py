"""`archdsl audit`: what the network costs, by layer and by block."""

import sys
from argparse import Namespace

from archdsl.analyses.report import audit
from archdsl.backends.audit import render
from archdsl.cli.files import deliver
from archdsl.cli.specs import program
from archdsl.cli.terminal import colour


def run(arguments: Namespace) -> int:
    figures = audit(
        program(arguments),
        batch=arguments.batch,
        dtype=arguments.dtype,
        count=arguments.count,
    )
    text = render(
        figures,
        arguments.format,
        depth=arguments.depth,
        columns=arguments.columns,
        colour=arguments.output is None and colour(sys.stdout),
    )
    deliver(text, arguments.output)
    return 0
