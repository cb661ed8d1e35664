"""`%load_ext archdsl`: the cell magic `%%arch` for IPython and Jupyter.

A cell's text goes in; its network goes into a variable, its diagram and its audit below the cell.
"""

import shlex
from argparse import Namespace
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from archdsl.base.render import render
from archdsl.network import Network, of_cell


@magic_arguments()
@argument("name", nargs="?", default="net", help="the variable that the network becomes")
@argument("-p", metavar="NAME=VALUE", action="append", default=[], help="a parameter's value")
@argument("--network", help="the network to take of several in the cell")
@argument("--input", help="another input shape: 3x320x320")
@argument("--only", choices=("draw", "audit"), help="show the diagram alone, or the audit alone")
def arch(line: str, cell: str) -> None:
    """Checks the cell, written in archdsl, and shows its diagram and audit.

    Example: %%arch small -p classes=10
    """
    given = parse_argstring(arch, line)
    network = _network(given, cell)
    _shell().push({given.name: network})
    for note in (*network.notes, *network.lint()):
        print(render(note), end="\n\n")
    if given.only != "audit":
        display(network)
    if given.only != "draw":
        display(network.audit())


def _network(given: Namespace, cell: str) -> Network:
    if not given.name.isidentifier():
        raise UsageError(f"`{given.name}` cannot be the name of a variable")
    parameters = dict(_parameter(text) for text in given.p)
    text = f"\n{cell}"  # so that lines are counted as the cell shows them, from the magic on
    return of_cell(text, given.network, given.input, parameters)


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageError(f"a parameter is given as NAME=VALUE, not as {shlex.quote(text)}")
    return name, value


def _shell() -> InteractiveShell:
    return InteractiveShell.instance()


def register(shell: InteractiveShell) -> None:
    """Adds the magic to a session."""
    shell.register_magic_function(arch, "cell", "arch")
