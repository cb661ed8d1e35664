"""`archdsl sizes`: which input sizes a network accepts, and where each loses pixels."""

import sys
from argparse import Namespace

from archdsl import driver
from archdsl.backends.audit.sizes import render
from archdsl.cli.files import deliver
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import Stop, colour


def run(arguments: Namespace) -> int:
    loaded = load(arguments.spec, arguments)
    settle(loaded, arguments)
    assert loaded.program is not None and loaded.trials is not None
    try:
        found = driver.sizes(
            loaded.program, loaded.trials, vary=arguments.vary, up_to=arguments.up_to
        )
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    shown = arguments.output is None and colour(sys.stdout)
    text = render(found, arguments.format, colour=shown)
    deliver(text, arguments.output, arguments.format, arguments)
    return 0
