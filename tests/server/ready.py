"""Servers that begin at once: forks of a process that has imported what a server needs.

An editor starts `python -S ready.py SOCKET` as it would start `archdsl lsp`. That hands its streams
to the process behind the socket, whose fork becomes the server, and waits for the server's end.
"""

import os
import socket
import subprocess
import sys
from contextlib import suppress

STREAMS = (0, 1, 2)


def begin(path: str) -> "subprocess.Popen[bytes]":
    """The process that forks, when it is ready; it ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, __file__, "fork", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    return process


def fork(path: str) -> None:
    """Forks a server for each caller, until standard input ends."""
    import gc
    from select import select

    from archdsl.cli import entry
    from archdsl.server import features  # noqa: F401

    gc.freeze()  # what is imported is no fork's to look through
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        print("ready", flush=True)
        while door in select([sys.stdin, door], [], [])[0]:
            caller, _ = door.accept()
            if os.fork() == 0:
                door.close()
                become(caller)  # which is closed when the server has ended
                entry()
            caller.close()
    with suppress(ChildProcessError):
        while True:
            os.wait()


def become(caller: socket.socket) -> None:
    """The process that the caller started: its folder, its streams, its words."""
    folder, given, *_ = socket.recv_fds(caller, 4096, len(STREAMS))
    os.chdir(folder)
    for number, stream in zip(given, STREAMS, strict=True):
        os.dup2(number, stream)
        os.close(number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(stream, mode)  # noqa: SIM115
        for stream, mode in zip(STREAMS, "rww", strict=True)
    )
    sys.argv = ["archdsl", "lsp"]


def hand_over(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)
        socket.send_fds(caller, [os.getcwdb()], STREAMS)
        for stream in STREAMS:
            os.close(stream)
        caller.recv(1)  # nothing, when the server has ended


if __name__ == "__main__":
    fork(sys.argv[2]) if sys.argv[1] == "fork" else hand_over(sys.argv[1])
