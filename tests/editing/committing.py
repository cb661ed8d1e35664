"""A folder under git."""

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")


def git(*words: str | Path) -> None:
    """Runs git, which says nothing."""
    subprocess.run(["git", *words], check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commits all that lies in a folder, which becomes a repository."""
    git("-C", folder, "init", "-q")
    git("-C", folder, "add", "-A")
    git("-C", folder, *IDENTITY, "commit", "-qm", "first")
