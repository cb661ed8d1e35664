"""Output files are written whole or not at all."""

import os
import re
import subprocess
import sys

import pytest

import archdsl as archdsl_package
from archdsl.base import files
from archdsl.base.files import Unwritable, write_whole
from archdsl.base.version import __version__


def test_a_result_goes_into_a_file(archdsl, tmp_path):
    target = tmp_path / "audit.json"
    ran = archdsl("audit", "lenet5", "--format", "json", "-o", target)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert '"params": 61706' in target.read_text()
    assert os.listdir(tmp_path) == ["audit.json"]


FORMATS = {
    "compile": ["net.py"],
    "audit": ["net.json", "net.csv", "net.md", "net.txt"],
    "draw": ["net.svg", "net.dot", "net.mmd", "net.html"],
}


@pytest.mark.parametrize(
    ("command", "name"), [(c, name) for c, names in FORMATS.items() for name in names]
)
def test_a_foreign_file_is_spared(archdsl, tmp_path, command, name):
    target = tmp_path / name
    target.write_text("import torch  # by hand\n")
    format = {"audit": ["--format", target.suffix.lstrip(".").replace("txt", "table")]}
    words = [command, "lenet5", "-o", target, *format.get(command, [])]
    ran = archdsl(*words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        f"archdsl: {target} is there already and was not written by archdsl; --force replaces it\n"
    )
    assert target.read_text() == "import torch  # by hand\n"
    assert archdsl(*words, "--force").status == 0
    written = target.read_bytes()
    assert b"by hand" not in written
    assert archdsl(*words).status == 0  # now it is archdsl's own
    assert target.read_bytes() == written
    target.write_bytes(written + b" ")
    assert archdsl(*words).status == 2
    assert target.read_bytes() == written + b" "


# --- what archdsl wrote, and what it did not ---------------------------------------------------

MARKED = ["net.py", "net.svg", "net.dot", "net.mmd", "net.html", "audit.md", "audit.html"]


def _words(name):
    command = "audit" if name.startswith("audit") else "compile" if name == "net.py" else "draw"
    format = ["--format", name.partition(".")[2]] if command == "audit" else []
    return [command, "lenet5", *format]


@pytest.mark.parametrize("name", MARKED)
def test_a_result_is_known_again_by_its_checksum(archdsl, tmp_path, monkeypatch, name):
    target = tmp_path / name
    assert archdsl(*_words(name), "-o", target).status == 0
    written = target.read_bytes()
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "other"))
    for kept in (written, written.replace(b"\n", b"\r\n")):
        target.write_bytes(kept)
        assert archdsl(*_words(name), "--input", "1x36x36", "-o", target).status in (0, 1)
        assert archdsl(*_words(name), "-o", target).status == 0
        assert target.read_bytes() == written
    edited = written.replace(b"conv", b"konv", 1)
    assert edited != written
    target.write_bytes(edited)
    ran = archdsl(*_words(name), "-o", target)
    assert (ran.status, target.read_bytes()) == (2, edited)
    assert "was edited since archdsl wrote it; --force replaces it" in ran.err


def test_a_mark_is_one_remark_and_the_rest_is_what_is_printed(archdsl, tmp_path):
    target = tmp_path / "net.py"
    archdsl("compile", "lenet5", "-o", target)
    written = target.read_text()
    mark = re.search(r" \(checksum [0-9a-f]{12}\)", written)
    assert written.replace(mark[0], "", 1) == archdsl("compile", "lenet5").out
    assert f"Written by archdsl {__version__} from lenet5{mark[0]}.\n" in written


@pytest.mark.parametrize(
    "text",
    ["archdsl 1\n", "import archdsl\n", "# Notes on archdsl\n", "Written by archdsl by hand\n",
     "written by archdsl (checksum 000000000000)\n"],
)  # fmt: skip
def test_what_only_mentions_archdsl_is_the_users(archdsl, tmp_path, text):
    for name in ("train.py", "net.svg", "notes.md", "net.json"):
        target = tmp_path / name
        target.write_text(text)
        command = "draw" if name == "net.svg" else "compile" if name == "train.py" else "audit"
        assert archdsl(command, "lenet5", "-o", target).status == 2
        assert target.read_text() == text


def test_the_same_result_again_needs_no_mark_and_no_memory(archdsl, tmp_path, monkeypatch):
    target = tmp_path / "audit.json"
    words = ["audit", "lenet5", "--format", "json", "-o", target]
    assert archdsl(*words).status == 0
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "other"))
    assert archdsl(*words).status == 0
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "third"))
    assert archdsl(*words, "--batch", "2").status == 2  # it cannot be known here who wrote it


INPUTS = {
    "itself": lambda path, other: path,
    "a link": lambda path, other: (other.symlink_to(path), other)[1],
    "a hard link": lambda path, other: (os.link(path, other), other)[1],
    "another spelling": lambda path, other: path.parent / "." / ".." / path.parent.name / path.name,
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("read", ["net.arch", "part.arch"])
@pytest.mark.parametrize(
    "words",
    ["compile", "audit", "draw --format svg", "diff lenet5", "sizes", "sweep -p n=1,2"],
)
def test_what_is_read_is_never_written(archdsl, tmp_path, name, read, words):
    (tmp_path / "part.arch").write_text("archdsl 1\nblock part:\n    relu\n")
    net = tmp_path / "net.arch"
    net.write_text('from "part.arch" import part\nnetwork Net(n=1):\n    input 3x8x8\n    part\n')
    texts = {path: path.read_bytes() for path in tmp_path.iterdir()}
    target = INPUTS[name](tmp_path / read, tmp_path / "other.csv")
    if words.startswith("sweep"):
        given = ["-o", tmp_path / "s.csv", "--plot", tmp_path / "plot.svg"]
        (tmp_path / "plot.svg").symlink_to(target)
    else:
        given = ["-o", target]
    ran = archdsl(*words.split(), net, *given, "--force")
    assert ran.status == 2, ran
    assert "is read by this command, so it cannot be its result too" in ran.err
    assert {path: path.read_bytes() for path in texts} == texts


def test_an_empty_file_and_a_device_are_written(archdsl, tmp_path):
    target = tmp_path / "net.csv"
    target.touch()
    assert archdsl("audit", "lenet5", "--format", "csv", "-o", target).status == 0
    assert target.read_text()
    assert archdsl("audit", "lenet5", "-o", os.devnull).status == 0


def test_a_result_is_known_without_the_cache_by_its_mark(archdsl, tmp_path, monkeypatch):
    target = tmp_path / "net.py"
    archdsl("compile", "lenet5", "-o", target)
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "other"))
    assert archdsl("compile", "lenet5", "-o", target).status == 0


def test_a_minus_is_standard_output(archdsl):
    assert "61,706" in archdsl("audit", "lenet5", "-o", "-").out


def test_faults_leave_the_file_alone(archdsl, tmp_path, faulty):
    target = tmp_path / "audit.json"
    target.write_text("before")
    assert archdsl("audit", faulty, "-o", target).status == 1
    assert target.read_text() == "before"


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    target = tmp_path / "out.txt"
    target.write_text("before")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(Unwritable, match="No space left"):
        write_whole(target, b"after")
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize(
    ("path", "why"),
    [("none/out.txt", "there is no folder"), (".", "it is a folder"), ("file/x", "is no folder")],
)
def test_places_that_cannot_be_written(archdsl, tmp_path, path, why):
    (tmp_path / "file").write_text("")
    ran = archdsl("audit", "lenet5", "-o", tmp_path / path)
    assert (ran.status, ran.out) == (2, "")
    assert why in ran.err


def test_a_read_only_file_is_kept(tmp_path, monkeypatch):
    target = tmp_path / "out.txt"
    target.write_text("before")
    monkeypatch.setattr(files.os, "access", lambda path, mode: False)
    with pytest.raises(Unwritable, match="read-only"):
        write_whole(target, b"after")
    assert target.read_text() == "before"


def test_a_link_stays_a_link_and_permissions_stay(tmp_path):
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path):
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "new.txt", b"x")
    finally:
        os.umask(old)
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o640


def test_devices_take_the_bytes(command):
    assert "61,706" in command("audit", "lenet5", "-o", "/dev/stdout").out


FULL = "/dev/full"  # every write to it finds the disk full
needs_full = pytest.mark.parametrize(
    "words", ["compile", "check", "audit", "draw --format dot", "fmt", "sizes --up-to 2", "diff"]
)


def run(words, redirected):
    """A command on a small spec in a shell, where its streams can be what they like."""
    words, *options = words.split()
    second = "- " if words == "diff" else ""
    command = f"{sys.executable} -m archdsl.cli {words} lenet5 {second}{' '.join(options)}"
    text = "network N:\n    input 3x8x8\n    conv(4, 3)\n"
    command = command.replace("fmt lenet5", "fmt -")
    shell = ["sh", "-c", f"{command} {redirected}"]
    return subprocess.run(shell, input=text, capture_output=True, text=True)


@pytest.mark.one_in(3)
@needs_full
def test_a_full_disk_behind_standard_output(words):
    ran = run(words, f">{FULL}")
    assert (ran.returncode, ran.stderr) == (
        2,
        "archdsl: cannot write the result: No space left on device\n",
    )


@pytest.mark.one_in(4)
@needs_full
def test_closed_streams(words):
    for closed in (">&-", ">&- 2>&-", f">{FULL} 2>{FULL}"):
        ran = run(words, closed)
        assert ran.returncode in (0, 1, 2) and "Traceback" not in ran.stderr, closed


READERS = [
    "check", "compile", "audit", "draw --format dot", "diff lenet5", "sizes", "sweep -p n=1",
    "fmt", "bench", "verify --against torchvision:alexnet",
]  # fmt: skip


@pytest.mark.one_in(4)
@pytest.mark.parametrize("words", READERS)
def test_standard_input_that_is_closed(words):
    command = f"{sys.executable} -m archdsl.cli {words} - <&-"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "archdsl: cannot read standard input: it is closed\n"


@pytest.mark.parametrize("words", ["check -", "check lenet5", "compile -"])
def test_a_working_folder_that_is_gone(words, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    command = f"rmdir {folder} && {sys.executable} -m archdsl.cli {words}"
    text = "network N:\n    input 3x8x8\n    conv(4, 3)\n"
    ran = subprocess.run(
        ["sh", "-c", command], cwd=folder, input=text, capture_output=True, text=True
    )
    assert ran.returncode == 2
    assert ran.stderr == "archdsl: the working folder is gone: change to another one\n"


def test_a_name_that_is_too_long_for_the_disk(archdsl):
    ran = archdsl("compile", "lenet5", "-o", "a" * 300 + ".py")
    assert ran.status == 2
    assert ran.err == f"archdsl: cannot write {'a' * 300}.py: File name too long\n"


def test_a_file_that_is_too_large_to_be_a_result_is_foreign(archdsl, tmp_path):
    target = tmp_path / "disk.img"
    with target.open("wb") as file:
        file.truncate(10 * 2**30)
    ran = archdsl("compile", "lenet5", "-o", target)
    assert ran.status == 2 and "was not written by archdsl" in ran.err


@pytest.mark.parametrize("name", ["figure.svg", "figure.png", "figure.html", "figure"])
def test_a_drawing_from_python_spares_what_archdsl_did_not_write(tmp_path, name):
    net, target = archdsl_package.load("lenet5"), tmp_path / name
    target.write_text("mine")
    with pytest.raises(FileExistsError, match="not written by archdsl; force=True replaces it"):
        net.draw(target)
    assert target.read_text() == "mine"
    drawn = net.draw(target, force=True)
    assert target.stat().st_size >= len(drawn)
    net.draw(target, heat="macs")  # its own
    if name == "figure.svg":
        target.write_text(target.read_text().replace("linear", "Linear"))
        with pytest.raises(FileExistsError, match="edited since"):
            net.draw(target)


def test_a_file_without_a_folder_is_refused_before_the_work(archdsl, tmp_path, monkeypatch):
    """An export takes seconds, a sweep hours."""
    from archdsl.network import Network

    monkeypatch.setattr(Network, "build", lambda *_, **__: pytest.fail("works before it asks"))
    done = archdsl("compile", "lenet5", "--format", "onnx", "-o", tmp_path / "none" / "net.onnx")
    assert done.status == 2 and "there is no folder" in done.err
