"""`archdsl check`: a line for every sound spec, diagnostics for the others."""

import sys
from argparse import Namespace

from archdsl.analyses.costs import costs
from archdsl.base.quantities import scaled
from archdsl.cli.diagnose import errors, show
from archdsl.cli.specs import count, load
from archdsl.cli.terminal import Stop, say
from archdsl.driver import Loaded


def run(arguments: Namespace) -> int:
    """Checks every spec; the worst of them decides the exit status."""
    format = "json" if arguments.json else arguments.format
    status = failed = found = 0
    for spec in arguments.specs:
        try:
            loaded = load(spec, arguments)
        except Stop as stop:
            say(f"archdsl: {stop}")
            status = stop.status
            continue
        show(loaded.diagnostics, format, sys.stderr if format == "text" else sys.stdout)
        found += errors(loaded.diagnostics)
        failed += loaded.failed
        if format == "text" and not loaded.failed:
            print(_sound(loaded))
    if failed:
        of = f" in {failed} of {len(arguments.specs)} specs" if len(arguments.specs) > 1 else ""
        say(f"archdsl: {count(found, 'error')}{of}")
    return max(status, int(failed > 0))


def _sound(loaded: Loaded) -> str:
    assert loaded.program is not None
    total = costs(loaded.program).total
    name = loaded.program.name
    return f"{name:<24} {total.params:>13,} params  {scaled(total.macs) or '0':>6} MACs  ok"
