"""Standard output and error: what goes where, colours, and how a command stops."""

import os
import shutil
import sys
from argparse import Namespace
from typing import TextIO

from archdsl.base.escape import visible


class Stop(Exception):
    """Ends the command with a sentence on standard error; 2 is misuse, 1 the spec's fault."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


def ready(*streams: TextIO) -> None:
    """Lets a narrow encoding lose a character rather than the command."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def say(text: str) -> None:
    """A line on standard error."""
    print(visible(text), file=sys.stderr, flush=True)


def colour(stream: TextIO) -> bool:
    """True where the stream shows colours: a terminal, and nobody asked for none."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns(stream: TextIO) -> int:
    """The width of the terminal in characters; 0 where the stream is none."""
    return shutil.get_terminal_size((0, 0)).columns if stream.isatty() else 0


def detach(stream: TextIO) -> None:
    """Points a closed pipe at nothing, so that the interpreter's last flush has no complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def name_stdin(given: list[str], arguments: Namespace) -> None:
    """Refuses a name of standard input that is not read."""
    if arguments.stdin_filename is not None and not any(g[:1] == "-" for g in given):
        raise Stop("--stdin-filename names standard input: give - for it")
