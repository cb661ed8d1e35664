"""`archdsl compile`: the spec as PyTorch source."""

from argparse import Namespace

from archdsl.backends.python import emit
from archdsl.cli.files import deliver
from archdsl.cli.specs import program


def run(arguments: Namespace) -> int:
    deliver(emit(program(arguments)), arguments.output)
    return 0
