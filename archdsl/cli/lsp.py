"""`archdsl lsp`: the language server on standard input and output, for an editor to start."""

import os
import sys
from argparse import Namespace

from archdsl.cli.parser import Parser
from archdsl.cli.terminal import Stop


def declare(parser: Parser) -> None:
    parser.add_argument("--stdio", action="store_true", help="what it always does")


def run(arguments: Namespace) -> int:
    try:
        from archdsl.server.features import create
    except ImportError:
        raise Stop("the language server needs pygls: `pip install 'archdsl[lsp]'`") from None
    # Files of the server's own: it closes them, and nothing else writes into them.
    with open(os.dup(0), "rb") as given, open(os.dup(1), "wb") as told:
        sys.stdout = sys.stderr
        create().start_io(given, told)
    return 0
