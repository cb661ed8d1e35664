"""The set-up of each editor: a few lines, the file that they belong into, and a file of colours."""

import json
import plistlib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from archdsl.editors import machine
from archdsl.editors.colours.emacs import emacs
from archdsl.editors.colours.kate import kate
from archdsl.editors.colours.nano import nano
from archdsl.editors.colours.vim import vim
from archdsl.editors.machine import Machine
from archdsl.editors.textmate import textmate


class SetupFile(Struct, frozen=True):
    """A text and its place. A `shared` file is the user's: the text is a part of it."""

    path: Path
    text: str
    format: str
    shared: bool = False


class Setup(Struct, frozen=True):
    """The files that set an editor up: the lines, and the colours if they are a separate file."""

    lines: SetupFile
    colours: SetupFile | None = None


class Editor(Struct, frozen=True):
    """An editor's name for readers, what works in it, and its set-up on a machine, with the
    command to start."""

    title: str
    works: str
    setup: Callable[[Machine, str], Setup]


def _text(name: str, command: str) -> str:
    """A text of the folder `texts` with the command, in quotes as all these formats have them."""
    text = (files(__package__) / "texts" / name).read_text(encoding="utf-8")
    quoted = json.dumps(command, ensure_ascii=False)
    return text.replace('"COMMAND"', quoted).replace("COMMAND", command)


def _neovim(on: Machine, command: str) -> Setup:
    folder = machine.neovim(on)
    return Setup(
        SetupFile(folder / "plugin" / "archdsl.lua", _text("neovim.lua", command), "lua"),
        SetupFile(folder / "syntax" / "arch.vim", vim(), "vim"),
    )


def _vim(on: Machine, command: str) -> Setup:
    folder = machine.vim(on)
    return Setup(
        SetupFile(folder / "plugin" / "archdsl.vim", _text("vim.vim", command), "vim"),
        SetupFile(folder / "syntax" / "arch.vim", vim(), "vim"),
    )


def _emacs(on: Machine, command: str) -> Setup:
    return Setup(
        SetupFile(machine.emacs_init(on), _text("emacs.el", command), "elisp", shared=True),
        SetupFile(machine.emacs(on) / "arch-colours.el", emacs(), "elisp"),
    )


def _helix(on: Machine, command: str) -> Setup:
    path = machine.helix(on) / "languages.toml"
    return Setup(SetupFile(path, _text("helix.toml", command), "toml", shared=True))


def _sublime(on: Machine, command: str) -> Setup:
    folder = machine.sublime(on)
    bundle = plistlib.dumps(json.loads(textmate())).decode()
    return Setup(
        SetupFile(folder / "LSP.sublime-settings", _text("sublime.json", command), "json"),
        SetupFile(folder / "arch.tmLanguage", bundle, "html"),
    )


def _kate(on: Machine, command: str) -> Setup:
    return Setup(
        SetupFile(machine.kate_settings(on), _text("kate.json", command), "json"),
        SetupFile(machine.kate_syntax(on), kate(), "html"),
    )


def _nano(on: Machine, command: str) -> Setup:
    syntax = machine.nano_syntax(on)
    lines = _text("nano.nanorc", command).replace("COLOURS", str(syntax))
    return Setup(
        SetupFile(machine.nano(on), lines, "nanorc", shared=True),
        SetupFile(syntax, nano(), "nanorc"),
    )


EDITORS = {
    "neovim": Editor(
        "Neovim 0.11",
        "All of the table above; colours also without the server, and in older ones alone. "
        "`:lua vim.lsp.codelens.run()` runs a command above a network. "
        "`:ArchPreview` opens the preview in the browser; it follows what is typed.",
        _neovim,
    ),
    "vim": Editor(
        "Vim 9",
        "Colours alone; with the plugin vim-lsp, or lsp of Yegappan Lakshmanan, what that plugin "
        "shows of a server.",
        _vim,
    ),
    "emacs": Editor(
        "Emacs",
        "By eglot, which Emacs has from version 29 on (before: the package `eglot`). Shapes behind "
        "lines need eglot 1.10, as in Emacs 29; the lines above networks are not shown.",
        _emacs,
    ),
    "helix": Editor(
        "Helix",
        "All but colours, for which Helix takes no grammar of this kind. Shapes behind lines are "
        "shown with `display-inlay-hints = true` under `[editor.lsp]` in `config.toml`.",
        _helix,
    ),
    "sublime": Editor(
        "Sublime Text",
        "Colours alone; with the package LSP, what that shows of a server. Settings of it that you "
        "have are left alone: add the lines to them.",
        _sublime,
    ),
    "kate": Editor(
        "Kate",
        "Colours alone; with the plugin *LSP Client*, which Kate brings, what that shows of a "
        "server. A file of settings that you have is left alone: add the lines to it.",
        _kate,
    ),
    "nano": Editor(
        "nano",
        "Colours, and the formatter as `M-F`. The lines need the file of colours.",
        _nano,
    ),
}


def by_hand(command: str) -> str:
    """The steps to take in JetBrains' editors, which read no file of the user's."""
    return _text("jetbrains.txt", command).replace("BUNDLE", str(files(__package__) / "vscode"))
