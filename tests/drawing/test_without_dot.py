"""A machine without Graphviz's programs: the wheel of pygraphviz draws, or one message says what
to install."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import networks
import pytest

from archdsl.backends import render_dot
from archdsl.backends.dot import to_dot
from archdsl.backends.render_dot import GraphvizMissing, drawn, render
from archdsl.transforms.picture import picture

STARTS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
COMMAND = [sys.executable, "-m", "archdsl.cli", "draw", "lenet5"]


@pytest.fixture
def no_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH on which nothing is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("dot") is None


def texts(svg: bytes) -> list[str]:
    root = ElementTree.fromstring(svg)
    found = ("".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text"))
    return [text.replace("\xa0", " ") for text in found]


@pytest.mark.parametrize("format", STARTS)
def test_the_command_draws_quietly(no_dot: None, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"net.{format}"
    done = subprocess.run([*COMMAND, "-o", str(file)], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert file.read_bytes().startswith(STARTS[format])


@pytest.mark.dot
@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "TOKENS"])
def test_both_renderers_write_the_same_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = picture(networks.program(getattr(networks, name)))
    by_program = drawn(plan, "svg")
    monkeypatch.setattr(render_dot, "_by_dot", lambda *_: None)
    by_wheel = drawn(plan, "svg")
    assert by_program != by_wheel  # they are different versions, and lay text out differently
    assert texts(by_program) == texts(by_wheel)
    shapes = [
        len(re.findall(rb"<(?:path|ellipse|polygon) ", svg)) for svg in (by_program, by_wheel)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("format", STARTS)
def test_the_same_bytes_each_time(no_dot: None, format: str) -> None:
    text = to_dot(networks.program(networks.DENSE))
    assert render(text, format) == render(text, format)


def test_hostile_text_is_drawn_as_it_is(no_dot: None) -> None:
    hostile = ['a "quoted" <b>name</b> & &lt;', "back\\slash \\n \\N", "Größe · 日本 → ∑"]
    program = networks.program(networks.TOKENS)
    for text in hostile:
        label = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
        assert texts(render(f'digraph {{ n [label="{label}"] }}', "svg")) == [text]
    assert "input 3x32x32" in texts(render(to_dot(program), "svg"))


def test_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> bytes:
        raise graphviz.ExecutableNotFound(["dot"])

    monkeypatch.setattr(graphviz.Source, "pipe", missing)
    monkeypatch.setattr(render_dot, "find_spec", lambda name: None)
    with pytest.raises(
        GraphvizMissing, match=r"pip install 'archdsl\[draw\]'.*apt install graphviz"
    ):
        render("digraph {}", "svg")


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
    assert done.stderr.count("\n") == 1 and "archdsl[draw]" in done.stderr
    assert not file.exists()
    html = subprocess.run([*COMMAND, "--format", "html"], capture_output=True)
    assert html.returncode == 0 and html.stdout.startswith(b"<!doctype html>")
