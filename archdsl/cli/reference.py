"""`archdsl ops`, `blocks` and `explain`: the reference pages on the terminal."""

import sys
from argparse import Namespace
from collections.abc import Iterable

from archdsl.base.suggest import did_you_mean
from archdsl.cli.markdown import for_terminal
from archdsl.cli.parser import Parser
from archdsl.cli.terminal import Stop, colour


def declare(parser: Parser) -> None:
    """A name, without which `ops` and `blocks` list what there is."""
    if parser.get_default("command") == "explain":
        parser.add_argument("name", metavar="CODE")
    else:
        parser.add_argument("name", metavar="NAME", nargs="?")
    parser.add_diagnostics()


def run(arguments: Namespace) -> int:
    page = {"ops": _ops, "blocks": _blocks, "explain": _explain}[arguments.command]
    sys.stdout.write(for_terminal(page(arguments.name), colour=colour(sys.stdout)))
    return 0


def _ops(name: str | None) -> str:
    from archdsl.backends.reference import op_page, ops_index
    from archdsl.ops.registry import ops

    known = ops()
    if name is None:
        return ops_index(known.values())
    if name not in known:
        raise _unknown("op", name, known, "`archdsl ops` lists them")
    return op_page(known[name])


def _blocks(name: str | None) -> str:
    from archdsl.backends.reference import block_page, blocks_index
    from archdsl.driver import blocks

    known = {block.name: block.declaration for block in blocks()}
    if name is None:
        return blocks_index(known.values())
    if name in known:
        return block_page(known[name])
    for block in blocks():
        if name in block.parts:
            raise Stop(
                f"{name!r} is a part of {block.name!r} and no block of its own: "
                f"`archdsl show {block.name}` prints both"
            )
    raise _unknown("block", name, known, "`archdsl blocks` lists them")


def _explain(code: str | None) -> str:
    from archdsl.codes import current, pages

    known = pages()
    wanted = current((code or "").upper())
    if wanted.isdigit():
        wanted = next((c for c in known if c[1:] == wanted.zfill(4)), wanted)
    if wanted not in known:
        from archdsl.ops.registry import ops

        if code in ops():
            raise Stop(f"{code!r} is an op and no code: `archdsl ops {code}` tells of it")
        raise _unknown("code", wanted, known, "docs/errors.md has them all")
    return known[wanted]


def _unknown(what: str, name: str, known: Iterable[str], otherwise: str) -> Stop:
    return Stop(f"there is no {what} {name!r}; {did_you_mean(name, known) or otherwise}")
