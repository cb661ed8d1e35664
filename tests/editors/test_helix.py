"""Helix in a terminal of its own, set up by `archdsl editor helix`."""

import shutil
from pathlib import Path

import pytest
from programs import ROOT, SMALL, WILD, archdsl
from terminal import started

pytestmark = [
    pytest.mark.editors,
    pytest.mark.skipif(shutil.which("hx") is None, reason="no hx here: Debian has it from 13 on"),
]
BEFORE_THE_LAST_STEP, LEAVE_INSERTING, SAVE, LEAVE = b"gekO", b"\x1b", b":w\r", b":q!\r"


def test_a_spec_has_hints_mistakes_completions_and_its_layout(tmp_path: Path) -> None:
    archdsl(tmp_path, "editor", "helix", "--write")
    (tmp_path / ".config" / "helix" / "config.toml").write_text(
        "[editor.lsp]\ndisplay-inlay-hints = true\n"
    )
    spec = tmp_path / "wild.arch"
    spec.write_text(WILD)
    with started("hx", str(spec), HOME=str(tmp_path), PYTHONPATH=str(ROOT)) as terminal:
        terminal.see(b"16x32x32")  # the shape behind the line
        terminal.type(SAVE)
        terminal.see(b"written")
        assert spec.read_text() == SMALL
        terminal.type(BEFORE_THE_LAST_STEP + b"glob")
        terminal.see(b"global_max_pool")
        terminal.type(LEAVE_INSERTING)
        terminal.see(b"there is no op, block or step")
        terminal.type(LEAVE)
