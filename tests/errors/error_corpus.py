"""Chunks of specs, each with the mistakes that it must give marked on their lines.

A file of `cases/` holds chunks. `#= title` begins one; behind `|` stand options: `network=NAME`,
`-p NAME=VALUE`, `--input SHAPE`. `#= file PATH` begins another file of the chunk. A line ends in
`#! CODE …` with what must be found there, warnings and notes included.

`python tests/errors/error_corpus.py` writes the messages anew to `cases/*.err`, and what the texts
are after their hints were followed, where that can be done word by word, to `cases/*.fix`.
"""

import re
import shlex
import tempfile
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from archdsl import driver
from archdsl.base.diagnostics import Diagnostic, edited
from archdsl.base.labels import Edit
from archdsl.base.render import render
from archdsl.base.source import Source

CASES = Path(__file__).parent / "cases"
MAIN = "spec.arch"

_MARK = re.compile(r"[ \t]*#!((?: [EW]\d{4})+)[ \t]*$", re.MULTILINE)
_HEAD = re.compile(r"^#= ", re.MULTILINE)

Finding = tuple[str, int, str]  # file, line, code


@dataclass(frozen=True)
class Chunk:
    topic: str
    title: str
    options: str
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.topic}: {self.title}"

    @property
    def marked(self) -> list[Finding]:
        findings = [
            (file, text.count("\n", 0, mark.start(1)) + 1, code)
            for file, text in self.texts.items()
            for mark in _MARK.finditer(text)
            for code in mark[1].split()
        ]
        return sorted(findings)

    @property
    def plain(self) -> dict[str, str]:
        """The texts without their marks."""
        return {file: _unmarked(text) for file, text in self.texts.items()}

    @cached_property
    def loaded(self) -> driver.Loaded:
        network, parameters, shape = _options(self.options)
        with tempfile.TemporaryDirectory() as place:
            for file, text in self.texts.items():
                path = Path(place, file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(_unmarked(text), encoding="utf-8")
            source = Source(MAIN, _unmarked(self.texts[MAIN]))
            spec = driver.Spec(source, Path(place), network, "", whole=True)
            return driver.run(spec, parameters, shape)

    @cached_property
    def followed(self) -> "Chunk | None":
        """The chunk after every hint that is an edit; None where there is none."""
        edits = {e for d in self.loaded.diagnostics for e in d.edits}
        if not edits:
            return None
        texts = {file: _followed(file, _unmarked(text), edits) for file, text in self.texts.items()}
        return Chunk(self.topic, self.title, self.options, texts)

    def rendered(self) -> str:
        messages = "".join(f"\n{render(d)}\n" for d in self.loaded.diagnostics)
        return f"#= {self.title}\n{messages}"


def _followed(file: str, text: str, edits: set[Edit]) -> str:
    return edited(text, [edit for edit in edits if edit.span.source.name == file])


def findings(diagnostics: tuple[Diagnostic, ...]) -> list[Finding]:
    places = ((d.primary.span, d.code) for d in diagnostics)
    return sorted((span.source.name, span.line, code) for span, code in places)


def topics() -> list[Path]:
    return sorted(CASES.glob("*.arch"))


@cache
def chunks(case: Path) -> list[Chunk]:
    """The chunks of a file, each with the texts of its files."""
    read: list[Chunk] = []
    for part in _HEAD.split(case.read_text(encoding="utf-8"))[1:]:
        head, _, text = part.partition("\n")
        if head.startswith("file "):
            read[-1].texts[head.removeprefix("file ")] = text.rstrip("\n") + "\n"
            continue
        title, _, options = head.partition(" | ")
        read.append(Chunk(case.stem, title, options, {MAIN: text.rstrip("\n") + "\n"}))
    return read


def expected(case: Path) -> Path:
    return case.with_suffix(".err")


def messages(case: Path) -> str:
    """All messages of a file's chunks, as a terminal without colours shows them."""
    return "\n".join(chunk.rendered() for chunk in chunks(case))


def repaired(case: Path) -> Path:
    return case.with_suffix(".fix")


def repairs(case: Path) -> str:
    """The texts of a file's chunks as their hints would have them."""
    followed = [chunk.followed for chunk in chunks(case)]
    return "\n".join(
        f"#= {chunk.title}\n"
        + "".join(t if f == MAIN else f"#= file {f}\n{t}" for f, t in chunk.texts.items())
        for chunk in followed
        if chunk is not None
    )


def _unmarked(text: str) -> str:
    return _MARK.sub("", text)


def _options(words: str) -> tuple[str | None, dict[str, object], str | None]:
    network, shape = None, None
    parameters: dict[str, object] = {}
    waiting = iter(shlex.split(words))
    for word in waiting:
        if word == "-p":
            name, _, value = next(waiting).partition("=")
            parameters[name] = value
        elif word == "--input":
            shape = next(waiting)
        else:
            network = word.removeprefix("network=")
    return network, parameters, shape


def rewrite() -> None:
    for orphan in set(CASES.glob("*.err")) - {expected(case) for case in topics()}:
        orphan.unlink()
    for case in topics():
        expected(case).write_text(messages(case), encoding="utf-8")
        repaired(case).unlink(missing_ok=True)
        if text := repairs(case):
            repaired(case).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
