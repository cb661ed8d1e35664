"""Nothing of a spec is run: reading, checking, auditing, drawing and emitting only write."""

import ast
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
from breakouts import BREAKOUTS, TELLING, spec

import archdsl
from archdsl.proof import Unproven, proved

WATCHED = """
import sys
from archdsl import driver
from archdsl.analyses.figures.report import audit
from archdsl.backends.audit import render
from archdsl.backends.diagram_formats import draw
from archdsl.backends.python import emit, emit_deployed
from archdsl.base.render import render as rendered
from archdsl.review import warnings
from archdsl.transforms.deploy import deploy
from archdsl.transforms.picture import exploration

def use(text):
    loaded = driver.loads(text)
    [rendered(d) for d in loaded.diagnostics]
    if loaded.program is None:
        return
    warnings(loaded.program)
    emit(loaded.program), emit_deployed(deploy(loaded.program))
    draw(loaded.program, "dot"), draw(loaded.program, "mermaid"), exploration(loaded.program)
    figures = audit(loaded.program)
    [render(figures, format) for format in ("table", "json", "csv", "md", "html")]

RUNS = ("exec", "import", "os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen",
        "socket.", "ctypes.", "pickle.find_class", "code.__new__", "webbrowser.open")
watching = False

def proves(event, arguments):
    # The proof runs what was emitted over stand-ins, once it has looked at every word of it.
    return event == "exec" and arguments[0].co_filename == "<emitted>"

def hook(event, arguments):
    if watching and event.startswith(RUNS) and not proves(event, arguments):
        raise SystemExit(f"{event} {arguments!r:.200}")
    if watching and event == "open" and arguments[1] not in ("r", "rb", None):
        raise SystemExit(f"writes {arguments!r:.200}")

texts = sys.stdin.read().split("\\0")
for text in texts:
    use(text)            # all that is needed is imported
sys.addaudithook(hook)
watching = True
for text in texts:
    use(text + "\\n")    # another text, so that nothing is taken from memory
watching = False
print(len(texts), "used")
try:
    watching = True
    exec(compile("1", "<watched>", "exec"))
except SystemExit:
    watching = False
    print("and watched")
"""


@pytest.mark.parametrize("names", [TELLING, pytest.param(BREAKOUTS, marks=pytest.mark.slow)])
def test_nothing_of_a_spec_is_run(names: Collection[str]) -> None:
    """Python's own audit events tell of every import, `exec`, `eval` of code, and process."""
    names = [n for n in names if n not in ("line ends", "terminal", "invisible")]
    texts = [spec(BREAKOUTS[name]) for name in names]
    texts += [text.replace("conv(channels, 3)", "cnov()") for text in texts[:5]]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        input="\0".join(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "ARCHDSL_CACHE_DIR": os.devnull},  # no cache: nothing is written
    )
    assert done.stdout == f"{len(texts)} used\nand watched\n", done.stderr[-800:]


def test_no_source_of_archdsl_evaluates_text() -> None:
    """`build` runs what the emitter wrote, and the proof runs it over stand-ins; no other could."""
    room = Path(__file__).parents[2] / "archdsl"
    calls = {}
    names = {"exec", "eval", "compile", "__import__"}
    for file in room.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text if any(name in text for name in names) else "")
        called = names & {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and not all(isinstance(a, ast.Constant) for a in node.args)  # what stands there
        }
        if called:
            calls[file.relative_to(room).as_posix()] = called
    assert {*calls} == {"runtime/build.py", "proof/emitted_text.py"}, calls


HARMLESS = "class Net(nn.Module):\n    def __init__(self) -> None:\n        super().__init__()\n"
WAYS_OUT = {
    "import": "import os",
    "from": "from os import system",
    "call at the top": "print(1)",
    "dunder import": "class Net(nn.Module):\n    x = __import__('os')",
    "class of a value": "class Net(nn.Module):\n    x = ().__class__",
    "globals of a function": "class Net(nn.Module):\n    x = nn.ReLU.__init__.__globals__",
    "bases": "class Net(nn.Module):\n    x = ().__class__.__base__.__subclasses__()",
    "lambda": "class Net(nn.Module):\n    x = (lambda: 1)()",
    "decorator": "@print\nclass Net(nn.Module):\n    pass",
    "while": HARMLESS + "        while True:\n            pass",
    "with": HARMLESS + "        with open('x') as f:\n            pass",
    "try": HARMLESS + "        try:\n            pass\n        except Exception:\n            pass",
    "global": HARMLESS + "        global x",
    "format": "class Net(nn.Module):\n    x = '{0.__class__}'.format(1)",
    "frame": "class Net(nn.Module):\n    x = (i for i in ()).gi_frame",
    "name of a builtin": HARMLESS + "        open('x')",
    "eval": HARMLESS + "        eval('1')",
    "attribute by name": HARMLESS + "        getattr(self, '__class__')",
    "attribute of a module": HARMLESS + "        getattr(nn, '__dict__')",
    "walrus": HARMLESS + "        (y := 1)",
    "del": HARMLESS + "        del self",
    "another text of a helper": "class DropPath(nn.Module):\n    x = open('x')",
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_proof_refuses_what_could_reach_python(way: str, tmp_path: Path, monkeypatch) -> None:
    """Whatever an emitted file says, it reads no file, imports nothing, and ends."""
    monkeypatch.chdir(tmp_path)
    program = archdsl.loads("network Net:\n    input 3x8x8\n    relu\n").program
    text = f"from torch import nn\n\n\n{WAYS_OUT[way]}\n"
    with pytest.raises(Unproven):
        proved(program, text, "Net")
    assert not list(tmp_path.iterdir())
