"""Small odd specs, hundreds of them: every command ends with a diagnostic or a result.

Names that mean something elsewhere, values of the wrong kind or size, lines out of place, and
characters that look like others or like nothing.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archdsl.cli import main

HEAD = "network Net:\n    input 3x8x8\n"
CHECK = "check --json"
COMMANDS = (CHECK, "compile", "compile --form deploy", "audit", "draw --format dot",
            "draw --format html", "fmt --check", "sizes --up-to 2")  # fmt: skip


def listed(name: str) -> list[str]:
    """The lines of a file beside this one; `~` begins a further line of the spec."""
    return (Path(__file__).parent / "lines" / f"{name}.txt").read_text("utf-8").splitlines()


NAMES, VALUES, LINES = listed("names"), listed("values"), listed("lines")
PLACES = (HEAD + "    {0} = conv(4, 1)\n    relu\n", "block {0}:\n    relu\n" + HEAD + "    {0}\n",
          "block b({0}=3):\n    conv({0}, 1)\n" + HEAD + "    b\n",
          "network {0}:\n    input 3x8x8\n    relu\n",
          HEAD + "    for {0} in range(2):\n        conv({0} + 1, 1)\n")  # fmt: skip

USES = HEAD + "    let y = {0}\n    relu\n", HEAD + "    conv({0}, 1)\n"

FILES = (
    "", "\n" * 1000, "# hi", '\"\"\"hi\"\"\"', "network Net:",
    "network Net\n    input 3\n    relu\n",
    "network Net:\n    relu\n    input 3x8x8\n", "network Net:\n    relu\n", HEAD,
    *(f"network Net:\n    input {shape}\n    relu\n" for shape in (
        "0x8x8", "-3x8x8", "99999999999999x9x9", "3.5x8", "()", "x".join("1" * 40), "nx8x8",
        "(n, n * 2)", "(input.channels, 3)", "3x8x8 int", "int", "3 x 8")),
    "network A = A\n", "network A = B\nnetwork B = A\n", "block b:\n    relu\nnetwork A = b\n",
    "network A = zzz(3)\n", "network A = conv(3, 3)\n", HEAD + "    relu\nnetwork M = Net(1, 2)\n",
    HEAD + "    relu\n" + HEAD + "    tanh\n",
    *(f"{declared}\n{HEAD}    {use}\n" for declared, use in (
        ("block b(n=n):\n    conv(n,1)", "b"), ("block b(n=m, m=2):\n    conv(n,1)", "b"),
        ("block b(n=2**100):\n    conv(n,1)", "b"), ("block b(n):\n    conv(n,1)", "b"),
        ("block b(n):\n    conv(n,1)", "b(1,2,3)"), ("block b(n):\n    conv(n,1)", "b(n=1,n=2)"),
        ("block b(n,n):\n    conv(n,1)", "b(1,2)"), ("block conv(n):\n    relu", "conv(3)"),
        ("fn max(a,b) = a", "conv(max(1,2),1)"), ("fn f(x)=x\nfn f(x)=x+1", "conv(f(1),1)"),
        ("fn f(n) = f(n-1) if n > 0 else 1", "conv(f(3000),1)"),
        ("fn f(n) = n if n < 2 else f(n-1) + f(n-2)", "conv(f(35),1)"),
        ("fn a(m,n) = n+1 if m==0 else (a(m-1,1) if n==0 else a(m-1,a(m,n-1)))", "conv(a(4,2),1)"),
        ("block b(n):\n    b(n+1)", "b(0)"),
        ("block b(n):\n    add:\n        b(n+1)\n        b(n+2)", "b(0)"),
        ("network M:\n    input 3x8x8\n    relu", "M"), ("block b:\n    t = relu", "add(t, relu)"),
        ('from "net.arch" import Net', "relu"), ('from "x.arch" import *', "relu"),
        ('from "x.arch" import', "relu"), ('from "." import b', "relu"),
        ('from "http://x/y.arch" import b', "relu"), ('from "x.arch" import network', "relu"),
        ("archdsl 0", "relu"), ("archdsl 1.0", "relu"), ("archdsl 1\narchdsl 1", "relu"),
        ("archdsl " + "9" * 40, "relu"), ("archdsl -1", "relu"))),
)  # fmt: skip

CHARACTERS = (
    "\u00a0\u2028\u2029\u0085\x0b\x0c\x1b\x7f\u200f\u2066\u2069\ud7ff\U000e0041\u0430\uff08\u2212"
    "\u00d7\u2192\u201c\ufffe\x00"
)
AMONG = (HEAD + "    re{0}lu\n", HEAD + "    relu{0}    tanh\n",
         HEAD + "    relu  # {0}\n    tanh\n",
         'network Net:\n    \"\"\"a {0} b\"\"\"\n    input 3x8x8\n    relu\n',
         HEAD + '    pad(1, mode="{0}")\n', "{0}" + HEAD + "    relu\n")  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    for k, template in enumerate(PLACES):
        yield from ((f"{name} in place {k}", template.format(name)) for name in NAMES)
    for k, template in enumerate(USES):
        yield from ((f"value {v} in place {k}", template.replace("{0}", v)) for v in VALUES)
    yield from ((line, f"{HEAD}    {line.replace('~', chr(10) + '    ')}\n") for line in LINES)
    yield from ((f"file {k}", text) for k, text in enumerate(FILES))
    for k, template in enumerate(AMONG):
        yield from (
            (f"U+{ord(c):04X} in place {k}", template.replace("{0}", c)) for c in CHARACTERS
        )


TEXTS = dict(texts())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", TEXTS)
def test_a_diagnostic_or_a_result(
    name: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """From `check` and others that take turns: two for a refused text, which all of them read and
    tell in the same way, and three for a sound one."""
    run(name, folder, capfd, sound=3, refused=2)


@pytest.mark.slow
def test_every_command(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in TEXTS:
        run(name, folder, capfd, sound=len(COMMANDS), refused=0)


def run(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], *, sound: int, refused: int
) -> None:
    """A text by `check` and by so many other commands."""
    (tmp_path / "net.arch").write_text(TEXTS[name], encoding="utf-8", newline="")
    spec = "net.arch:A" if TEXTS[name].count("\nnetwork ") else "net.arch"  # one of several
    turn = list(TEXTS).index(name)
    endings: dict[str, int] = {}
    for number, command in enumerate(COMMANDS):
        others = refused if endings.get(CHECK) else sound
        if number and (number - turn) % (len(COMMANDS) - 1) >= others:
            continue
        words = command.split()
        endings[command] = main([words[0], spec, *words[1:]])
        out, err = capfd.readouterr()
        assert not any(_steers(character) for character in set(out + err)), command
        if command == CHECK:
            told = [json.loads(line) for line in out.splitlines()]
            errors = [d for d in told if d["severity"] == "error"]
            assert bool(errors) == (endings[command] == 1)
            assert len(errors) <= 2 and all(len(d["message"]) < 300 for d in told)
        elif command == "compile" and endings[command] == 0:
            compile(out, "net.py", "exec")
    accepted = {endings[c] for c in endings if c.startswith(("check", "compile", "audit", "draw"))}
    assert len(accepted) == 1, endings


def _steers(character: str) -> bool:
    """Whether a terminal or reader would do something else than show the character."""
    control = ord(character) < 32 and character not in "\n\t"
    return control or character in "\x7f\x85\u2028\u2029\u200f\u202e\u2066\u2069"
