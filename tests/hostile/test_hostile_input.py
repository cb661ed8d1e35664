"""Broken and hostile files: a diagnostic with a place, in 30 seconds and 1 GiB, from every command.

Each is given to the command line in a process of its own, which the system stops at these bounds.
"""

import json
import os
import socket
import subprocess
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import forked
import pytest

from tests.parts import parts

HEAD = "network Net:\n    input 3x8x8\n"
MANY = 20_000  # more than any limit; what takes the square of it does not end in time


def body(*lines: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in lines)


def doubling(levels: int) -> str:
    """Blocks that use the next one twice each."""
    pairs = (f"block b{k}:\n    b{k + 1}\n    b{k + 1}\n" for k in range(levels))
    return "".join(pairs) + f"block b{levels}:\n    relu\n" + body("b0")


TEXTS = {
    "open parentheses": (body("conv(" + "(" * 5 * MANY), "E0126", 3),
    "parentheses": (body("conv(" + "(" * MANY + "8" + ")" * MANY + ", 3)"), "E0126", 3),
    "brackets": (body("let x = " + "[" * MANY + "]" * MANY), "E0126", 3),
    "braces": (body("x" + "{" * MANY + "}" * MANY + " = relu"), "E0126", 3),
    "signs": (body("let x = " + "-" * MANY + "1"), "E0126", 3),
    "powers": (body("let x = " + "2**" * MANY + "1"), "E0126", 3),
    "arrows": (body("relu" + " -> relu" * 5 * MANY), "E0126", 1),
    "calls": (body("x" + "()" * MANY), "E0126", 3),
    "levels": ("".join(" " * k + "path:\n" for k in range(980)), "E0113", 1),
    "an indent": (body("path:", " " * MANY + "rleu"), "E0201", 4),
    "much text": (HEAD + "    relu\n" * 5 * MANY, "E0126", 1),
    "many lines": (HEAD + "    relu\n" * 12_000, "E0501", 10_003),
    "many mistakes": (HEAD + "    cnov(\n" * 20_000, "E0102", 3),
    "many names": (HEAD + "".join(f"    a{k} = relu\n" for k in range(12_000)), "E0501", 10_003),
    "a long word": (body("a" * 400_000), "E0201", 3),
    "digits": (body("conv(" + "9" * 400_000 + ", 3)"), "E0126", 3),
    "an exponent": (body("conv(1e999999999, 3)"), "E0126", 3),
    "a shape": (f"network Net:\n    input 3{'x8' * MANY}\n    relu\n", "E0126", 2),
    "an open docstring": ('network Net:\n    """' + "x" * 400_000, "E0104", 2),
    "an open string": (body('conv("' + "x" * 400_000), "E0104", 3),
    "copies": (body("relu * 10 ** 12"), "E0501", 3),
    "exponential blocks": (doubling(40), "E0501", None),
    "exponential blocks with arguments": (
        "block b(n, k):\n    if n > 0:\n        b(n - 1, 2 * k)\n        b(n - 1, 2 * k + 1)\n"
        "    relu\n" + body("b(40, 1)"),
        "E0501",
        None,
    ),
    "blocks in each other": ("block a:\n    b\nblock b:\n    a\n" + body("a"), "E0503", None),
    "functions in each other": (
        "fn f(n) = g(n)\nfn g(n) = f(n)\n" + body("conv(f(1), 1)"), "E0503", None
    ),
    "a comprehension": (body(f"let x = [[i + j for i in range({MANY})] for j in range({MANY})]"),
        "E0502", 3),
    "a NUL": (body("relu\0"), "E0127", 3),
    "tabs and blanks": (HEAD + "\trelu\n", "E0106", 3),
    "carriage returns": (body("relu").replace("\n", "\r"), "E0115", 1),
    "a mark inside": (body("\ufeffrelu"), "E0115", 3),
    "letters of other scripts": (body("größe = relu"), "E0115", 3),
    "letters that look alike": (body("r\u0435lu"), "E0115", 3),
    "a combining mark": (body("relu\u0301"), "E0115", 3),
    "full-width digits": (body("conv(\uff18, 3)"), "E0115", 3),
    "a direction override": (body("re\u202elu"), "E0115", 3),
    "a zero-width joiner": (body("re\u200dlu"), "E0115", 3),
    "an astral letter": (body("\U0001d4c7elu"), "E0115", 3),
    "another version": ("archdsl 2\n" + body("relu"), "E0128", 1),
}  # fmt: skip
SOUND = {
    "CRLF": body("conv(8, 3)").replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + body("conv(8, 3)"),
    "this version": "archdsl 1\n" + body("conv(8, 3)"),
    "tabs": body("conv(8, 3)").replace("    ", "\t"),
    "a long comment": "#" * 400_000 + "\n" + body("conv(8, 3)"),
}


def archdsl(folder: Path, *words: str, stdin: str = os.devnull) -> subprocess.CompletedProcess[str]:
    """The command that was run; none may end by a signal, or with a traceback."""
    ran = forked.archdsl(folder, *words, stdin=stdin)
    assert ran.returncode in (0, 1, 2), (ran.returncode, ran.stderr[-500:])
    assert "Traceback" not in ran.stderr, ran.stderr[-500:]
    return ran


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", TEXTS)
def test_a_diagnostic_and_its_place(name: str, tmp_path: Path) -> None:
    text, code, line = TEXTS[name]
    (tmp_path / "net.arch").write_bytes(text.encode())
    ran = archdsl(tmp_path, "check", "--format", "json", "net.arch")
    assert ran.returncode == 1
    first = json.loads(ran.stdout.splitlines()[0])
    assert (first["code"], first["file"]) == (code, "net.arch")
    assert line is None or first["line"] == line
    assert 1 <= first["line"] <= text.count("\n") + 1 and first["column"] >= 1


@pytest.mark.parametrize("name", SOUND)
def test_sound_all_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_bytes(SOUND[name].encode())
    assert archdsl(tmp_path, "check", "net.arch").returncode == 0


LARGE = {  # just below `steps` and `scope_steps`
    "copies within copies": "block a:\n    tanh * 300\n" + body("a * 330"),
    "a long chain": HEAD + "    conv(3, 1)\n" * 9_990,
    "norms to fold": HEAD + "    conv(3, 1)\n    bn\n    relu\n" * 3_330,
    "many residuals": HEAD + "    add:\n        identity\n        conv(3, 1) -> relu\n" * 3_300,
    "many branches": HEAD + "    concat:\n"
    + "".join(f"        conv({k}, 1)\n" for k in range(1, 4_900)),
    "one tap read often": HEAD + "    t = relu\n" + "    add(t, conv(3, 1))\n" * 2_000,
    "many names": HEAD + "".join(f"    layer_{k} = relu\n" for k in range(9_990)),
    "one layer used often": HEAD + "    layer f = conv(3, 1)\n" + "    f\n" * 9_900,
    "blocks within blocks": "".join(f"block b{k}:\n    relu\n    b{k + 1}\n" for k in range(48))
    + "block b48:\n    tanh * 200\n" + HEAD + "    b0\n" * 400,
    "a loop of blocks": "block b(n):\n    conv(3, 1)\n    if n % 2 == 0:\n        relu\n    bn\n"
    + body("for i in range(3300):", "    b(i)"),
}  # fmt: skip


EVERY = (
    *("check", "fmt --check", "compile", "compile --form deploy", "audit", "sizes"),
    *("sweep -p n=1", "draw --format mermaid", "draw --format html", "diff lenet5"),
    *("draw --format dot --depth all",),
)
HARDEST = "draw --format html"
DEEP = ("many residuals", "many branches", "blocks within blocks")
AT_THE_LIMITS = {f"{words}, {name}": (words, name) for name in LARGE for words in EVERY}
FULL = {  # the hardest command with every text, and every command with one of the hardest
    *(f"{HARDEST}, {name}" for name in LARGE),
    *(f"{words}, {name}" for words, name in zip(EVERY, cycle(DEEP), strict=False)),
    *(f"compile --form deploy, {name}" for name in DEEP),
}


@pytest.mark.parametrize("kind", parts(AT_THE_LIMITS, (), FULL))
def test_what_the_limits_allow_is_done_soon(kind: str, tmp_path: Path) -> None:
    words, name = AT_THE_LIMITS[kind]
    (tmp_path / "net.arch").write_text(LARGE[name])
    ran = archdsl(tmp_path, *words.split(), "net.arch")
    if ran.returncode == 2:  # there is no `n` to vary, or the drawing is too large to lay out
        assert words.startswith("sweep") or "too large to lay out" in ran.stderr, ran.stderr


# --- files -------------------------------------------------------------------------------------


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100_000_000)


def _unreadable(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00block")


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (_fifo, "it is not a regular file"),
    "a socket": (_socket, "it is not a regular file"),
    "a folder": (Path.mkdir, "it is a folder"),
    "100 MB": (_sparse, "it is larger than 10,000,000 bytes"),
    "no text": (_unreadable, "it is not UTF-8 text (byte 0)"),
    "/dev/zero": (lambda path: path.symlink_to("/dev/zero"), "it is not a regular file"),
    "/proc/self/mem": (lambda path: path.symlink_to("/proc/self/mem"), "input/output error"),
    "a link to nothing": (lambda path: path.symlink_to("nowhere"), "there is no such file"),
    "a link to itself": (lambda path: path.symlink_to(path), "there is no such file"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_spec_that_is_no_file(name: str, tmp_path: Path) -> None:
    make, reason = FILES[name]
    make(tmp_path / "net.arch")
    for command in ("audit", "compile") if name == "a folder" else ("check", "compile"):
        ran = archdsl(tmp_path, command, "net.arch")
        assert ran.returncode == 2
        assert ran.stderr.startswith("archdsl: cannot read net.arch: "), ran.stderr
        assert reason in ran.stderr
    assert archdsl(tmp_path, "fmt", "net.arch").returncode == 2


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", FILES)
def test_an_import_of_it(name: str, tmp_path: Path) -> None:
    make, reason = FILES[name]
    make(tmp_path / "part.arch")
    (tmp_path / "net.arch").write_text('from "part.arch" import part\n' + body("part"))
    ran = archdsl(tmp_path, "check", "--json", "net.arch")
    (told,) = (json.loads(line) for line in ran.stdout.splitlines())
    assert (told["code"], told["line"], told["column"]) == ("E0601", 1, 6)
    outside = "it lies outside the folder of the spec"
    assert reason in told["message"] or outside in told["message"] or "no such" in told["message"]


@pytest.mark.parametrize(
    "path",
    ["../../../../../../etc/passwd", "/etc/passwd", "~/.bashrc", "file:///etc/passwd", "$HOME/x",
     "..", "", "a\\0b", "x" * 5000, "C:\\\\x.arch", "../outside.arch", "sub/../../outside.arch"],
)  # fmt: skip
def test_an_import_from_elsewhere(path: str, tmp_path: Path) -> None:
    (tmp_path / "outside.arch").write_text("block part:\n    relu\n")
    folder = tmp_path / "inside" / "sub"
    folder.mkdir(parents=True)
    net = folder.parent / "net.arch"
    net.write_text(f'from "{path}" import part\n' + body("part"))
    ran = archdsl(folder.parent, "check", "--json", "net.arch")
    (told,) = (json.loads(line) for line in ran.stdout.splitlines())
    assert (told["code"], told["line"]) == ("E0601", 1)
    assert "root:" not in ran.stdout + ran.stderr


def test_a_circle_of_imports(tmp_path: Path) -> None:
    for k in range(3):
        text = f'from "{(k + 1) % 3}.arch" import b{(k + 1) % 3}\nblock b{k}:\n    b{(k + 1) % 3}\n'
        (tmp_path / f"{k}.arch").write_text(text)
    (tmp_path / "net.arch").write_text('from "0.arch" import b0\n' + body("b0"))
    ran = archdsl(tmp_path, "check", "--json", "net.arch")
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(t["code"], t["file"], t["line"]) for t in told] == [("E0602", "2.arch", 1)]


def test_standard_input_without_end(tmp_path: Path) -> None:
    for command in ("check", "fmt"):
        ran = archdsl(tmp_path, command, "-", stdin="/dev/zero")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "cannot read standard input: it is larger than" in ran.stderr


# --- limits ------------------------------------------------------------------------------------


def test_a_limit_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(body("tanh * 20"))
    for words in (["check"], ["compile"], ["sizes"], ["sweep", "-p", "classes=1"], ["diff", "-"]):
        ran = archdsl(tmp_path, *words, "net.arch", "--limit", "scope_steps=10")
        assert ran.returncode in (1, 2), words
    ran = archdsl(tmp_path, "check", "net.arch", "--limit", "scope_steps=10")
    assert "error[E0501]: the network has more than 10 steps" in ran.stderr
    (tmp_path / "net.arch").write_text(HEAD + "    tanh\n" * 10_100)
    assert archdsl(tmp_path, "check", "net.arch", "--lints", "none").returncode == 1
    higher = ("--lints", "none", "--limit", "scope_steps=20_000")
    assert archdsl(tmp_path, "check", "net.arch", *higher).returncode == 0


HIGHEST = ["--limit", "depth=1000", "--limit", "calls=500", "--limit", "nesting=100"]
NESTED = {
    "blocks": "block b(n):\n    if n > 0:\n        path:\n            b(n - 1)\n    relu\n"
    + body("b(98)"),
    "functions": "fn f(n) = f(n - 1) + 1 if n > 0 else 1\n" + body("conv(f(498), 1)"),
}  # fmt: skip


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("words", ["check", "compile", "audit", "draw --format dot --depth all"])
def test_the_highest_limits_are_borne(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(NESTED[name])
    assert archdsl(tmp_path, *words.split(), "net.arch", *HIGHEST).returncode == 0


@pytest.mark.parametrize(
    ("given", "reason"),
    {
        "stepz=3": "there is no limit 'stepz'; did you mean `steps`?",
        "steps": "a limit is given as --limit NAME=N, not 'steps'",
        "steps=-1": "the limit 'steps' is a whole number, not '-1'",
        "steps=1e9": "the limit 'steps' is a whole number, not '1e9'",
        "depth=100000": "the limit 'depth' is 1,000 at most",
        "calls=100000000": "the limit 'calls' is 500 at most",
        "nesting=101": "the limit 'nesting' is 100 at most",
    }.items(),
)
def test_limits_misused(given: str, reason: str, tmp_path: Path) -> None:
    ran = archdsl(tmp_path, "check", "lenet5", "--limit", given)
    assert ran.returncode == 2 and reason in ran.stderr
