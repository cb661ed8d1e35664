"""From a SPEC and its `-p` and `--input` on the command line to a program."""

import re
import shlex
import sys
from argparse import Namespace

from msgspec.structs import replace

from archdsl import driver
from archdsl.base.quantities import counted
from archdsl.base.suggest import did_you_mean
from archdsl.cli.diagnose import complain, errors
from archdsl.cli.terminal import Stop, say
from archdsl.ir.graph import Program
from archdsl.semantics.limits import Limits

SUFFIX = ".arch"
# What stands within something else is worked on by calls within calls.
MOST = {"depth": 1_000, "calls": 500, "nesting": 100}


def load(spec: str, arguments: Namespace, *, like: str = "") -> driver.Loaded:
    """The result of the SPEC; misuse stops the command. `like` may name one of its networks."""
    given, shapes = parameters(arguments.parameters), inputs(arguments.input)
    allowed = limits(arguments.limits)
    try:
        read = driver.find(spec, name=getattr(arguments, "stdin_filename", None))
        return driver.run(replace(read, like=like), given, shapes, allowed)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None


def program(arguments: Namespace) -> Program:
    """The command's one program; its diagnostics are printed, and errors stop the command."""
    return checked(arguments)[1]


def checked(arguments: Namespace) -> tuple[driver.Loaded, Program]:
    """The same with what it was loaded with, such as the way to its siblings."""
    loaded = load(arguments.spec, arguments)
    settle(loaded, arguments)
    assert loaded.program is not None
    return loaded, loaded.program


def means_all(arguments: Namespace) -> bool:
    """True where a command is about all networks of a file: with `--all`, or by a SPEC that says of
    none of several that it is meant."""
    if arguments.all:
        return True
    if arguments.spec.startswith("-"):
        return False
    try:
        return driver.names_several(arguments.spec)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None


def family(arguments: Namespace) -> driver.LoadedFamily:
    """The networks of the SPEC's file; what there is to say of them is printed, and errors stop the
    command."""
    if arguments.parameters or arguments.input:
        raise Stop(f"-p and --input vary one network, and {arguments.spec} stands for several")
    try:
        networks = driver.family(arguments.spec, limits(arguments.limits))
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    complain(networks.diagnostics, arguments.json)
    if not networks.members:
        raise Stop(
            f"{networks.name} has {counted(errors(networks.diagnostics), 'error')}", status=1
        )
    return networks


def settle(loaded: driver.Loaded, arguments: Namespace, *, told: bool = False) -> None:
    """Prints what there is to say of a SPEC, unless it is told; errors stop the command."""
    sys.stdout.flush()
    if not told:
        complain(loaded.diagnostics, arguments.json)
    if loaded.failed:
        raise Stop(f"{arguments.spec} has {counted(errors(loaded.diagnostics), 'error')}", status=1)
    if SUFFIX in arguments.spec:  # the catalogue is not the user's to change
        _remark(loaded, arguments)


def _remark(loaded: driver.Loaded, arguments: Namespace) -> None:
    """Says that there are warnings; beside emitted code that goes into a file, which."""
    from archdsl.review import warnings

    assert loaded.program is not None
    remarks = warnings(loaded.program)
    kept = arguments.command == "compile" and arguments.output not in (None, "-")
    if arguments.json or kept:
        complain(remarks, arguments.json)
    elif remarks:
        them = "it" if len(remarks) == 1 else "them"
        say(f"archdsl: {counted(len(remarks), 'warning')}; `{_check(arguments)}` tells {them}")


def _check(arguments: Namespace) -> str:
    """The command that checks the same network, for a shell."""
    given = {"-p": arguments.parameters, "--input": arguments.input, "--limit": arguments.limits}
    varied = [word for flag, values in given.items() for value in values for word in (flag, value)]
    return shlex.join(["archdsl", "check", arguments.spec, *varied])


def parameters(given: list[str]) -> dict[str, str]:
    """The texts behind `-p NAME=`, by name."""
    return _pairs(given, "parameter", "-p NAME=VALUE")


def limits(given: list[str]) -> Limits:
    """The limits, with those that `--limit NAME=N` sets."""
    values = _pairs(given, "limit", "--limit NAME=N")
    known = list(Limits.__struct_fields__)
    for name, value in values.items():
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
            raise Stop(f"there is no limit {name!r}; {hint}")
        if not re.fullmatch("[0-9][0-9_]*", value):
            raise Stop(f"the limit {name!r} is a whole number, not {value!r}")
    set_to = {name: int(value.replace("_", "")) for name, value in values.items()}
    for name, most in MOST.items():
        if set_to.get(name, 0) > most:
            raise Stop(f"the limit {name!r} is {most:,} at most: Python's own stack ends there")
    return Limits(**set_to)


def _pairs(given: list[str], what: str, form: str) -> dict[str, str]:
    """Names and values with `=` between, each name once."""
    pairs: dict[str, str] = {}
    for text in given:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or not value:
            raise Stop(f"a {what} is given as {form}, not {text!r}")
        if name in pairs:
            raise Stop(f"{what} {name!r} is given twice")
        pairs[name] = value
    return pairs


def inputs(given: list[str]) -> "str | dict[str, str] | None":
    """`3x320x320`, or `left=3x64x64` for one of several inputs."""
    if not given:
        return None
    pairs = [text.rpartition("=") for text in given]
    names = [name for name, _, _ in pairs]
    if len(set(names)) < len(names):
        raise Stop("an input's shape is given twice")
    if names == [""]:
        return given[0]
    return {name: shape for name, _, shape in pairs}
