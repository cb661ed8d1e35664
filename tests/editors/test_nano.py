"""nano in a terminal of its own: it reads lines, colours words, lays a spec out by `M-F`."""

import sys
from pathlib import Path

import pytest
from programs import SMALL, WILD, program
from terminal import started

from archdsl.editors.machine import Machine
from archdsl.editors.setups import EDITORS

pytestmark = pytest.mark.editors
LAY_OUT, SAVE, AGREE, LEAVE = b"\x1bF", b"\x0f", b"\r", b"\x18"


def test_a_spec_is_coloured_and_laid_out(tmp_path: Path) -> None:
    archdsl = Path(sys.executable).with_name("archdsl")
    setup = EDITORS["nano"].setup(Machine("linux", tmp_path, {}), str(archdsl))
    for file in (setup.lines, setup.colours):
        assert file is not None
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.text)
    spec = tmp_path / "wild.arch"
    spec.write_text(WILD)
    with started(program("nano"), f"--rcfile={setup.lines.path}", str(spec)) as terminal:
        terminal.see(b"Read ")
        terminal.see(b"\x1b[35mnetwork")  # in the colour of its kind
        terminal.type(LAY_OUT)
        terminal.see(b"has been processed")
        terminal.type(SAVE)
        terminal.see(b"File Name to Write")
        terminal.type(AGREE)
        terminal.see(b"Wrote ")
        terminal.type(LEAVE)
    assert spec.read_text() == SMALL
