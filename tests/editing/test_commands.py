"""The documents of the commands above a network."""

import subprocess

import pytest

from archdsl import driver
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis
from archdsl.editing.commands import CannotShow, audited, compared, compiled, drawn

TEXT = "network n:\n    input 3x8x8\n    conv(4, 3)\n    relu\n"


def analysed(path, text):
    return Analysis(driver.Spec(Source(str(path), text), path.parent, None, "n", path))


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
    for command in (
        ["init", "-q"],
        ["add", "n.arch"],
        ["-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "first"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    found = compared(analysed(path, TEXT.replace("conv(4, 3)", "conv(8, 3)")), "n")
    assert "112" in found.text and "224" in found.text
