"""`archdsl check`: a line for every sound spec, diagnostics for the others."""

import sys
from argparse import Namespace
from collections.abc import Iterator

from archdsl import driver
from archdsl.analyses.costs import costs
from archdsl.base.quantities import scaled
from archdsl.cli.diagnose import errors, show
from archdsl.cli.specs import count, load
from archdsl.cli.terminal import Stop, say
from archdsl.driver import Loaded


def run(arguments: Namespace) -> int:
    """Checks every spec; the worst of them decides the exit status."""
    format = "json" if arguments.json else arguments.format
    status = failed = found = checked = 0
    for loaded in _load_all(arguments):
        checked += 1
        if isinstance(loaded, Stop):
            say(f"archdsl: {loaded}")
            status = max(status, loaded.status)
            continue
        show(loaded.diagnostics, format, sys.stderr if format == "text" else sys.stdout)
        found += errors(loaded.diagnostics)
        failed += errors(loaded.diagnostics) > 0
        if format == "text" and not errors(loaded.diagnostics):
            print(_sound(loaded))
    if failed:
        of = f" in {failed} of {checked} specs" if checked > 1 else ""
        say(f"archdsl: {count(found, 'error')}{of}")
    return max(status, int(failed > 0))


def _load_all(arguments: Namespace) -> Iterator[Loaded | Stop]:
    """What became of each spec, or why there is none."""
    for spec in arguments.specs:
        try:
            if arguments.all:
                yield from _whole(spec, arguments)
            else:
                yield load(spec, arguments)
        except Stop as stop:
            yield stop


def _whole(spec: str, arguments: Namespace) -> Iterator[Loaded]:
    """Every network of a file; its blocks if it has none."""
    try:
        blocks, parts = driver.load_blocks(spec), driver.parts(spec)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    if blocks is not None:
        yield blocks
    else:
        for part in parts:
            yield load(part, arguments)


def _sound(loaded: Loaded) -> str:
    if loaded.program is None:
        return f"{loaded.name:<24} ok"
    total = costs(loaded.program).total
    name = loaded.program.name
    return f"{name:<24} {total.params:>13,} params  {scaled(total.macs) or '0':>6} MACs  ok"
