"""The editors of VS Code's family on this machine, and the extension installed into them."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from archdsl.editors.machine import Machine

PATIENCE = 120  # seconds that an editor may take
NAMES = (
    "code",
    "code-insiders",
    "code-oss",
    "codium",
    "vscodium",
    "cursor",
    "windsurf",
    "positron",
    "kiro",
    "trae",
    "antigravity",
    "code-server",
)
APPLICATIONS = {
    "Visual Studio Code": "code",
    "Visual Studio Code - Insiders": "code-insiders",
    "VSCodium": "codium",
    "Cursor": "cursor",
    "Windsurf": "windsurf",
    "Positron": "positron",
}


def programs(machine: Machine) -> dict[str, str]:
    """The path of each editor that is found, by its name."""
    paths = {name: path for name in NAMES if (path := shutil.which(name))}
    for name, inside in _applications(machine):
        paths.setdefault(name, str(inside))
    return paths


def _applications(machine: Machine) -> Iterator[tuple[str, Path]]:
    """On a Mac the program is inside the application, whether or not it is on the PATH."""
    if not machine.mac:
        return
    for folder in (Path("/Applications"), machine.home / "Applications"):
        for application, name in APPLICATIONS.items():
            path = folder / f"{application}.app" / "Contents" / "Resources" / "app" / "bin" / name
            if path.is_file():
                yield name, path


def install(program: str, extension: bytes) -> str:
    """Has an editor install the extension; gives its complaint, or nothing where it succeeded."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "archdsl.vsix"
        file.write_bytes(extension)
        try:
            done = subprocess.run(
                [program, "--install-extension", str(file), "--force"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE,
            )
        except OSError as error:
            return error.strerror or str(error)
        except subprocess.TimeoutExpired:
            return f"it took longer than {PATIENCE} seconds"
    told = (done.stderr or done.stdout).decode(errors="replace").strip()
    return "" if done.returncode == 0 else told or f"exit status {done.returncode}"
