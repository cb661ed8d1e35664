"""`archdsl diff`: what changed between two networks, or between two states of one."""

import sys
from argparse import Namespace

from archdsl.analyses.difference import difference
from archdsl.backends.audit.difference import render
from archdsl.cli.files import deliver
from archdsl.cli.specs import program
from archdsl.cli.terminal import Stop, colour
from archdsl.ir.graph import Program


def run(arguments: Namespace) -> int:
    """The exit status is 1 where the networks differ."""
    old, new = arguments.specs
    found = difference(*_programs(old, new, arguments))
    text = render(
        found,
        arguments.format,
        depth=arguments.depth,
        colour=arguments.output is None and colour(sys.stdout),
    )
    deliver(text, arguments.output, force=arguments.force)
    if not found.equal:
        sys.stdout.flush()
        raise Stop(f"{_called(new)} differs from {_called(old)}", status=1)
    return 0


def _programs(old: str, new: str, arguments: Namespace) -> tuple[Program, Program]:
    """Both networks; of several in standard input, the one that is called like the other."""
    if _piped(old) and _piped(new):
        raise Stop("only one of the two can be standard input")
    before, after = _asked(old, arguments.old, arguments), _asked(new, arguments.new, arguments)
    if _piped(old):
        second = program(after)
        return program(before, like=second.name), second
    first = program(before)
    return first, program(after, like=first.name if _piped(new) else "")


def _asked(spec: str, own: list[str], arguments: Namespace) -> Namespace:
    """One of the two, with the parameters of both and its own."""
    given = {"spec": spec, "parameters": [*arguments.parameters, *own]}
    return Namespace(**{**vars(arguments), **given})


def _piped(spec: str) -> bool:
    return spec == "-" or spec.startswith("-:")


def _called(spec: str) -> str:
    return "standard input" if _piped(spec) else spec
