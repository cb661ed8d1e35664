"""DOT texts → Graphviz's places for everything, as JSON.

The Graphviz in the wheel of `pygraphviz` lays out, so that a drawing is the same everywhere. The
`dot` program on the PATH does it only where there is no wheel for the machine. Where no process can
be started, as in a browser, the function that `lay_out_by` was given does it.
"""

import shutil
import subprocess
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec

from archdsl.backends.figure.worker import Broken, Worker
from archdsl.base.exceptions import Explained

MISSING = (
    "drawing svg, png, pdf and html needs Graphviz, which archdsl installs as pygraphviz, and "
    "which was not found: `pip install pygraphviz` brings it back, or put Graphviz's `dot` on the "
    "PATH; `--format dot` and `mermaid` need neither"
)
REMEMBERED = 256  # texts: a part that stays the same in the next try or drawing is laid out once
_worker = Worker()
_given: list[Callable[[str], str]] = []


class NotLaidOut(Explained):
    """A drawing whose boxes have no places; the message says why, and what to do."""


class GraphvizMissing(NotLaidOut):
    """No Graphviz on this machine; the message says how to get one."""


class LayoutFailed(NotLaidOut):
    """Graphviz could not lay a drawing out; the message has its words."""


def lay_out_by(layout: Callable[[str], str]) -> None:
    """From now on a function lays out: a text in DOT → Graphviz's format `json0`. What it raises
    is told in the words of the exception."""
    _given[:] = [layout]


def start() -> None:
    """Starts to load Graphviz, for a caller who will soon need it; waits for nothing."""
    if not _given and find_spec("pygraphviz") is not None:
        _worker.start()


def laid_out(text: str) -> bytes:
    """Graphviz's format `json0` of a text."""
    if _given:
        return _by_function(_given[0], text)
    if find_spec("pygraphviz") is not None:
        return _by_wheel(text)
    program = shutil.which("dot")
    if program is None:
        raise GraphvizMissing(MISSING)
    return _by_program(program, text)


@lru_cache(maxsize=REMEMBERED)
def _by_wheel(text: str) -> bytes:
    try:
        return _worker.ask(text)
    except Broken as broken:
        raise _failed(str(broken)) from None


@lru_cache(maxsize=REMEMBERED)
def _by_function(layout: Callable[[str], str], text: str) -> bytes:
    try:
        return layout(text).encode()
    except Exception as error:
        raise _failed(str(error)) from None


def _by_program(program: str, text: str) -> bytes:
    done = subprocess.run([program, "-Tjson0"], input=text.encode(), capture_output=True)
    if done.returncode != 0:
        raise _failed(done.stderr.decode(errors="replace").strip() or str(done.returncode))
    return done.stdout


def _failed(words: str) -> LayoutFailed:
    return LayoutFailed(f"Graphviz could not lay the drawing out: {words}")
