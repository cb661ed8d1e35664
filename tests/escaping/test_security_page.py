"""What `docs/security.md` says archdsl never does, watched from outside: every command's own audit
events, and what it leaves in the folders around it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SPEC = (
    "network Net(width=4):\n    input 3x8x8\n    conv(width, 3) -> relu\n    flatten -> linear(2)\n"
)
# Runs commands one after the other, each in the folder, and notes what each did and left there.
WATCH = """
import json, os, sys
NOTHING = {"connected": [], "started": [], "executed": [], "opened": [], "unpickled": []}
KINDS = {"socket.connect": "connected", "socket.getaddrinfo": "connected",
         "subprocess.Popen": "started", "os.system": "started", "os.exec": "started",
         "os.posix_spawn": "started", "pickle.find_class": "unpickled"}
seen = None
def watch(event, args):
    if event in KINDS:
        seen[KINDS[event]].append([event, str(args)[:400]])
    elif event == "open" and isinstance(args[0], str) and (args[2] or 0) & 3:  # to write
        seen["opened"].append(args[0])
def run(words):
    global seen
    seen = {kind: [] for kind in NOTHING}
    status = main(words.split())
    return {"status": status, "left": sorted(os.listdir()), **seen}
seen = {kind: [] for kind in NOTHING}
sys.addaudithook(watch)
from archdsl.cli import main
reports = [run(words) for words in json.loads(sys.argv[2])]
open(sys.argv[1], "w").write(json.dumps(reports))
"""
COMMANDS = [
    "check net.arch", "check net.arch --lints all", "compile net.arch -o net.py",
    "compile net.arch --form deploy", "audit net.arch --format json -o net.json", "sizes net.arch",
    "diff net.arch lenet5", "draw net.arch -o net.svg", "draw net.arch -o net.html",
    "fmt net.arch", "list", "show lenet5", "ops", "blocks", "explain E0301",
    "sweep net.arch -p width=1:3 --jobs 1 -o all.csv",
]  # fmt: skip


Report = dict[str, Any]


def _watched(folder: Path, commands: list[str]) -> list[Report]:
    """What each of the commands did, all in one process."""
    report = folder.parent / "seen.json"
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(report), json.dumps(commands)],
        cwd=folder,
        env={
            **os.environ,
            "ARCHDSL_CACHE_DIR": str(folder.parent / "cache"),
            "XDG_STATE_HOME": str(folder.parent / "cache"),  # the key of what is kept
            "PYTHONDONTWRITEBYTECODE": "1",  # what Python itself keeps beside its modules
        },
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    data: list[Report] = json.loads(report.read_text())
    assert len(data) == len(commands)
    return data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    (work / "net.arch").write_text(SPEC)
    return work


def _check(folder: Path, words: str, seen: Report, left_before: set[str]) -> None:
    assert seen["status"] in (0, 1)
    assert (seen["connected"], seen["unpickled"]) == ([], [])
    assert all("pygraphviz" in str(started) for started in seen["started"])
    assert len(seen["started"]) <= words.startswith("draw")
    allowed = (str(folder), str(folder.parent / "cache"), "/dev/null")
    outside = [p for p in seen["opened"] if os.path.isabs(p) and not p.startswith(allowed)]
    assert outside in ([], [str(folder.parent / "seen.json")])
    asked = {words.split()[words.split().index("-o") + 1]} if " -o " in words else set()
    assert {*seen["left"]} == {*left_before, *asked}


def test_commands_connect_start_and_leave_nothing(folder: Path) -> None:
    """All in one process, and some in a second one, from what was kept."""
    left = {"net.arch"}
    for commands in (COMMANDS, COMMANDS[:3]):
        for words, seen in zip(commands, _watched(folder, commands), strict=True):
            _check(folder, words, seen, left)
            left = {*seen["left"]}


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_by_itself_connects_starts_and_leaves_nothing(folder: Path, words: str) -> None:
    for _ in range(2):
        left = {path.name for path in folder.iterdir()}
        (seen,) = _watched(folder, [words])
        _check(folder, words, seen, left)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("words", ["check net.arch", "draw net.arch -o net.svg"])
def test_nothing_in_the_working_folder_is_imported_or_read(folder: Path, words: str) -> None:
    """Python files and settings that lie beside a spec are not looked at."""
    for name in ("lark.py", "torch.py", "json.py", "pygraphviz.py", "re.py", "archdsl.py"):
        (folder / name).write_text("raise SystemExit('imported from the working folder')")
    for name in ("archdsl.toml", ".archdslrc", "pyproject.toml"):
        (folder / name).write_text("what is this?")
    script = Path(sys.executable).parent / "archdsl"
    done = subprocess.run(
        [sys.executable, str(script), *words.split()], cwd=folder, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
