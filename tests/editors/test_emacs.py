"""Emacs with what `archdsl editor emacs --write` wrote, asked through its own server."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from programs import PATIENCE, SMALL, WILD, archdsl, program, surroundings, until

pytestmark = pytest.mark.editors
NAME = "archdsl-tests"


class Emacs:
    """A running one with a file, to ask."""

    def __init__(self, folder: Path) -> None:
        archdsl(folder, "editor", "emacs", "--write")
        self.file = folder / "small.arch"
        self.file.write_text(SMALL)
        self.variables = {**surroundings(folder), "TMPDIR": str(folder)}
        self.process = subprocess.Popen(
            [program("emacs"), f"--fg-daemon={NAME}"],
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def begin(self) -> None:
        """Opens the file, and waits for the server."""
        until(self.ready)
        self.ask(f'(buffer-name (find-file "{self.file}"))')
        self.here("(progn (run-hooks 'post-command-hook) nil)")  # as behind a key
        until(lambda: self.here("(and (eglot-current-server) t)"))

    def client(self, expression: str) -> "subprocess.CompletedProcess[str]":
        command = [program("emacsclient"), "-s", NAME, "--eval", expression]
        return subprocess.run(
            command, env=self.variables, capture_output=True, text=True, timeout=PATIENCE
        )

    def ready(self) -> bool:
        return self.client("t").returncode == 0

    def ask(self, expression: str) -> Any:
        done = self.client(f"(json-encode {expression})")
        assert done.returncode == 0, done.stderr
        return json.loads(json.loads(done.stdout))

    def here(self, expression: str) -> Any:
        """The value in the buffer of the file."""
        return self.ask(f'(with-current-buffer "{self.file.name}" {expression})')

    def at(self, text: str, expression: str) -> Any:
        """The value with the point behind a text."""
        return self.here(f'(progn (goto-char (point-min)) (search-forward "{text}") {expression})')

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    emacs = Emacs(tmp_path_factory.mktemp("emacs"))
    try:
        emacs.begin()
        yield emacs
    finally:
        emacs.end()


@pytest.fixture
def emacs(running):
    """The editor with the small network, unchanged."""
    running.file.write_text(SMALL)
    running.here("(progn (revert-buffer t t t) nil)")
    assert running.here("(buffer-string)") == SMALL
    return running


def test_a_mistake_is_told(emacs):
    emacs.at("relu", '(progn (insert " -> add(identity, conv(8, 1))") nil)')
    told = "(mapcar #'flymake-diagnostic-text (flymake-diagnostics))"
    (answer,) = until(lambda: emacs.here(told))
    assert "branches of add differ in channels" in answer


def test_the_shape_stands_behind_a_line(emacs):
    if not emacs.ask("(fboundp 'eglot-inlay-hints-mode)"):
        pytest.skip("this eglot is older than 1.10 and shows no hints")
    text = "(lambda (o) (or (overlay-get o 'before-string) (overlay-get o 'after-string) \"\"))"
    shown = f"(mapcar {text} (overlays-in (point-min) (point-max)))"
    emacs.here("(progn (eglot--update-hints-1 (point-min) (point-max)) nil)")  # as in a window
    until(lambda: any("16x32x32" in text for text in emacs.here(shown) or ()))


def test_a_word_is_completed(emacs):
    proposed = '(let ((c (eglot-completion-at-point))) (all-completions "con" (nth 2 c)))'
    words = emacs.at("relu\\n    ", f'(progn (insert "con") {proposed})')
    assert {"conv", "concat"} <= {word.split("(")[0] for word in words}


def test_a_step_is_renamed(emacs):
    emacs.at("ste", '(progn (eglot-rename "first") nil)')  # its name is a key of saved weights
    assert "    stem = conv(16, 3, padding=1)" in emacs.here("(buffer-string)")
    emacs.at("ste", '(progn (eglot-rename "first") nil)')
    assert "    first = conv(16, 3, padding=1)" in emacs.here("(buffer-string)")


def test_a_save_writes_the_canonical_layout(emacs):
    emacs.here(f"(progn (erase-buffer) (insert {json.dumps(WILD)}) (save-buffer) nil)")
    assert emacs.file.read_text() == SMALL


def test_words_are_coloured(emacs):
    emacs.here("(progn (font-lock-ensure) nil)")
    face = "(get-text-property (1- (point)) 'face)"
    assert emacs.at("conv", face) == "font-lock-function-name-face"
    assert emacs.at("input", face) == "font-lock-keyword-face"
