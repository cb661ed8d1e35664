"""`archdsl check --watch` as a process that files change under, and `--stdin-filename`."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from archdsl.cli.watch import _named

SOUND = "network N:\n    input 3x8x8\n    conv(4, 1)\n"


class Watching:
    """A running `check --watch` whose lines can be waited for."""

    def __init__(self, folder, *argv, command="check"):
        words = [sys.executable, "-m", "archdsl.cli", command, "--watch", *argv]
        self.process = subprocess.Popen(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.timer = threading.Timer(120, self.process.kill)
        self.timer.start()

    def until(self, ending):
        """The lines up to one that has these words; those so far where the process ended."""
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if ending in line:
                break
        return "".join(lines)

    def end(self):
        """What is left after Ctrl-C, and the exit status."""
        self.process.send_signal(signal.SIGINT)
        rest = self.process.stdout.read()
        self.timer.cancel()
        return rest, self.process.wait(10)


@pytest.mark.slow
def test_each_change_is_checked_once(tmp_path):
    file = tmp_path / "net.arch"
    file.write_text(SOUND)
    watching = Watching(tmp_path)
    assert "16 params" in watching.until(" ok")  # 3 * 4 + 4
    file.write_text(SOUND.replace("conv(4", "conw(4"))
    told = watching.until("1 error")
    assert told.startswith("archdsl: net.arch changed\n")
    assert told.count("error[E0201]") == 1
    (tmp_path / "other.arch").write_text(SOUND)
    assert watching.until("archdsl: 1 error").startswith("archdsl: other.arch changed\n")
    file.write_text(SOUND)
    assert "all 2 specs" in watching.until("sound")
    assert watching.end() == ("archdsl: interrupted\n", 130)


def test_an_import_that_changes(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(c) = conv(c, 1)\n")
    text = 'from "parts.arch" import part\n\nnetwork N:\n    input 3x8x8\n    part(4)\n'
    (tmp_path / "net.arch").write_text(text)
    watching = Watching(tmp_path, "net.arch")
    assert "16 params" in watching.until(" ok")
    (tmp_path / "parts.arch").write_text("block part(c) = conv(c, 3)\n")
    told = watching.until(" ok")
    assert "parts.arch changed" in told
    assert "112 params" in told  # 3 * 4 * 9 + 4
    assert watching.end()[1] == 130


@pytest.mark.parametrize("command, output", [("draw", "net.svg"), ("compile", "net.py")])
def test_a_file_is_written_again(tmp_path, command, output):
    file, written = tmp_path / "net.arch", tmp_path / output
    file.write_text(SOUND)
    watching = Watching(tmp_path, "net.arch", "-o", output, command=command)
    watching.until("is written")
    first = written.read_text()
    file.write_text(SOUND.replace("conv(4", "conw(4"))
    assert "error[E0201]" in watching.until("1 error")
    assert command == "draw" or written.read_text() == first
    file.write_text(SOUND.replace("conv(4", "conv(7"))
    assert "net.arch changed" in watching.until("is written")
    assert written.read_text() != first and "7" in written.read_text()
    assert watching.end()[1] == 130


@pytest.mark.parametrize("command", ["draw", "compile"])
def test_what_is_written_to_standard_output_is_not_watched(archdsl, tmp_path, command):
    (tmp_path / "net.arch").write_text(SOUND)
    result = archdsl(command, str(tmp_path / "net.arch"), "--watch")
    assert result.status == 2 and "-o" in result.err


def test_standard_input_cannot_be_watched(archdsl):
    result = archdsl("check", "--watch", "-")
    assert (result.status, result.out) == (2, "")
    assert "standard input is none" in result.err


@pytest.mark.parametrize("command", [["check"], ["fmt"]])
def test_standard_input_has_the_name_it_is_given(tmp_path, command):
    folder = tmp_path / "nets"
    folder.mkdir()
    (folder / "parts.arch").write_text("block part(c) = conv(c, 1)\n")
    text = 'from "parts.arch" import part\n\nnetwork N:\n    input 3x8x8\n    part(4)\n    conw(\n'
    words = [sys.executable, "-m", "archdsl.cli", *command, "-"]
    name = os.path.join("nets", "net.arch")
    run = subprocess.run(
        [*words, "--stdin-filename", name], input=text, cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert f" --> {name}:6:9\n" in run.stderr
    if command == ["check"]:
        text = text.replace("    conw(\n", "")
        again = [*words, "--stdin-filename", name]
        run = subprocess.run(again, input=text, cwd=tmp_path, capture_output=True, text=True)
        assert (run.returncode, run.stderr) == (0, "")
        assert "16 params" in run.stdout


@pytest.mark.parametrize("command", ["check", "fmt"])
def test_a_name_for_standard_input_that_is_not_read(archdsl, sound, command):
    result = archdsl(command, sound, "--stdin-filename", "x.arch")
    assert result.status == 2
    assert "give - for it" in result.err


def test_a_folder_may_have_the_ending_in_its_name() -> None:
    assert list(_named("my.archive/net.arch:Net")) == [Path("my.archive/net.arch")]
