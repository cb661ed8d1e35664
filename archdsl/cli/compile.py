"""`archdsl compile`: the spec as PyTorch source, for training or for inference."""

import sys
from argparse import Namespace

from archdsl.backends.python import emit, emit_deployed
from archdsl.cli.files import deliver
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop
from archdsl.ir.graph import Program


def run(arguments: Namespace) -> int:
    if arguments.explain and arguments.form != "deploy":
        raise Stop("--explain tells of the form deploy: add --form deploy")
    found = program(arguments)
    text = emit(found) if arguments.form == "train" else _deployed(found, arguments.explain)
    deliver(text, arguments.output, force=arguments.force)
    return 0


def _deployed(found: Program, explain: bool) -> str:
    from archdsl.transforms.deploy import deploy

    deployed = deploy(found)
    if explain:
        from archdsl.backends.changes import explained

        sys.stderr.write(explained(deployed))
    return emit_deployed(deployed)
