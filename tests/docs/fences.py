"""The fenced examples of a page, by what their first line says they are.

`docs/contributing.md` has the table of the words.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ("README.md", *(f"docs/{name}.md" for name in (
    "language", "tutorial", "architecture", "costs", "cli", "contributing", "changelog", "emitted",
    "diagrams", "deployment", "compatibility", "benchmarks", "editors", "fuzzing", "security",
)))  # fmt: skip

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHAPE = re.compile(r"\d+(x\d+)*")
_CODE = re.compile(r"E\d{4}")
DEFAULT_INPUT = "3x32x32"


@dataclass(frozen=True)
class Fence:
    page: str
    line: int
    words: tuple[str, ...]
    text: str

    @property
    def language(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The name that other examples of the page know it by."""
        return next((w for w in self.words[1:] if w.endswith((".arch", ".py"))), None)

    @property
    def codes(self) -> list[str]:
        """The mistakes that it is there to show."""
        return [word for word in self.words if _CODE.fullmatch(word)]

    @property
    def spec(self) -> str:
        """A whole file; a fragment becomes the body of a network."""
        if "fragment" not in self.words:
            return self.text
        shape = next((w for w in self.words if _SHAPE.fullmatch(w)), DEFAULT_INPUT)
        lines = "".join(f"    {line}\n" if line else "\n" for line in self.text.splitlines())
        return f"network Example:\n    input {shape}\n{lines}"


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its fenced examples."""
    return _FENCE.sub("", read(page))


def anchor(heading: str) -> str:
    """What GitHub makes of a heading to link to."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def fences(page: str) -> list[Fence]:
    """The fenced examples of a page, in order."""
    text = read(page)
    return [
        Fence(page, text.count("\n", 0, fence.start()) + 1, tuple(fence[1].split()), fence[2])
        for fence in _FENCE.finditer(text)
    ]


def all_fences(language: str) -> list[Fence]:
    return [f for page in WRITTEN for f in fences(page) if f.language == language]
