"""`archdsl serve FILE`: a page on this machine that shows the file as it was saved last."""

import webbrowser
from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from archdsl.cli.parser import Parser
from archdsl.cli.terminal import Stop, say
from archdsl.preview.server import Preview


def declare(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="FILE.arch")
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="of this machine; default: a free one"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def run(arguments: Namespace) -> int:
    path = Path(arguments.file)
    if not path.is_file():
        raise Stop(
            f"there is no file {arguments.file}; a network of the list is printed by `archdsl show`"
        )
    try:
        preview = Preview(path, arguments.port)
    except OSError as error:
        raise Stop(f"cannot serve on port {arguments.port}: {error.strerror}") from None
    print(preview.address, flush=True)
    say("archdsl: Ctrl-C ends it")
    if arguments.open:
        webbrowser.open(preview.address)
    preview.run()
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise ArgumentTypeError(f"a port is a number up to 65535, not {text!r}")
    return int(text)
