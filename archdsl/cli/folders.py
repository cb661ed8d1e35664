"""The .arch files of a folder."""

import os
from pathlib import Path

from archdsl.cli.terminal import say


def specs_in(folder: Path) -> list[Path]:
    """The .arch files of a folder and those below it, but for hidden ones and links out of it."""
    return [path for path in arch_files(folder) if _within(folder, path)]


def arch_files(folder: Path) -> list[Path]:
    """The .arch files of a folder and those below it, in order, but for hidden ones."""
    paths = (path.relative_to(folder) for path in folder.rglob("*.arch"))
    shown = (path for path in paths if not any(part.startswith(".") for part in path.parts))
    return [folder / path for path in sorted(shown)]


def _within(folder: Path, path: Path) -> bool:
    """True where a file lies where it was found; a link to elsewhere was not asked for."""
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        return True
    say(f"archdsl: {path} is a link out of {folder} and is left alone")
    return False
