"""nano in a terminal of its own: it reads lines, colours words, lays a spec out by `M-F`."""

import os
import pty
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from programs import SMALL, WILD, program

from archdsl.editors.machine import Machine
from archdsl.editors.setups import EDITORS

pytestmark = pytest.mark.editors
PATIENCE = 20.0
LAY_OUT, SAVE, AGREE, LEAVE = b"\x1bF", b"\x0f", b"\r", b"\x18"


class Terminal:
    """What a program in a terminal was told, and what it has shown so far."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self.shown = b""

    def type(self, keys: bytes) -> None:
        os.write(self._channel, keys)

    def see(self, words: bytes) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.shown:
            assert time.monotonic() < end, (words, self.shown[-2000:])
            if select.select([self._channel], [], [], 0.1)[0]:
                with suppress(OSError):  # the program has ended
                    self.shown += os.read(self._channel, 65536)


@contextmanager
def started(*command: str) -> Iterator[Terminal]:
    process, channel = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    try:
        yield Terminal(channel)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(channel)


def test_a_spec_is_coloured_and_laid_out(tmp_path: Path) -> None:
    archdsl = Path(sys.executable).with_name("archdsl")
    setup = EDITORS["nano"].setup(Machine("linux", tmp_path, {}), str(archdsl))
    for file in (setup.lines, setup.colours):
        assert file is not None
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.text)
    spec = tmp_path / "wild.arch"
    spec.write_text(WILD)
    with started(program("nano"), f"--rcfile={setup.lines.path}", str(spec)) as terminal:
        terminal.see(b"Read ")
        terminal.see(b"\x1b[35mnetwork")  # in the colour of its kind
        terminal.type(LAY_OUT)
        terminal.see(b"has been processed")
        terminal.type(SAVE)
        terminal.see(b"File Name to Write")
        terminal.type(AGREE)
        terminal.see(b"Wrote ")
        terminal.type(LEAVE)
    assert spec.read_text() == SMALL
