"""The work behind `archdsl check`: a SPEC is loaded, and what there is to say of it printed."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from archdsl import driver
from archdsl.analyses.figures.costs import costs
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.escape import visible
from archdsl.base.quantities import scaled
from archdsl.cli import verdicts
from archdsl.cli.diagnose import errors, show
from archdsl.cli.specs import limits, load
from archdsl.cli.terminal import Stop, say
from archdsl.cli.verdicts import Judgement
from archdsl.driver import Loaded


def judge(spec: str, arguments: Namespace) -> Judgement:
    """Prints a line for each sound network of a SPEC and the diagnostics of the others."""
    format = "json" if arguments.json else arguments.format
    sound: list[str] = []
    texts: dict[Path, str] = {}
    told: dict[object, Diagnostic] = {}
    failed = 0
    try:
        for unlinted, is_rest in _networks(spec, arguments):
            loaded = _with_warnings(unlinted, arguments)
            new = {_mistake(d): d for d in loaded.diagnostics if _mistake(d) not in told}
            show(new.values(), format, sys.stderr if format == "text" else sys.stdout)
            told |= new
            if errors(new.values() if is_rest else loaded.diagnostics):
                failed += 1
            elif not (is_rest and (sound or failed)):
                sound.append(_line(loaded))
                texts |= {path: source.text for path, source in loaded.files}
                if format == "text":
                    print(sound[-1])
    except Stop as stop:
        say(f"archdsl: {stop}")
        return Judgement(sound, errors(told.values()), failed, misused=1, status=stop.status)
    if not told:
        verdicts.keep(spec, arguments, texts, sound)
    return Judgement(sound, errors(told.values()), failed, status=int(failed > 0))


def _mistake(diagnostic: Diagnostic) -> object:
    """The key of a mistake that several networks of a file meet one after the other."""
    span = diagnostic.primary.span
    return diagnostic.code, span.source.name, span.start, span.end, diagnostic.message


def _networks(spec: str, arguments: Namespace) -> Iterator[tuple[Loaded, bool]]:
    """The SPEC's network; of a file all that can stand alone, and at last its declarations, which
    tell what no network has told.

    With `-p` or `--input`, which fit one network, a file is its only one unless `--all` is given.
    """
    one = (arguments.parameters or arguments.input) and not arguments.all
    try:
        whole = None if one else driver.whole(spec, limits(arguments.limits))
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    for part in (spec,) if whole is None else whole.parts:
        yield load(part, arguments), False
    if whole is not None:
        yield whole.rest, True


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
