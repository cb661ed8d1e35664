"""The work behind `archdsl check`: a SPEC is loaded, and what there is to say of it printed."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from archdsl import driver
from archdsl.analyses.costs import costs
from archdsl.base.plain import visible
from archdsl.base.quantities import scaled
from archdsl.cli import verdicts
from archdsl.cli.check import Judgement
from archdsl.cli.diagnose import errors, show
from archdsl.cli.specs import limits, load
from archdsl.cli.terminal import Stop, say
from archdsl.driver import Loaded


def judge(spec: str, arguments: Namespace) -> Judgement:
    """Prints a line for each sound network of a SPEC and the diagnostics of the others."""
    format = "json" if arguments.json else arguments.format
    sound: list[str] = []
    texts: dict[Path, str] = {}
    found = failed = remarks = 0
    try:
        for unlinted in _networks(spec, arguments):
            loaded = _with_warnings(unlinted, arguments)
            show(loaded.diagnostics, format, sys.stderr if format == "text" else sys.stdout)
            remarks += len(loaded.diagnostics)
            if errors(loaded.diagnostics):
                found += errors(loaded.diagnostics)
                failed += 1
                continue
            sound.append(_line(loaded))
            texts |= {path: source.text for path, source in loaded.files}
            if format == "text":
                print(sound[-1])
    except Stop as stop:
        say(f"archdsl: {stop}")
        return Judgement(sound, found, failed, misused=1, status=stop.status)
    if not remarks:
        verdicts.keep(spec, arguments, texts, sound)
    return Judgement(sound, found, failed, status=int(failed > 0))


def _networks(spec: str, arguments: Namespace) -> Iterator[Loaded]:
    """The SPEC's network; with `--all` every network of its file, or its blocks if it has none."""
    if not arguments.all:
        yield load(spec, arguments)
        return
    try:
        blocks, parts = driver.load_blocks(spec, limits(arguments.limits)), driver.parts(spec)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    if blocks is not None:
        yield blocks
    else:
        for part in parts:
            yield load(part, arguments)


def _with_warnings(loaded: Loaded, arguments: Namespace) -> Loaded:
    if arguments.lints == "none":
        return loaded
    from archdsl.review import reviewed

    return reviewed(loaded, everything=arguments.lints == "all")


def _line(loaded: Loaded) -> str:
    if loaded.program is None:
        return f"{visible(loaded.name):<24} ok"
    total = costs(loaded.program).total
    name = loaded.program.name
    return f"{name:<24} {total.params:>13,} params  {scaled(total.macs) or '0':>6} MACs  ok"
