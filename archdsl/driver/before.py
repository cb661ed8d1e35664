"""The network to compare with: the one that was committed last, or one of another SPEC."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from archdsl.base.exceptions import Misuse
from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.driver.pipeline import Loaded, load, run
from archdsl.driver.spec import MAX_BYTES, Spec, decoded
from archdsl.ir.graph import Program
from archdsl.semantics.names.linked_files import Unreadable

SECONDS = 10
# What a clone has left out is not fetched: a repository can name the program that would do so.
APART = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}


def committed(path: Path, network: str) -> Program | str:
    """The network of a file and its imports as they were committed last, or why there is none."""
    text = committed_text(path)
    if isinstance(text, Unreadable):
        return text.reason
    spec = Spec(Source(f"{path} (HEAD)", text), path.parent, network, path.stem, path)
    return _sound(lambda: run(spec, {}, None, read=committed_text))


def other(spec: str, network: str) -> Program | str:
    """The network of another SPEC: the one of the same name, if it has several."""
    return _sound(lambda: load(spec, like=network))


def _sound(load: Callable[[], Loaded]) -> Program | str:
    try:
        loaded = load()
    except Misuse as misuse:
        return str(misuse)
    mistakes = [d.message for d in loaded.diagnostics if d.severity is Severity.ERROR]
    return loaded.program or (mistakes[0] if mistakes else "it has no network")


def committed_text(path: Path) -> str | Unreadable:
    """The file's text at HEAD of the repository that it lies in."""
    folder = next(folder for folder in path.parents if folder.is_dir())  # its own may be gone
    name = path.relative_to(folder).as_posix()
    command = ["git", "-C", str(folder), "cat-file", "blob", f"HEAD:./{name}"]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=False, env=os.environ | APART
        )
    except (OSError, subprocess.TimeoutExpired):
        return Unreadable("git cannot be run")
    if done.returncode:
        return Unreadable("git has no such file at HEAD")
    return decoded(done.stdout[: MAX_BYTES + 1])
