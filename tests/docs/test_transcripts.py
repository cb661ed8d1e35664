"""Every command and every piece of Python on the written pages, run in the page's order."""

import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from fences import ROOT, WRITTEN, Fence, fences

from archdsl.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, whose Python files can be imported and are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


LONG = {
    "docs/deployment.md": "exports, and runs what it exported",
    "docs/tutorial.md": "compares a network with torchvision's",
    "docs/cli.md": "compares too, and tries hundreds of sizes",
}
PAGES = [pytest.param(p, marks=pytest.mark.slow if p in LONG else ()) for p in WRITTEN]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_runs_from_top_to_bottom(page, folder):
    names: dict[str, object] = {}
    for fence in fences(page):
        if fence.language == "arch" and fence.file is not None:
            (folder / fence.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / fence.file).write_text(fence.spec, encoding="utf-8")
        elif fence.language == "console":
            _transcript(fence)
        elif fence.language == "python" and "excerpt" not in fence.words:
            code = compile(fence.text, fence.where, "exec")
            exec(code, names)


def _transcript(fence: Fence) -> None:
    """Each `$ command` and what it prints; `…` stands for any lines."""
    for entry in re.split(r"^\$ ", fence.text, flags=re.MULTILINE)[1:]:
        command, _, wanted = entry.partition("\n")
        words = _by_a_shell(command)
        assert words[0] == "archdsl", f"{fence.where}: {command}"
        printed = _run(words[1:]).strip("\n") + "\n"
        assert re.fullmatch(_pattern(wanted), printed), f"{fence.where}: {command}\n{printed}"


def _by_a_shell(command: str) -> list[str]:
    """The words that bash makes of a line: one that it cannot read is no example."""
    script = f"printf '%s\\0' {command}"
    ran = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)
    return ran.stdout.split("\0")[:-1]


def _pattern(wanted: str) -> str:
    lines = wanted.strip("\n").split("\n")
    return "".join(
        "(?:.*\n)*?" if line == "…" else f"{re.escape(line).replace('…', '.*')}\n" for line in lines
    )


def _run(words: list[str]) -> str:
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        main(words)
    return out.getvalue()
