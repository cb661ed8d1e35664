"""The grammar itself, the cache of its tables, and the pages about syntax errors."""

import importlib.util
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from archdsl.base.source import Source
from archdsl.codes import pages
from archdsl.syntax import grammar
from archdsl.syntax.parse import parse

TEXT = resources.files("archdsl.syntax").joinpath("grammar.lark").read_text("utf-8")
SYNTAX = {code: page for code, page in pages().items() if code.startswith("E01")}
WITHOUT_EXAMPLE = {"E0127", "E0129"}  # a zero byte and thirty errors: see test_syntax_errors
EXAMPLE = re.compile(r"^```arch\n(.*?)^```", re.DOTALL | re.MULTILINE)

PROGRAM = """
from archdsl.base.source import Source
from archdsl.syntax.parse import parse
print(len(parse(Source("a", "block a:\\n    relu\\n")).file.declarations))
"""


def run(folder: Path, program: str = PROGRAM) -> str:
    environment = {**os.environ, "ARCHDSL_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.skipif(
    importlib.util.find_spec("interegular") is None, reason="lark's strict mode needs interegular"
)
def test_terminals_do_not_collide() -> None:
    grammar.build(TEXT, strict=True)


def test_tables_are_stored_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert run(folder) == "1\n"
    (stored,) = folder.iterdir()
    before = stored.stat().st_mtime_ns
    assert run(folder) == "1\n"
    assert [path.name for path in folder.iterdir()] == [stored.name]
    assert stored.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"no pickle", b"\x80\x04N.", None])
def test_damaged_tables_are_built_again(tmp_path: Path, damage: bytes | None) -> None:
    run(tmp_path)
    (stored,) = tmp_path.iterdir()
    whole = stored.read_bytes()
    stored.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert run(tmp_path) == "1\n"
    rebuilt = stored.stat().st_mtime_ns
    assert stored.stat().st_size > len(whole) // 2
    assert run(tmp_path) == "1\n"
    assert stored.stat().st_mtime_ns == rebuilt


def test_no_cache_is_needed(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    assert run(blocked) == "1\n"


def test_the_file_is_named_for_what_it_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path))
    name = grammar.cache_file(TEXT)
    assert name.parent == tmp_path
    assert grammar.cache_file(TEXT + " ") != name
    monkeypatch.setattr("lark.__version__", "0")
    assert grammar.cache_file(TEXT) != name


def test_the_tree_costs_no_lark(tmp_path: Path) -> None:
    program = "import sys, archdsl.syntax.tree; print('lark' in sys.modules)"
    assert run(tmp_path, program) == "False\n"


# --- the pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SYNTAX)
def test_page(code: str) -> None:
    page = SYNTAX[code]
    assert page.startswith(f"# {code}: ")
    if code in WITHOUT_EXAMPLE:
        assert "```" not in page
        return
    assert re.findall(r"^## .*$", page, re.MULTILINE) == ["## Wrong", "## Right"]
    wrong, right = EXAMPLE.findall(page)
    assert {d.code for d in parse(Source("wrong.arch", wrong)).diagnostics} == {code}
    assert parse(Source("right.arch", right)).diagnostics == ()


def test_every_code_has_a_page() -> None:
    folder = resources.files("archdsl.syntax")
    texts = [p.read_text("utf-8") for p in folder.iterdir() if p.name.endswith(".py")]
    raised = {code for text in texts for code in re.findall(r'"(E01\d\d)"', text)}
    assert raised == set(SYNTAX)
