"""An editor is told what `archdsl check` tells, of the corpus of mistakes."""

from pathlib import Path

import pytest

from archdsl import driver
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis
from tests.errors.error_corpus import MAIN, Chunk, chunks, topics

CHUNKS = [chunk for case in topics() for chunk in chunks(case) if not chunk.options]


def places(diagnostics):
    return sorted({(d.code, Path(d.file).name, d.line, d.message) for d in diagnostics})


def checked(spec: str):
    """What the networks of a file that can stand alone are told, and the rest of it."""
    file = driver.whole(spec)
    assert file is not None
    loads = [driver.load(part) for part in file.parts]
    return [d for loaded in (*loads, file.rest) for d in loaded.diagnostics]


@pytest.mark.one_in(8)
@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.name)
def test_what_check_tells_is_told_in_an_editor(chunk: Chunk, tmp_path: Path) -> None:
    for file, text in chunk.plain.items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    path = tmp_path / MAIN
    source = Source(str(path), path.read_text(encoding="utf-8"))
    analysis = Analysis(driver.Spec(source, tmp_path, None, path.stem, path))
    try:
        expected = places(checked(str(path)))
    except driver.Misuse:
        assert not analysis.networks
        return
    told = places(d for d in analysis.diagnostics)
    assert told == expected
