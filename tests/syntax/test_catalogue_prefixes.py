"""Every spec of the catalogue as it is while somebody types it.

After some characters of each file, drawn at random; `ARCHDSL_EVERY_PREFIX=1` takes each, which is
102,000 texts.
"""

import os
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from archdsl import catalogue
from archdsl.base.diagnostics import Diagnostic
from archdsl.driver import Loaded, Misuse, loads

FILES = sorted({entry.file for entry in catalogue.entries()})
EVERY = bool(os.environ.get("ARCHDSL_EVERY_PREFIX"))
ONE_OF = 30  # characters
HEADER = re.compile(r"^network (\w+)(.*\n)?", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_prefix_is_elaborated(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the network at which the typing has arrived; there is none before its header."""
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path))
    monkeypatch.chdir(file.parent)
    text = file.read_text(encoding="utf-8")
    for end in _ends(text, random.Random(file.stem)):
        latest = _latest(text[:end])
        if latest is None:
            assert not any(line for _, line in HEADER.findall(text[:end]))
        else:
            assert latest.program is not None or latest.failed
            assert all(_placed(told, text[:end]) for told in latest.diagnostics)


def _ends(text: str, draw: random.Random) -> Sequence[int]:
    ends = range(len(text) + 1)
    return ends if EVERY else (*draw.sample(ends, len(ends) // ONE_OF), len(text))


def _latest(text: str) -> Loaded | None:
    """The last network of a text, or the one before while its header is incomplete."""
    for name, _ in reversed(HEADER.findall(text)):
        try:
            return loads(text, network=name)
        except Misuse:
            continue
    return None


def _placed(told: Diagnostic, text: str) -> bool:
    """Whether it has words and a place, in the text if the text is what it is about."""
    span = told.primary.span
    inside = span.source.text != text or 0 <= span.start <= span.end <= len(text)
    return bool(told.message) and inside
