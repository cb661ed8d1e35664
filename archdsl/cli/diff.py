"""`archdsl diff`: what changed between two networks, or between two states of one."""

import sys
from argparse import Namespace

from archdsl.analyses.difference.report import difference
from archdsl.backends.audit.difference import FORMATS, render
from archdsl.cli.diagnose import complain
from archdsl.cli.parser import SPEC_HELP, Parser, positive
from archdsl.cli.result_files import deliver
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import Stop, colour
from archdsl.driver import Loaded
from archdsl.ir.graph import Program


def declare(parser: Parser) -> None:
    parser.add_argument("specs", nargs=2, metavar="SPEC", help=SPEC_HELP)
    parser.add_variation()
    for side in ("old", "new"):
        parser.add_argument(
            f"--{side}",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"a parameter of the {'first' if side == 'old' else 'second'} SPEC alone",
        )
    parser.add_diagnostics()
    parser.add_output()
    parser.add_argument("--format", choices=tuple(FORMATS), default="table")
    parser.add_argument(
        "--depth",
        type=positive,
        default=1,
        metavar="N",
        help="fold blocks below level N in the figures (default: 1)",
    )


def run(arguments: Namespace) -> int:
    """The exit status is 1 where the networks differ."""
    old, new = arguments.specs
    specs = _loaded(old, new, arguments)
    changes = difference(*(_whole(loaded, asked) for loaded, asked in specs))
    text = render(
        changes,
        arguments.format,
        depth=arguments.depth,
        colour=arguments.output is None and colour(sys.stdout),
    )
    deliver(text, arguments.output, arguments.format, arguments)
    if not changes.equal:
        sys.stdout.flush()
        raise Stop(f"{_called(new)} differs from {_called(old)}", status=1)
    for loaded, asked in specs:
        settle(loaded, asked, told=True)
    return 0


def _whole(loaded: Loaded, asked: Namespace) -> Program:
    """The network, if it is elaborated to its end; it may break the promises of its spec."""
    network = loaded.program or loaded.partial
    if network is None or not network.root.results:
        settle(loaded, asked)
    complain(loaded.diagnostics, asked.json)
    assert network is not None
    return network


def _loaded(old: str, new: str, arguments: Namespace) -> list[tuple[Loaded, Namespace]]:
    """Both SPECs; of several networks in standard input, the one that is called like the other."""
    if _piped(old) and _piped(new):
        raise Stop("only one of the two can be standard input")
    before, after = _asked(old, arguments.old, arguments), _asked(new, arguments.new, arguments)
    if _piped(old):
        second = load(after.spec, after)
        return [(load(before.spec, before, like=second.name), before), (second, after)]
    first = load(before.spec, before)
    like = first.name if _piped(new) else ""
    return [(first, before), (load(after.spec, after, like=like), after)]


def _asked(spec: str, own: list[str], arguments: Namespace) -> Namespace:
    """One of the two, with the parameters of both and its own."""
    given = {"spec": spec, "parameters": [*arguments.parameters, *own]}
    return Namespace(**{**vars(arguments), **given})


def _piped(spec: str) -> bool:
    return spec == "-" or spec.startswith("-:")


def _called(spec: str) -> str:
    return "standard input" if _piped(spec) else spec
