"""The text of a file as it was committed last, by git."""

import subprocess
from pathlib import Path

from archdsl.driver.spec import MAX_BYTES, decoded
from archdsl.semantics.names.files import Unreadable

SECONDS = 10


def committed_text(path: Path) -> str | Unreadable:
    """The file's text at HEAD of the repository that it lies in."""
    command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return Unreadable("git cannot be run")
    if done.returncode:
        return Unreadable("git has no such file at HEAD")
    return decoded(done.stdout[: MAX_BYTES + 1])
