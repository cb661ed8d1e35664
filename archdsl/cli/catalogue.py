"""`archdsl list` and `show`: the networks that ship with archdsl, and their specs."""

import sys
from argparse import Namespace

from archdsl import driver
from archdsl.base.plain import visible
from archdsl.cli.terminal import Stop


def run(arguments: Namespace) -> int:
    if arguments.command == "list":
        _list()
    else:
        _show(arguments.name)
    return 0


def _list() -> None:
    entries = driver.listing()
    width = max((len(entry.name) for entry in entries), default=0)
    for entry in entries:
        print(f"{entry.name:<{width}}  {entry.summary}".rstrip())


def _show(name: str) -> None:
    try:
        text = driver.source_of(name)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
