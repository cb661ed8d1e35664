"""The folders from which the editors of a machine read their files."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class Machine(Struct, frozen=True):
    """A system (as in `sys.platform`), the user's home, and the variables that move folders."""

    system: str
    home: Path
    variables: Mapping[str, str]

    def config(self) -> Path:
        """The folder for settings, of programs that keep to the rules of XDG."""
        return self._folder("XDG_CONFIG_HOME", ".config")

    def data(self) -> Path:
        """The folder for what programs keep, by the rules of XDG."""
        return self._folder("XDG_DATA_HOME", ".local/share")

    def roaming(self) -> Path:
        """Windows' folder for settings."""
        return self._folder("APPDATA", "AppData/Roaming")

    def local(self) -> Path:
        """Windows' folder for what stays on the machine."""
        return self._folder("LOCALAPPDATA", "AppData/Local")

    def support(self) -> Path:
        """The Mac's folder for programs."""
        return self.home / "Library" / "Application Support"

    @property
    def windows(self) -> bool:
        return self.system == "win32"

    @property
    def mac(self) -> bool:
        return self.system == "darwin"

    def _folder(self, variable: str, default: str) -> Path:
        chosen = self.variables.get(variable, "")
        return Path(chosen) if chosen else self.home / default


def this() -> Machine:
    """The machine that this runs on."""
    return Machine(sys.platform, Path.home(), os.environ)


# --- editors ---------------------------------------------------------------------------------


def neovim(machine: Machine) -> Path:
    return (machine.local() if machine.windows else machine.config()) / "nvim"


def vim(machine: Machine) -> Path:
    return machine.home / ("vimfiles" if machine.windows else ".vim")


def helix(machine: Machine) -> Path:
    return (machine.roaming() if machine.windows else machine.config()) / "helix"


def sublime(machine: Machine) -> Path:
    if machine.mac or machine.windows:
        folder = (machine.support() if machine.mac else machine.roaming()) / "Sublime Text"
    else:
        folder = machine.config() / "sublime-text"
    return folder / "Packages" / "User"


def emacs(machine: Machine) -> Path:
    """Its own folder: the old one where there is one, or none of either."""
    home = (machine.roaming() if machine.windows else machine.home) / ".emacs.d"
    other = machine.config() / "emacs"
    return other if other.is_dir() and not home.is_dir() else home


def emacs_init(machine: Machine) -> Path:
    """The file that Emacs reads at its start: the first that is there."""
    home = machine.roaming() if machine.windows else machine.home
    own = emacs(machine) / "init.el"
    return next((p for p in (home / ".emacs.el", home / ".emacs") if p.is_file()), own)


def kate_settings(machine: Machine) -> Path:
    if machine.mac:
        folder = machine.home / "Library" / "Preferences"
    else:
        folder = machine.local() if machine.windows else machine.config()
    return folder / "kate" / "lspclient" / "settings.json"


def kate_syntax(machine: Machine) -> Path:
    if machine.mac:
        folder = machine.support()
    else:
        folder = machine.local() if machine.windows else machine.data()
    return folder / "org.kde.syntax-highlighting" / "syntax" / "arch.xml"


def nano(machine: Machine) -> Path:
    """Its settings: `~/.nanorc` goes before the other place, which is taken if it is there."""
    home, other = machine.home / ".nanorc", machine.config() / "nano" / "nanorc"
    return other if other.is_file() and not home.is_file() else home


def nano_syntax(machine: Machine) -> Path:
    return machine.data() / "nano" / "arch.nanorc"
