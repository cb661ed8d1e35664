"""A process that has pygraphviz loaded and lays out one text after the other.

A process of its own, since the library's C code writes what it likes to standard error, may end the
process it runs in, and cannot be interrupted; and one for all drawings, since loading it takes
longer than a layout.
"""

import atexit
import os
import subprocess
import sys
from threading import RLock

# A text comes as its number of bytes in a line, then the bytes; the answer goes in the same form,
# after a word that says whether it is a layout or what is wrong.
PROGRAM = """
import contextlib, sys
with contextlib.suppress(ImportError):  # told when there is something to answer
    import pygraphviz
come, go = sys.stdin.buffer, sys.stdout.buffer
while line := come.readline():
    text = come.read(int(line)).decode()
    try:
        import pygraphviz
        word, answer = b"laid", pygraphviz.AGraph(string=text).draw(format="json0", prog="dot")
    except Exception as error:
        word, answer = b"wrong", str(error).encode()
    go.write(b"%b %d\\n%b" % (word, len(answer), answer))
    go.flush()
"""


class Broken(Exception):
    """There is no layout; the message has Graphviz's words, or says how the process ended."""


class Worker:
    """Starts the process when it is needed, again after it broke, and ends it with this one."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.end)
        if hasattr(os, "register_at_fork"):  # the process answers the one that started it alone
            os.register_at_fork(after_in_child=self._forget)

    def start(self) -> None:
        """Starts the process if none runs; waits for nothing."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = self._started()

    def ask(self, text: str) -> bytes:
        """The layout of a text. Raises `Broken`."""
        with self._lock:
            self.start()
            try:
                return self._answer(text.encode())
            except BaseException:  # an interrupt too: the answer to come is not that to the next
                self.end()
                raise

    def end(self) -> None:
        """Ends the process if there is one."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                process.kill()
                process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            # -P: nothing is imported from the working folder, which may be a stranger's
            [sys.executable, "-P", "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _answer(self, text: bytes) -> bytes:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(b"%d\n%b" % (len(text), text))
            process.stdin.flush()
            word, length = process.stdout.readline().split()
        except (OSError, ValueError):
            raise Broken(f"it ended with {process.wait()}") from None
        answer = process.stdout.read(int(length))
        if word == b"wrong":
            raise Broken(answer.decode(errors="replace"))
        return answer

    def _forget(self) -> None:
        self._lock, self._process = RLock(), None
