"""Output files are written whole or not at all."""

import os

import pytest

from archdsl.base import files
from archdsl.base.files import Unwritable, write_whole


def test_a_result_goes_into_a_file(archdsl, tmp_path):
    target = tmp_path / "audit.json"
    found = archdsl("audit", "lenet5", "--format", "json", "-o", target)
    assert (found.status, found.out, found.err) == (0, "", "")
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
    found = archdsl(*words)
    assert (found.status, found.out) == (2, "")
    assert found.err == (
        f"archdsl: {target} is there already and was not written by archdsl; --force replaces it\n"
    )
    assert target.read_text() == "import torch  # by hand\n"
    assert archdsl(*words, "--force").status == 0
    written = target.read_bytes()
    assert b"by hand" not in written
    assert archdsl(*words).status == 0  # now it is archdsl's own
    assert target.read_bytes() == written
    target.write_bytes(written.replace(b"archdsl", b"someone") + b" ")
    assert archdsl(*words).status == 2


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
    found = archdsl("audit", "lenet5", "-o", tmp_path / path)
    assert (found.status, found.out) == (2, "")
    assert why in found.err


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
