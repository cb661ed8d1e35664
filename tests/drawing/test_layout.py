"""Who lays drawings out: the wheel that is installed with archdsl, whatever is on the PATH."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import networks
import pytest
from printed import printed

import archdsl
from archdsl.backends.diagram_formats import draw
from archdsl.backends.figure import GraphvizMissing, NotLaidOut, graphviz
from archdsl.backends.figure import worker as process
from archdsl.backends.figure.figure_of import figure_of
from archdsl.backends.figure.graphviz import LayoutFailed, laid_out
from archdsl.backends.figure.skeleton import ROOM, parts, skeletons
from archdsl.backends.figure.worker import Broken, Worker
from archdsl.base.exceptions import NotInstalled
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.ruler import STANDARD

STARTS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
COMMAND = [sys.executable, "-m", "archdsl.cli", "draw"]


@pytest.fixture
def no_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH on which nothing is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("dot") is None


@pytest.fixture
def failing_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which `dot` is a program that leaves a trace and fails."""
    program, trace = tmp_path / "dot", tmp_path / "called"
    program.write_text(f"#!/bin/sh\necho called >> {trace}\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert shutil.which("dot") == str(program)
    return trace


@pytest.mark.parametrize(
    "format", ["pdf", *(pytest.param(f, marks=pytest.mark.slow) for f in ("svg", "png"))]
)
def test_the_command_draws_quietly(no_dot: None, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"net.{format}"
    done = subprocess.run([*COMMAND, "lenet5", "-o", str(file)], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert file.read_bytes().startswith(STARTS[format])


def test_a_dot_on_the_path_is_not_called_and_changes_no_byte(failing_dot: Path) -> None:
    program = networks.program(networks.BRANCHES)
    with_dot = printed(figure_of(picture(program)), "svg")
    assert not failing_dot.exists()
    shutil.copy("/bin/true", failing_dot.parent / "dot")
    assert printed(figure_of(picture(program)), "svg") == with_dot


@pytest.mark.dot
@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "TOKENS"])
def test_the_program_lays_out_where_there_is_no_wheel(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = picture(networks.program(getattr(networks, name)))
    by_wheel = figure_of(plan)
    monkeypatch.setattr(graphviz, "find_spec", lambda name: None)
    by_program = figure_of(plan)
    assert [text.words for text in by_wheel.texts()] == [text.words for text in by_program.texts()]
    assert len(by_wheel.shapes) == len(by_program.shapes)


@pytest.mark.parametrize("format", STARTS)
def test_the_same_bytes_each_time(format: str) -> None:
    plan = picture(networks.program(networks.DENSE))
    assert printed(figure_of(plan), format) == printed(figure_of(plan), format)


def test_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, no_dot: None) -> None:
    monkeypatch.setattr(graphviz, "find_spec", lambda name: None)
    with pytest.raises(GraphvizMissing, match=r"`pip install pygraphviz`.*`dot` on the PATH"):
        laid_out("digraph {}")


@pytest.mark.parametrize(("format", "library"), [("png", "resvg_py"), ("pdf", "reportlab")])
def test_a_writer_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, format: str, library: str
) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotInstalled, match=f"drawing {format} needs .*: pip install re"):
        draw(networks.program(networks.DENSE), format)


def test_a_given_function_lays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(graphviz, "_given", [])
    graphviz.lay_out_by(lambda text: asked.append(text) or "{}")
    assert laid_out("digraph { a }") == b"{}" and asked == ["digraph { a }"]

    def broken(text: str) -> str:
        raise RuntimeError("no memory")

    graphviz.lay_out_by(broken)
    with pytest.raises(LayoutFailed, match="no memory"):
        laid_out("digraph { a }")


def test_what_graphviz_refuses_is_told() -> None:
    with pytest.raises(LayoutFailed, match="could not lay the drawing out"):
        laid_out("digraph {")


def test_the_worker_goes_on_after_a_mistake_and_is_started_again_after_its_end() -> None:
    worker = Worker()
    expected = worker.ask("digraph {a -> b}")
    with pytest.raises(Broken, match="Invalid Input"):
        worker.ask("digraph {")
    assert worker.ask("digraph {a -> b}") == expected
    assert worker._process is not None
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    assert worker.ask("digraph {a -> b}") == expected
    worker.end()
    assert worker._process is None


def test_an_end_while_it_works_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next text has a process of its own."""
    monkeypatch.setattr(process, "PROGRAM", "import sys; sys.stdin.readline(); sys.exit(3)")
    worker = Worker()
    with pytest.raises(Broken, match="it ended with 3"):
        worker.ask("digraph {a -> b}")
    monkeypatch.undo()
    assert b'"name": "a"' in worker.ask("digraph {a -> b}")
    worker.end()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks on this system")
def test_a_fork_asks_a_process_of_its_own() -> None:
    worker = Worker()
    expected = worker.ask("digraph {a -> b}")
    child = os.fork()
    if child == 0:
        alike = worker._process is None and worker.ask("digraph {a -> b}") == expected
        worker.end()
        os._exit(0 if alike else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert worker.ask("digraph {a -> b}") == expected
    worker.end()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
def test_it_ends_when_whoever_started_it_is_killed() -> None:
    code = (
        "import sys, time; from archdsl.backends.figure.worker import Worker; w = Worker();"
        "w.ask('digraph {}'); print(w._process.pid, flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    worker = int(run.stdout.readline())
    run.kill()
    run.communicate()
    for _ in range(200):
        if not _is_running(worker):
            return
        time.sleep(0.05)
    raise AssertionError("it still runs after ten seconds")


def _is_running(pid: int) -> bool:
    """Whether a process is there, and no mere entry that waits to be read by its parent."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_what_was_laid_out_before_changes_no_byte() -> None:
    """In the order of the list and in the other, each by a process of its own."""
    plans = [picture(networks.program(text)) for text in (networks.RESIDUAL, networks.SKIPS)]
    texts = [t for p in plans for t in skeletons(p, STANDARD, [ROOM for _ in parts(p)])]
    there, back = Worker(), Worker()
    forwards = [there.ask(text) for text in texts]
    backwards = [back.ask(text) for text in reversed(texts)]
    assert forwards == backwards[::-1]
    there.end(), back.end()


def test_the_command_gives_the_message_alone(no_dot: None, tmp_path: Path) -> None:
    """With a pygraphviz that cannot be found: a folder in front hides what is installed."""
    code = (
        "import importlib.util as u, sys; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'pygraphviz' else find(name, *a);"
        "from archdsl.cli import main; sys.exit(main(['draw', 'lenet5', '-o', sys.argv[1]]))"
    )
    file = tmp_path / "net.svg"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, env=os.environ
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "pip install pygraphviz" in done.stderr
    assert not file.exists()
    text = subprocess.run([*COMMAND, "lenet5", "--format", "mermaid"], capture_output=True)
    assert text.returncode == 0 and text.stdout.startswith(b"---")


FORK = "network Net:\n    input 3x8x8\n    concat:\n"
READERS = "network Net:\n    input 3x8x8\n    t = relu\n" + "    add(t, conv(3, 1))\n" * 110


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FORK + "".join(f"        conv({k}, 1)\n" for k in range(1, 1_002)), "1,001 boxes beside"),
        (READERS, "arrows that pass 1"),
    ],
    ids=["branches", "readers"],
)
def test_what_would_take_minutes_is_refused(text: str, why: str) -> None:
    net = archdsl.loads(text)
    with pytest.raises(NotLaidOut, match=f"{why}.* `--format mermaid` and `--format dot`"):
        net.draw()
    assert net.draw(format="mermaid") and net.draw(format="dot")
