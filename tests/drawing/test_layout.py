"""Who lays drawings out: the wheel that is installed with archdsl, whatever is on the PATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import networks
import pytest

from archdsl import driver, load
from archdsl.backends.figure import GraphvizMissing, graphviz
from archdsl.backends.figure.draw import figure_of, printed
from archdsl.backends.figure.graphviz import LayoutFailed, laid_out
from archdsl.transforms.picture import picture

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


@pytest.mark.parametrize("format", STARTS)
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
        laid_out(["digraph {}"])


def test_what_graphviz_refuses_is_told() -> None:
    with pytest.raises(LayoutFailed, match="could not lay the drawing out"):
        laid_out(["digraph {"])


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
    html = subprocess.run([*COMMAND, "lenet5", "--format", "html"], capture_output=True)
    assert html.returncode == 0 and html.stdout.startswith(b"<!doctype html>")


@pytest.mark.slow
@pytest.mark.parametrize("name", [entry.name for entry in driver.listing()])
def test_every_network_in_every_format(no_dot: None, name: str) -> None:
    """And twice the same."""
    plan = picture(load(name).program)
    figure = figure_of(plan)
    for format, start in STARTS.items():
        drawn = printed(figure, format)
        assert drawn.startswith(start)
        assert drawn == printed(figure_of(plan), format)
