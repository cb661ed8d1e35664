"""What a sweep has found so far, kept in a file: an interrupted one goes on from there.

The first line says which sweep it is of; each variant that was tried has a line. It is taken up by
the same sweep of the same texts only.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from archdsl import __version__
from archdsl.base.files import write_whole
from archdsl.base.source import Source
from archdsl.sweeps.measure import Order
from archdsl.sweeps.report import Variant

LINES = 1  # a line is in the file as soon as it is noted, whatever ends the process
Tried = dict[int, Variant | None]  # by number; None where the condition is not met


class Journal:
    """The file, written as variants come."""

    def __init__(self, path: Path, order: Order, sources: tuple[Source, ...]) -> None:
        self.path = path
        self._key = _key(order, sources)
        self._stream: TextIO | None = None

    def recall(self) -> Tried:
        """The variants that an interrupted run of this very sweep has tried."""
        try:
            first, *lines = self.path.read_text(encoding="utf-8").splitlines()
            if json.loads(first) != {"sweep": self._key}:
                return {}
        except (OSError, ValueError):
            return {}
        return dict(_rows(lines))

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
    """The lines that were written whole."""
    for line in lines:
        try:
            number, row = json.loads(line)
        except ValueError:
            return
        yield number, None if row is None else Variant.model_validate(row)


def _key(order: Order, sources: tuple[Source, ...]) -> str:
    texts = [source.text for source in sources]
    input, limits = repr(order.input), repr(order.limits)
    asked = [__version__, texts, order.spec.network, input, order.axes, order.figures, order.where]
    asked.append(limits)
    return sha256(json.dumps(asked).encode()).hexdigest()
