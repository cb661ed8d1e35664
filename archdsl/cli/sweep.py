"""`archdsl sweep`: the figures of many variants of one network, and which of them are worth it."""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from archdsl.base.files import Unwritable
from archdsl.base.quantities import counted
from archdsl.cli import INTERRUPTED
from archdsl.cli.diagnose import complain, errors
from archdsl.cli.parser import SPEC_HELP, Parser, names, positive
from archdsl.cli.result_files import deliver, spare, spare_inputs
from archdsl.cli.specs import inputs, limits, parameters
from archdsl.cli.terminal import Stop, say
from archdsl.driver import Misuse
from archdsl.network import SpecError
from archdsl.sweeps.documents import as_csv, as_json, as_parquet, as_table, check_parquet, summary
from archdsl.sweeps.journal import is_foreign
from archdsl.sweeps.report import Sweep
from archdsl.sweeps.run import sweep
from archdsl.sweeps.scatter import as_svg

WRITERS: dict[str, Callable[[Sweep], str | bytes]] = {
    ".csv": as_csv,
    ".json": as_json,
    ".parquet": as_parquet,
    ".txt": as_table,
}
BAR = 24


def declare(parser: Parser) -> None:
    parser.add_argument("spec", metavar="SPEC", help=SPEC_HELP)
    parser.add_variation()
    parser.add_diagnostics()
    parser.add_output()
    parser.add_argument(
        "--where", default="", metavar="CONDITION", help="of the variants to keep, as in `expect`"
    )
    parser.add_argument(
        "--pareto", default="", metavar="NAMES", help="mark the front of these; NAME:max for large"
    )
    parser.add_argument(
        "--figures",
        type=names,
        default=(),
        metavar="NAMES",
        help="figures of `expect` to list (default: params,macs)",
    )
    parser.add_argument("--plot", metavar="FILE", help="a scatter plot, as .svg")
    parser.add_argument(
        "--jobs", type=positive, metavar="N", help="processes (default: one a core)"
    )


def run(arguments: Namespace) -> int:
    writer = _writer(arguments)
    swept = _sweep(arguments)
    if not swept.complete and arguments.output is not None:
        say(
            f"archdsl: interrupted: {swept.tried:,} of {swept.total:,} variants are kept in "
            f"{_kept(arguments)}; the same command goes on"
        )
        return INTERRUPTED
    _deliver(swept, arguments, writer)
    if not swept.complete:
        say(f"archdsl: interrupted after {swept.tried:,} of {swept.total:,} variants")
        return INTERRUPTED
    if len(swept.failed) == swept.total:
        raise Stop("no variant can be built", status=1)
    return 0


def _writer(arguments: Namespace) -> str:
    """The ending that says how the result is written; told before any work is done."""
    ending = Path(arguments.output).suffix if arguments.output is not None else ".txt"
    if ending not in WRITERS:
        raise Stop(f"a sweep is written as {', '.join(WRITERS)}, not as {ending or 'a bare name'}")
    if arguments.plot is not None and Path(arguments.plot).suffix != ".svg":
        raise Stop(f"a plot is written as .svg, not as {arguments.plot}")
    _spare(arguments)
    if ending == ".parquet":
        try:
            check_parquet()
        except Misuse as misuse:
            raise Stop(str(misuse)) from None
    return ending


def _spare(arguments: Namespace) -> None:
    """Stops before any work where a file of the user's stands in a result's place."""
    output, plot, kept = arguments.output, arguments.plot, _kept(arguments)
    for path in (output, plot):
        spare(path, arguments)
    if plot is not None and output is not None and os.path.abspath(plot) == os.path.abspath(output):
        raise Stop("the result and the plot cannot be the same file")
    if kept is not None:
        spare_inputs(str(kept), arguments)
        if not arguments.force and is_foreign(kept):
            raise Stop(
                f"{kept}, in which a sweep keeps what it tried, is there already and was not "
                "written by archdsl; --force replaces it"
            )


def _sweep(arguments: Namespace) -> Sweep:
    bar = _Bar()
    try:
        return sweep(
            arguments.spec,
            parameters(arguments.parameters),
            where=arguments.where,
            pareto=arguments.pareto,
            figures=arguments.figures,
            input=inputs(arguments.input),
            jobs=arguments.jobs,
            progress=bar.show if sys.stderr.isatty() else None,
            keep=_kept(arguments),
            limits=limits(arguments.limits),
        )
    except (Misuse, Unwritable) as error:
        raise Stop(str(error)) from None
    except SpecError as error:
        complain(error.diagnostics, arguments.json)
        mistakes = counted(errors(error.diagnostics), "error")
        raise Stop(f"{arguments.spec} has {mistakes}", status=1) from None
    finally:
        bar.clear()


def _deliver(swept: Sweep, arguments: Namespace, ending: str) -> None:
    """The result, then the plot; what was kept meanwhile goes once both are written."""
    try:
        result = WRITERS[ending](swept)
        plot = as_svg(swept) if arguments.plot is not None else None
    except Misuse as misuse:
        raise Stop(str(misuse)) from None
    deliver(result, arguments.output, ending, arguments)
    if plot is not None:
        deliver(plot, arguments.plot, "svg", arguments)
    kept = _kept(arguments)
    if kept is not None:
        kept.unlink(missing_ok=True)
        say(summary(swept))


def _kept(arguments: Namespace) -> Path | None:
    """The file beside the result for what there is so far."""
    if arguments.output is None:
        return None
    result = Path(arguments.output)
    return result.with_name(f"{result.name}.part")


class _Bar:
    """The progress of the sweep, on one line of a terminal."""

    def __init__(self) -> None:
        self._begun = self._shown = time.monotonic()
        self._known: int | None = None  # tried in an earlier run
        self._wide = 0

    def show(self, done: int, total: int) -> None:
        """Draws the bar anew, ten times a second at most."""
        now = time.monotonic()
        if self._known is None:
            self._known = done - 1
        if done < total and now - self._shown < 0.1:
            return
        self._shown = now
        filled = BAR * done // total
        left = (now - self._begun) / (done - self._known) * (total - done)
        bar = f"[{'#' * filled}{' ' * (BAR - filled)}] {done:,}/{total:,}, {left:.0f} s left"
        print(f"\r{bar:<{self._wide}}", end="", file=sys.stderr, flush=True)
        self._wide = len(bar)

    def clear(self) -> None:
        """Leaves the line as if nothing had been on it."""
        if self._wide:
            print(f"\r{' ' * self._wide}\r", end="", file=sys.stderr, flush=True)
