"""Programs in a terminal of their own."""

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE = 20.0


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
def started(*command: str, **more: str) -> Iterator[Terminal]:
    """A program in a terminal of 120 columns, with these variables beside the usual ones."""
    process, channel = pty.fork()
    if process == 0:
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", **more})
    fcntl.ioctl(channel, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        yield Terminal(channel)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(channel)
