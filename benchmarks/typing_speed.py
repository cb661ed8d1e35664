"""What typing costs in an editor: the language server as a process, asked over its pipe.

    python benchmarks/typing_speed.py --rounds 40 --changes 10000

A keystroke is a change of the text, answered by diagnostics, and a request for the hints of the
whole file, answered by them. Half are typed in the first block, half in the last declaration.
*Processor* is the server's own time of a keystroke, which other processes lengthen less.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from turns import machine

SPECS = Path(__file__).parents[1] / "specs"
FILES = ("ghostnet", "efficientnet", "swin")  # the first has a hundred lines
PAUSE = 4  # seconds after which all networks of a file have been looked at
WORD = "  # a comment that somebody types, one character after the other"


class Server:
    """The server, and what it says, in the order in which it says it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "archdsl.cli", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._asked = 0

    def tell(self, method: str, **params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        self._asked += 1
        message = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params}
        self._send(message)
        return self.until(lambda said: said.get("id") == self._asked and "method" not in said)

    def hear(self, uri: str, version: int) -> Any:
        """The diagnostics of a version; those of another are older."""
        wanted = "textDocument/publishDiagnostics"
        return self.until(
            lambda said: (
                said.get("method") == wanted
                and (said["params"]["uri"], said["params"].get("version")) == (uri, version)
            )
        )

    def until(self, is_it: Any) -> Any:
        while True:
            said = self._read()
            if is_it(said):
                return said

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> Any:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self.process.stdout.read(length))

    def memory(self) -> float:
        """Mebibytes that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def processor(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        self.ask("shutdown")
        self.tell("exit")
        self.process.wait(10)


class Text:
    """An open file that is typed into."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.version = server, 1
        self.uri = (SPECS / f"{name}.arch").as_uri()
        self.text = (SPECS / f"{name}.arch").read_text(encoding="utf-8")
        document = {"uri": self.uri, "languageId": "arch", "version": 1, "text": self.text}
        server.tell("textDocument/didOpen", textDocument=document)
        server.hear(self.uri, 1)

    def places(self) -> list[tuple[int, int]]:
        """The ends of the first block's second line, and of the last line."""
        lines = self.text.splitlines()
        return [(2, len(lines[2])), (len(lines) - 1, len(lines[-1]))]

    def put(self, line: int, start: int, end: int, text: str) -> None:
        """One change, until its diagnostics are there."""
        self.version += 1
        place = {
            "start": {"line": line, "character": start},
            "end": {"line": line, "character": end},
        }
        self.server.tell(
            "textDocument/didChange",
            textDocument={"uri": self.uri, "version": self.version},
            contentChanges=[{"range": place, "text": text}],
        )
        self.server.hear(self.uri, self.version)

    def hints(self) -> int:
        lines = {
            "start": {"line": 0, "character": 0},
            "end": {"line": self.text.count("\n") + 1, "character": 0},
        }
        document = {"uri": self.uri}
        said = self.server.ask("textDocument/inlayHint", textDocument=document, range=lines)
        return len(said["result"])

    def keystroke(self, line: int, column: int, character: str) -> tuple[float, float]:
        """Seconds until the diagnostics, and until the hints too."""
        begun = time.perf_counter()
        self.put(line, column, column, character)
        told = time.perf_counter()
        assert self.hints() > 0
        return told - begun, time.perf_counter() - begun


def begun() -> Server:
    server = Server()
    server.ask("initialize", processId=None, rootUri=None, capabilities={})
    server.tell("initialized")
    return server


def start() -> float:
    """Seconds from the start of the process to the diagnostics of the first file."""
    before = time.perf_counter()
    server = begun()
    Text(server, "ghostnet")
    found = time.perf_counter() - before
    server.end()
    return found


def typing(name: str, rounds: int) -> str:
    server = begun()
    text = Text(server, name)
    time.sleep(PAUSE)
    cells = []
    for line, column in text.places():
        before = server.processor()
        typed = (WORD * (rounds // len(WORD) + 1))[:rounds]
        times = [text.keystroke(line, column + k, c) for k, c in enumerate(typed)]
        spent = (server.processor() - before) / rounds * 1e3
        text.put(line, column, column + rounds, "")
        told, both = (statistics.median(found) * 1e3 for found in zip(*times, strict=True))
        worst = max(both for _, both in times) * 1e3
        cells.append(f"{told:6.1f} {both:6.1f} {worst:6.1f} {spent:6.1f}")
    server.end()
    return "   ".join(cells)


def holding(name: str, changes: int) -> tuple[float, float]:
    """Mebibytes after the file is opened, and after many changes of it, now and then with a pause
    in which all networks are looked at."""
    server = begun()
    text = Text(server, name)
    line, column = text.places()[0]
    before = server.memory()
    for number in range(changes // 2):
        text.put(line, column, column, "  # x" if number % 2 else " ")
        text.put(line, column, column + (5 if number % 2 else 1), "")
        if number % 50 == 0:
            text.hints()
        if number % 500 == 499:
            time.sleep(PAUSE)
    found = before, server.memory()
    server.end()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", default=FILES, help="of the catalogue")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--held", metavar="FILE", default="ghostnet", help="changed most often")
    parser.add_argument("--starts", type=int, default=5)
    given = parser.parse_args()
    print(f"{machine()}, milliseconds")
    starts = statistics.median(start() for _ in range(given.starts)) * 1e3
    print(f"start to first diagnostics: {starts:.0f}")
    print(f"{'':12}in the first block            in the last declaration")
    print(f"{'':12}{'  told  hints  worst  processor' * 2}")
    for name in given.files:
        print(f"{name:12}{typing(name, given.rounds)}")
    before, after = holding(given.held, given.changes)
    print(f"memory: {before:.0f} MiB at first, {after:.0f} MiB after {given.changes:,} changes")


if __name__ == "__main__":
    main()
