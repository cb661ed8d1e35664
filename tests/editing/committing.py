"""A folder under git."""

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")


def commit(folder: Path) -> None:
    """Commits all that lies in a folder, which becomes a repository."""
    for command in (["init", "-q"], ["add", "-A"], [*IDENTITY, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
