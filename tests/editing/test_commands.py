"""The documents of the commands above a network."""

from functools import partial

import pytest

from archdsl import driver
from archdsl.base.source import Source
from archdsl.driver.before import committed
from archdsl.editing.analysis import Analysis
from archdsl.editing.commands import CannotShow, audited, compared, compiled, drawn
from archdsl.preview.state import shown
from tests.editing.committing import commit, git

TEXT = "network n:\n    input 3x8x8\n    conv(4, 3)\n    relu\n"


PART = "block part(k):\n    conv(k, 1)\n"
USER = 'from "parts/p.arch" import part\nnetwork n:\n    input 3x8x8\n    part(4)\n'


def analysed(path, text, read=driver.read_text):
    return Analysis(driver.Spec(Source(str(path), text), path.parent, None, "n", path), read)


def test_a_network_is_drawn_audited_and_compiled(tmp_path):
    analysis = analysed(tmp_path / "n.arch", TEXT)
    assert drawn(analysis, "n").text.startswith("<!doctype html>")
    assert "112" in audited(analysis, "n").text  # 3·4·9 + 4 parameters
    document = compiled(analysis, "n")
    assert document.ending == "py" and "class N(nn.Module)" in document.text


@pytest.mark.parametrize("command", [drawn, audited, compiled])
def test_a_network_with_a_mistake_is_not_shown(tmp_path, command):
    analysis = analysed(tmp_path / "n.arch", TEXT.replace("relu", "conv(4, 9)"))
    with pytest.raises(CannotShow, match="mistake"):
        command(analysis, "n")


def test_a_network_is_compared_with_what_was_committed(tmp_path):
    path = tmp_path / "n.arch"
    path.write_text(TEXT)
    with pytest.raises(CannotShow, match="HEAD"):
        compared(analysed(path, TEXT), "n")
    commit(tmp_path)
    comparison = compared(analysed(path, TEXT.replace("conv(4, 3)", "conv(8, 3)")), "n")
    assert "112" in comparison.text and "224" in comparison.text


@pytest.mark.parametrize("command, told", [(drawn, "4x6x6"), (audited, "112"), (compiled, "k, 3)")])
def test_imports_are_taken_as_they_are_typed(tmp_path, command, told):
    (tmp_path / "parts").mkdir()
    part = tmp_path / "parts" / "p.arch"
    part.write_text(PART)

    def read(path):
        return PART.replace("1)", "3)") if path == part else driver.read_text(path)

    analysis = analysed(tmp_path / "n.arch", USER, read)
    assert told in command(analysis, "n").text
    assert told not in command(analysed(tmp_path / "n.arch", USER), "n").text


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_committed_is_taken_with_its_imports_then(tmp_path, gone):
    (tmp_path / "parts").mkdir()
    part, path = tmp_path / "parts" / "p.arch", tmp_path / "n.arch"
    part.write_text(PART)
    path.write_text(USER)
    commit(tmp_path)
    if gone:  # the folder too
        part.unlink()
        part.parent.rmdir()
        now = PART.replace("1)", "3)") + USER.partition("\n")[2]
    else:
        part.write_text(PART.replace("1)", "3)"))
        now = USER
    path.write_text(now)
    comparison = compared(analysed(path, now), "n").text
    assert "16" in comparison and "112" in comparison  # 3·4 + 4 and 3·4·9 + 4 parameters
    seen = shown(path, against=partial(committed, path))
    assert "16" in seen.changes.words and "112" in seen.changes.words


def test_a_repository_cannot_have_a_program_run(tmp_path):
    home, clone = tmp_path / "home", tmp_path / "clone"
    home.mkdir()
    (home / "n.arch").write_text(TEXT)
    commit(home)
    git("-C", home, "config", "uploadpack.allowFilter", "true")
    git("clone", "-q", "--no-checkout", "--filter=blob:none", home.as_uri(), clone)
    marker, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch {marker}\nexec git-upload-pack "$@"\n')
    program.chmod(0o755)
    git("-C", clone, "config", "remote.origin.uploadpack", program)
    assert "no such file" in committed(clone / "n.arch", "n")
    assert not marker.exists()
    git("-C", clone, "cat-file", "blob", "HEAD:./n.arch")  # which fetches what is left out
    assert marker.exists()


def test_a_network_that_was_not_there_is_not_compared(tmp_path):
    path = tmp_path / "n.arch"
    path.write_text(TEXT)
    commit(tmp_path)
    with pytest.raises(CannotShow, match="no network `m`"):
        compared(analysed(path, TEXT.replace("network n", "network m")), "m")
