"""`archdsl check`: a line for every sound spec, diagnostics for the others.

What was found sound before and has not changed since is not checked again: `verdicts` has its
lines, and nothing else is imported.
"""

import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from archdsl.cli import MISUSE, verdicts
from archdsl.cli.folders import specs_in
from archdsl.cli.parser import SPEC_HELP, Parser
from archdsl.cli.terminal import name_stdin, say
from archdsl.cli.verdicts import Judgement


def declare(parser: Parser) -> None:
    parser.add_argument(
        "specs", nargs="*", metavar="SPEC", help=f"{SPEC_HELP}; or a folder (this one)"
    )
    parser.add_argument(
        "--all", action="store_true", help="every network of a file, with -p or --input too"
    )
    parser.add_argument(
        "--lints",
        choices=("default", "all", "none"),
        default="default",
        help="which warnings: those told by default, also W02…, or none",
    )
    parser.add_argument(
        "--watch", action="store_true", help="check again whenever a file was saved, until Ctrl-C"
    )
    parser.add_stdin_filename()
    parser.add_variation()
    parser.add_diagnostics()
    parser.add_argument(
        "--format", choices=("text", "json", "github"), default="text", help="of the diagnostics"
    )


def run(arguments: Namespace) -> int:
    """Checks every spec, with `--watch` again and again."""
    given = arguments.specs or ["."]
    name_stdin(given, arguments)
    if arguments.watch:
        from archdsl.cli.watch import follow

        follow(given, lambda: _once(given, arguments))
    return _once(given, arguments)


def _once(given: list[str], arguments: Namespace) -> int:
    """Checks every spec; the worst of them decides the exit status."""
    judged = [judgement for spec in given for judgement in _judged(spec, arguments)]
    failed, checked = sum(j.failed for j in judged), sum(j.checked for j in judged)
    if failed:
        from archdsl.base.quantities import counted  # what is sound needs none

        mistakes = sum(j.errors for j in judged)
        where = f" in {failed} of {checked} specs" if checked > 1 else ""
        say(f"archdsl: {counted(mistakes, 'error')}{where}")
    status = max(judgement.status for judgement in judged)
    if not status and len(judged) > len(given):
        say(f"archdsl: all {checked} specs in {len(judged)} files are sound")
    return status


def _judged(spec: str, arguments: Namespace) -> Iterator[Judgement]:
    """A SPEC; those of a folder are its files, in order."""
    if not os.path.isdir(spec):
        yield _judge(spec, arguments)
        return
    files = specs_in(Path(spec))
    if not files:
        say(f"archdsl: there is no .arch file in {spec}")
        yield Judgement([], misused=1, status=MISUSE)
    for file in files:
        yield _judge(str(file), arguments)


def _judge(spec: str, arguments: Namespace) -> Judgement:
    lines = verdicts.recall(spec, arguments)
    if lines is None:
        from archdsl.cli.judge import judge

        return judge(spec, arguments)
    if not arguments.json and arguments.format == "text":
        print("\n".join(lines))
    return Judgement(lines)
