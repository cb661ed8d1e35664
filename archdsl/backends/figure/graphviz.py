"""DOT texts → where Graphviz places everything, as JSON, by what the wheel of `pygraphviz` brings.

The layout is always that one's, so that a drawing is the same everywhere. Only where there is no
wheel for a machine, the `dot` program on its PATH does the same.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

MISSING = (
    "drawing svg, png and pdf needs Graphviz, which archdsl installs as pygraphviz, and which was "
    "not found: `pip install pygraphviz` brings it back, or put Graphviz's `dot` on the PATH; "
    "`--format html`, `dot` and `mermaid` need neither"
)
# In a process of its own, since the library's C code writes what it likes to standard error.
PYGRAPHVIZ = """
import json, sys, pygraphviz
for text in json.load(sys.stdin):
    sys.stdout.buffer.write(pygraphviz.AGraph(string=text).draw(format="json0", prog="dot"))
"""


class GraphvizMissing(Exception):
    """No Graphviz on this machine; the message says how to get one."""


class LayoutFailed(Exception):
    """Graphviz could not lay a drawing out; the message has its words."""


def laid_out(texts: list[str]) -> bytes:
    """Graphviz's format `json0` of each text, one after the other."""
    if find_spec("pygraphviz") is not None:
        # -P: nothing is imported from the working folder, which may be a stranger's
        return _run([sys.executable, "-P", "-c", PYGRAPHVIZ], json.dumps(texts))
    program = shutil.which("dot")
    if program is None:
        raise GraphvizMissing(MISSING)
    return _run([program, "-Tjson0"], "".join(texts))


def _run(command: Sequence[str], given: str) -> bytes:
    done = subprocess.run(command, input=given.encode(), capture_output=True)
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip()
        raise LayoutFailed(f"Graphviz could not lay the drawing out: {words or done.returncode}")
    return done.stdout
