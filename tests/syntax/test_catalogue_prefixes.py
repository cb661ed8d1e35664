"""Every spec of the catalogue as it is while somebody types it."""

from pathlib import Path

import pytest

from archdsl import catalogue
from archdsl.base.source import Source
from archdsl.driver import Misuse, loads
from archdsl.syntax.reading import read

FILES = sorted({entry.file for entry in catalogue.entries()})
READ, ELABORATED = 7, 29  # of the ends that a text may have, one in so many is tried


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_prefixes_are_read(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for end in range(0, len(text), READ):
        read(Source(file.name, text[:end]))


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_prefixes_are_elaborated(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path))
    monkeypatch.chdir(file.parent)
    text = file.read_text(encoding="utf-8")
    for end in range(0, len(text), ELABORATED):
        try:
            found = loads(text[:end])
        except Misuse:  # no network yet, or several
            continue
        assert found.program is not None or found.diagnostics
