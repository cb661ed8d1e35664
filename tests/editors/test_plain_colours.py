"""Vim, Emacs and Kate colour every spec as the compiler reads it.

Their patterns know less than a grammar: names and signs may have a colour or none, but keywords,
numbers, strings and comments are what they are.
"""

import json
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from programs import PATIENCE, program, surroundings
from reading import SPECS, TRAPS, read_by_the_compiler

from archdsl.editors.colours.emacs import emacs
from archdsl.editors.colours.kate import kate
from archdsl.editors.colours.vim import vim
from archdsl.editors.machine import this
from archdsl.editors.setups import EDITORS

pytestmark = pytest.mark.editors
TOLD = ("keyword", "number", "string", "docstring")
Places = list[tuple[int, int, int]]  # from 0: offset, line, column in bytes


def places(text: str) -> tuple[Places, list[str]]:
    """Every token's place and role; what is no plain role is a name."""
    tokens, roles = [], []
    for start, _, role in read_by_the_compiler(text):
        line = text.count("\n", 0, start)
        column = len(text[text.rfind("\n", 0, start) + 1 : start].encode())
        tokens.append((start, line, column))
        roles.append(role if role in TOLD else "name")
    return tokens, roles


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [program(command[0]), *command[1:]],
        env={**surroundings(folder), "QT_QPA_PLATFORM": "offscreen"},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


Answers = list[list[str]]  # a colour for every place of every text
VIM_ROLES = {
    "archKeyword": "keyword",
    "archConstant": "keyword",
    "archNumber": "number",
    "archString": "string",
    "archDoc": "docstring",
}
VIM = """
set nocompatible runtimepath^=.
syntax on
let found = []
for places in json_decode(join(readfile('places')))
  execute 'edit' len(found) .. '.arch'
  set filetype=arch
  call add(found, map(places, {_, p -> synIDattr(synID(p[1] + 1, p[2] + 1, 1), 'name')}))
endfor
call writefile([json_encode(found)], 'found')
qall!
"""


def by_vim(folder: Path, name: str = "vim") -> Answers:
    (folder / "syntax").mkdir()
    (folder / "syntax" / "arch.vim").write_text(vim())
    (folder / "ask.vim").write_text(VIM)
    run(folder, name, "-u", "NONE", "-es", "-S", "ask.vim")
    return json.loads((folder / "found").read_text())


def by_neovim(folder: Path) -> Answers:
    return by_vim(folder, "nvim")


EMACS_ROLES = {
    "font-lock-keyword-face": "keyword",
    "font-lock-constant-face": "constant",
    "font-lock-string-face": "string",
}
EMACS = """
(progn
  (require 'json)
  (require 'cl-extra)
  (load (expand-file-name "arch-colours.el") nil t)
  (load (expand-file-name "mode.el") nil t)
  (let ((number -1))
    (princ (json-encode (cl-map 'vector
      (lambda (places)
        (find-file (format "%d.arch" (setq number (1+ number))))
        (font-lock-mode 1)
        (font-lock-ensure)
        (cl-map 'vector
          (lambda (p) (format "%s" (get-text-property (1+ (aref p 0)) 'face))) places))
      (json-read-file "places"))))))
"""


def by_emacs(folder: Path) -> Answers:
    lines = EDITORS["emacs"].setup(this(), "archdsl").lines.text
    (folder / "arch-colours.el").write_text(emacs())
    (folder / "mode.el").write_text(lines.replace("(add-hook 'arch-mode-hook #'eglot-ensure)", ""))
    return json.loads(run(folder, "emacs", "-Q", "--batch", "--eval", EMACS))


KATE_ROLES = {  # by the theme Breeze Light
    "font-weight:bold;": "keyword",
    "color:#aa5500;": "keyword",
    "color:#b08000;": "number",
    "color:#bf0303;": "string",
    "color:#607880;": "docstring",
}


class Styled(HTMLParser):
    """The style of every character of the page that Kate's engine writes of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.inside = False
        self.style = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside |= tag == "pre"
        self.style = dict(attributes).get("style") or "" if tag == "span" else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside &= tag != "pre"
        self.style = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.styles += [self.style] * len(data)


def by_kate(folder: Path) -> Answers:
    syntax = folder / ".local" / "share" / "org.kde.syntax-highlighting" / "syntax"
    syntax.mkdir(parents=True)
    (syntax / "arch.xml").write_text(kate())
    answers = []
    for number, asked in enumerate(json.loads((folder / "places").read_text())):
        styled = Styled()
        how = ("-s", "arch", "-f", "html", "-t", "Breeze Light")
        styled.feed(run(folder, "kate-syntax-highlighter", *how, f"{number}.arch"))
        answers.append(
            [styled.styles[start + 1] for start, _, _ in asked]
        )  # behind a first line end
    return answers


def role(told: str, text: str, start: int) -> str:
    """The role that a colour says. Emacs has one for numbers and constants, one for all strings."""
    known = {**VIM_ROLES, **EMACS_ROLES, **KATE_ROLES}.get(told, "name")
    if known == "constant":
        return "number" if text[start].isdigit() else "keyword"
    if known == "string" and text[start : start + 3] in ('"""', "'''"):
        return "docstring"
    return known


@pytest.mark.parametrize("paint", [by_vim, by_neovim, by_emacs, by_kate])
def test_a_text_is_coloured_as_the_compiler_reads_it(
    paint: Callable[[Path], Answers], tmp_path: Path
):
    texts = [TRAPS, *(path.read_text(encoding="utf-8") for path in SPECS)]
    read = [places(text) for text in texts]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.arch").write_text(text)
    (tmp_path / "places").write_text(json.dumps([asked for asked, _ in read]))
    painted = paint(tmp_path)
    assert list(map(len, painted)) == [len(asked) for asked, _ in read]
    wrong = [
        (name, line + 1, text[start:].split("\n")[0][:20], wanted, told)
        for name, text, (asked, roles), answers in zip(
            ["traps", *(path.name for path in SPECS)], texts, read, painted, strict=True
        )
        for (start, line, _), wanted, told in zip(asked, roles, answers, strict=True)
        if role(told, text, start) != wanted
    ]
    assert not wrong, wrong[:40]
