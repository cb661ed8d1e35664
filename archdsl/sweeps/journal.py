"""The findings of a sweep so far, in a file: an interrupted sweep continues from there.

The first line says which sweep it is of; each variant that was tried has a line. It is taken up by
the same sweep of the same texts only.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Annotated, TextIO

from msgspec import DecodeError, Meta
from msgspec.json import decode
from pydantic import ValidationError

from archdsl.base.files import write_whole
from archdsl.base.source import Source
from archdsl.base.version import __version__
from archdsl.sweeps.axes import size
from archdsl.sweeps.variant_bench import Order
from archdsl.sweeps.variants import Variant

_Row = tuple[Annotated[int, Meta(ge=0)], dict[str, object] | None]
_FIRST = re.compile(rb'\{"sweep": "[0-9a-f]{64}"\}\n')

LINES = 1  # a line is in the file as soon as it is noted, whatever ends the process
Tried = dict[int, Variant | None]  # by number; None where the condition is not met


def is_foreign(path: Path) -> bool:
    """True where the file has contents that no sweep has written."""
    if not path.exists():
        return path.is_symlink()
    if not path.is_file():
        return True
    with path.open("rb") as file:
        first = file.readline(100)
    return bool(first) and _FIRST.fullmatch(first) is None


class Journal:
    """The file, written as variants come."""

    def __init__(self, path: Path, order: Order, sources: tuple[Source, ...]) -> None:
        self.path = path
        self._key = _key(order, sources)
        self._order = order
        self._stream: TextIO | None = None

    def recall(self) -> Tried:
        """The variants that an interrupted run of this very sweep has tried."""
        try:
            if not self.path.is_file():
                return {}
            first, *lines = self.path.read_text(encoding="utf-8").splitlines()
            if json.loads(first) != {"sweep": self._key}:
                return {}
        except (OSError, ValueError):
            return {}
        return {n: row for n, row in _rows(lines) if self._is_of_the_grid(n, row)}

    def _is_of_the_grid(self, number: int, variant: Variant | None) -> bool:
        if variant is None or number >= size(self._order.axes):
            return number < size(self._order.axes)
        names = {name for name, _ in self._order.axes}
        figures = set(self._order.figures) if variant.failure is None else set()
        alike = variant.parameters.keys() == names and variant.figures.keys() == figures
        return alike and variant.number == number

    def open(self, known: Tried) -> None:
        """Begins the file anew with what is known; raises `Unwritable`."""
        lines = [json.dumps({"sweep": self._key}), *(_line(n, v) for n, v in known.items())]
        write_whole(self.path, "".join(f"{line}\n" for line in lines).encode())
        self._stream = self.path.open("a", encoding="utf-8", buffering=LINES)

    def add(self, number: int, variant: Variant | None) -> None:
        """Notes one more variant."""
        assert self._stream is not None
        self._stream.write(f"{_line(number, variant)}\n")

    def close(self) -> None:
        """Leaves the file as it is, for the next run."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _line(number: int, variant: Variant | None) -> str:
    row = variant.model_dump(mode="json") if variant is not None else None
    return json.dumps([number, row])


def _rows(lines: list[str]) -> Iterator[tuple[int, Variant | None]]:
    """The lines that are as they were written; the variants of any other are tried again."""
    for line in lines:
        with suppress(DecodeError, ValidationError):
            number, row = decode(line, type=_Row)
            yield number, None if row is None else Variant.model_validate(row)


def _key(order: Order, sources: tuple[Source, ...]) -> str:
    texts = [source.text for source in sources]
    input, limits = repr(order.input), repr(order.limits)
    asked = [__version__, texts, order.spec.network, input, order.axes, order.figures, order.where]
    asked.append(limits)
    return sha256(json.dumps(asked).encode()).hexdigest()
