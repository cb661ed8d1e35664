"""`archdsl editor NAME`: the lines that set an editor up, written where it reads them if asked."""

import shutil
import sys
import sysconfig
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path

from archdsl.base.files import Unwritable
from archdsl.base.written_files import Taken
from archdsl.cli.parser import Parser
from archdsl.cli.result_files import FORCE, deliver
from archdsl.cli.terminal import Stop, say
from archdsl.editors.extension import vsix
from archdsl.editors.machine import this
from archdsl.editors.programs import install, programs
from archdsl.editors.setups import EDITORS, by_hand
from archdsl.editors.write import write

VSCODE, JETBRAINS = "vscode", "jetbrains"
NAMES = (VSCODE, *EDITORS, JETBRAINS)
PROGRAMS = {"code": VSCODE, "nvim": "neovim", "hx": "helix", "subl": "sublime"}


def declare(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", type=_name, choices=NAMES, help=", ".join(NAMES))
    parser.add_argument(
        "--write", action="store_true", help="put the lines where the editor reads them"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="of vscode: write the extension (.vsix) instead"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace what archdsl did not write, too"
    )


def run(arguments: Namespace) -> int:
    if arguments.output is not None and arguments.name != VSCODE:
        raise Stop(f"-o is for the extension of vscode; {arguments.name} has --write")
    if arguments.name == VSCODE:
        status = _vscode(arguments)
    elif arguments.name == JETBRAINS:
        status = _jetbrains(arguments)
    else:
        status = _lines(arguments)
    if find_spec("pygls") is None:
        say("archdsl: the language server needs pygls: `pip install 'archdsl[lsp]'`")
    return status


def _name(word: str) -> str:
    """An editor's name, or that of its program."""
    return PROGRAMS.get(word, word)


def _lines(arguments: Namespace) -> int:
    setup = EDITORS[arguments.name].setup(this(), command())
    parts = [setup.lines] if setup.colours is None else [setup.lines, setup.colours]
    if not arguments.write:
        sys.stdout.write(setup.lines.text)
        sys.stdout.flush()
        say(f"archdsl: for {setup.lines.path}; --write puts them there")
        if setup.colours is not None:
            say(f"archdsl: --write also writes the colours, {setup.colours.path}")
        return 0
    for part in parts:
        try:
            write(part, force=arguments.force, forced_by=FORCE)
        except (Taken, Unwritable) as error:
            raise Stop(str(error)) from None
        say(f"archdsl: wrote {'a part of ' if part.shared else ''}{part.path}")
    return 0


def _jetbrains(arguments: Namespace) -> int:
    if arguments.write:
        raise Stop("JetBrains' editors read no such file; without --write the steps are printed")
    sys.stdout.write(by_hand(command()))
    return 0


def _vscode(arguments: Namespace) -> int:
    extension = vsix(command())
    if arguments.output is not None:
        deliver(extension, arguments.output, "vsix", arguments)
        return 0
    editors = programs(this())
    if not editors:
        raise Stop(
            "no editor of VS Code's family is on the PATH; `archdsl editor vscode -o archdsl.vsix` "
            "writes the extension, for their command `Extensions: Install from VSIX…`"
        )
    failed = 0
    for name, program in editors.items():
        complaint = install(program, extension)
        failed += bool(complaint)
        say(f"archdsl: {name}: {complaint or 'the extension is installed'}")
    return 2 if failed == len(editors) else 0


def command() -> str:
    """The command that an editor starts: this archdsl, by its name alone where that is found."""
    own = shutil.which("archdsl", path=sysconfig.get_path("scripts"))
    if own is None or sys.prefix == sys.base_prefix:
        return "archdsl"
    return str(Path(own))
