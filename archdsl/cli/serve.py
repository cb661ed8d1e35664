"""`archdsl serve FILE`: a page on this machine that shows the file as it was saved last;
`archdsl serve --playground [FILE]`: one on which a spec is written."""

import webbrowser
from argparse import ArgumentTypeError, Namespace
from functools import partial
from pathlib import Path

from archdsl.cli.parser import Parser
from archdsl.cli.terminal import Stop, say
from archdsl.driver import read_text
from archdsl.driver.before import committed, other
from archdsl.playground.address import encode
from archdsl.playground.server import Playground
from archdsl.preview.local import LocalServer
from archdsl.preview.server import Preview
from archdsl.preview.state import Against

HEAD = "HEAD"


def declare(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", help="FILE.arch")
    parser.add_argument(
        "--playground",
        action="store_true",
        help="a page on which specs are written; it begins with FILE, which it does not change",
    )
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="of this machine; default: a free one"
    )
    parser.add_argument(
        "--against",
        metavar="OLD",
        help="another SPEC, or HEAD (the last commit): beside it, with the differences in colour",
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def run(arguments: Namespace) -> int:
    if arguments.file is None and not arguments.playground:
        raise Stop("name a file: `archdsl serve FILE.arch`, or `archdsl serve --playground`")
    path = None if arguments.file is None else Path(arguments.file)
    if path is not None and not path.is_file():
        raise Stop(
            f"there is no file {arguments.file}; a network of the list is printed by `archdsl show`"
        )
    fragment = _fragment(path) if arguments.playground and path is not None else ""
    try:
        server = _server(path, arguments)
    except OSError as error:
        raise Stop(f"cannot serve on port {arguments.port}: {error.strerror}") from None
    address = server.address + fragment
    print(address, flush=True)
    say("archdsl: Ctrl-C ends it")
    if arguments.open:
        webbrowser.open(address)
    server.run()
    return 0


def _server(path: Path | None, arguments: Namespace) -> LocalServer:
    if path is None or arguments.playground:
        return Playground(arguments.port)
    return Preview(path, arguments.port, against=_against(path, arguments.against))


def _against(path: Path, old: str | None) -> Against | None:
    if old is None:
        return None
    return partial(committed, path) if old == HEAD else partial(other, old)


def _fragment(path: Path) -> str:
    """The part of the address that has a file's text in it."""
    text = read_text(path)
    if not isinstance(text, str):
        raise Stop(f"cannot read {path}: {text.reason}")
    return f"#{encode(text)}"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise ArgumentTypeError(f"a port is a number up to 65535, not {text!r}")
    return int(text)
