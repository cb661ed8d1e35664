"""Commands as processes: hostile arguments, Ctrl-C in a sweep, kills while a file is written.

A command ends with 0, 1, 2 or 130, in time and without a traceback; what was in a file is whole,
or the new is.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep

from archdsl.base.files import write_whole

from .running import Outcome

SECONDS = 60  # of a loaded machine
SPEC = "network Net(width=2, depth=1):\n    input 3x8x8\n    conv(width, 3) * depth\n    bn\n"
COMMANDS = ("check", "compile", "audit", "draw", "sizes", "diff", "fmt", "list", "show", "ops",
            "blocks", "explain", "sweep", "verify", "bench")  # fmt: skip
OPTIONS = ("-o", "-p", "--input", "--format", "--limit", "--depth", "--heat", "--batch", "--dtype",
           "--form", "--against", "--weights", "--recompute", "--json", "--where", "--jobs",
           "--all", "--title", "--page", "--theme")  # fmt: skip
VALUES = ("net.arch", "net.arch:Net", "none.arch", "/dev/null", ".", "", "-", "0", "-1", "1e999",
          "9" * 400, "width=3", "width=", "=", "width=1:3", "w=0:1e999999999:2", "width=[1,",
          "depth=-5", "3x8x8", "0x0x0", "x", "svg", "json", "\u202e", "a\nb", "%s%n", "../../x",
          "sys:exit", "os:abort", "torchvision:", ":", "steps=1", "params < 1", "E0301", "conv",
          "net.txt", "out.svg", "float16")  # fmt: skip


class CommandFuzzer:
    """Draws a command with arguments that may mean anything."""

    def draw(self, rng: Random) -> list[str]:
        words = [rng.choice(COMMANDS)]
        if rng.random() < 0.7:
            words.append("net.arch")
        for _ in range(rng.randrange(4)):
            words += [rng.choice(OPTIONS)] if rng.random() < 0.8 else []
            words += [rng.choice(VALUES)] if rng.random() < 0.9 else []
        return words

    def judge(self, rng: Random) -> Outcome:
        words = self.draw(rng)
        with TemporaryDirectory() as folder:
            _prepared(Path(folder))
            process = _begun(folder, words)
            try:
                _, told = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return Outcome(False, f"does not end within {SECONDS} seconds")
            if process.returncode not in (0, 1, 2) or "Traceback" in told:
                return Outcome(False, f"exit code {process.returncode}: {told[-300:]}")
            if (Path(folder) / "net.arch").read_text() != SPEC and words[0] != "fmt":
                return Outcome(False, "the spec is lost")
            return Outcome(process.returncode == 0)

    def shown(self, rng: Random) -> str:
        return f"archdsl {self.draw(rng)}"


SWEEP = "sweep net.arch --jobs 2 -o all.csv -p width=1:"
LATEST = {  # seconds, by command
    f"{SWEEP}3": 0.5,
    f"{SWEEP}400": 1.5,
    f"{SWEEP}20000": 4.0,
    "check net.arch": 0.15,
    "compile net.arch -o net.py": 0.2,
    "draw net.arch -o net.svg": 0.3,
}


class InterruptFuzzer:
    """Ctrl-C at some moment of a command: in Python's own start (which ends as it likes), while
    it imports, while the two processes of a sweep begin, at work, or at the end."""

    def draw(self, rng: Random) -> tuple[list[str], float]:
        words = rng.choice(list(LATEST))
        return words.split(), rng.uniform(0, LATEST[words])

    def judge(self, rng: Random) -> Outcome:
        words, moment = self.draw(rng)
        with TemporaryDirectory() as folder:
            _prepared(Path(folder))
            process = _begun(folder, words)
            sleep(moment)
            done = process.poll() is not None
            if not done:
                os.killpg(process.pid, signal.SIGINT)
            try:  # its pipes are open as long as one of its processes lives
                _, told = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return Outcome(True, f"hangs for {SECONDS} seconds")
            if process.returncode in (-signal.SIGINT, 1) and "archdsl" not in told:
                return Outcome(False)  # Python had not come to archdsl's first line
            if process.returncode not in (0, 130) or "Traceback" in told:
                return Outcome(True, f"exit code {process.returncode}: {told[-300:]}")
            return Outcome(not done)

    def shown(self, rng: Random) -> str:
        words, moment = self.draw(rng)
        return f"archdsl {' '.join(words)}, after {moment:.3f} seconds"


class KillFuzzer:
    """A writer that is killed at some moment of replacing a file many times."""

    def judge(self, rng: Random) -> Outcome:
        contents = [bytes([65 + i]) * (30_000 + i) for i in range(6)]
        with TemporaryDirectory() as folder:
            target = Path(folder) / "result"
            target.write_bytes(contents[0])
            writer = os.fork()
            if not writer:
                for content in contents * 1000:
                    write_whole(target, content)
                os._exit(0)
            sleep(self.moment(rng))
            os.kill(writer, signal.SIGKILL)
            os.waitpid(writer, 0)
            left = target.read_bytes()
            return Outcome(left != contents[0], None if left in contents else "half a file")

    def moment(self, rng: Random) -> float:
        return rng.uniform(0, 0.3)

    def shown(self, rng: Random) -> str:
        return f"killed after {self.moment(rng):.4f} seconds"


def _prepared(folder: Path) -> None:
    (folder / "net.arch").write_text(SPEC)
    (folder / "net.txt").write_text("mine\n")


def _begun(folder: str, words: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "archdsl.cli", *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


FUZZERS = {"commands": CommandFuzzer, "interrupts": InterruptFuzzer, "kills": KillFuzzer}
