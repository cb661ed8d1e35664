"""The grammar itself, the cache of its tables, and the pages about syntax errors."""

import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from archdsl.base import cache_folder
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


def test_terminals_do_not_collide() -> None:
    grammar.build(TEXT, strict=True)


def tables(folder: Path) -> Path:
    """The entry of the grammar's tables."""
    (entry,) = folder.glob("grammar-*")
    return entry


def forget_trees(folder: Path) -> None:
    for entry in folder.glob("tree-*"):
        entry.unlink()


def test_tables_are_stored_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert run(folder) == "1\n"
    before = tables(folder).stat().st_mtime_ns
    forget_trees(folder)
    assert run(folder) == "1\n"
    assert tables(folder).stat().st_mtime_ns == before


@pytest.mark.one_in(3)
@pytest.mark.parametrize("damage", [b"", b"no pickle", None])
def test_damaged_tables_are_built_again(tmp_path: Path, damage: bytes | None) -> None:
    run(tmp_path)
    whole = tables(tmp_path).read_bytes()
    tables(tmp_path).write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    forget_trees(tmp_path)
    assert run(tmp_path) == "1\n"
    assert len(tables(tmp_path).read_bytes()) > len(whole) // 2


@pytest.mark.one_in(2)
@pytest.mark.parametrize("content", [b"no pickle", b"\x80\x04N."])
def test_foreign_tables_are_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path))
    cache_folder.keep(grammar.entry_name(TEXT), content)
    assert run(tmp_path) == "1\n"
    assert cache_folder.recall(grammar.entry_name(TEXT)) != content


def test_no_cache_is_needed(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    assert run(blocked) == "1\n"


def test_the_entry_is_named_for_what_it_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    name = grammar.entry_name(TEXT)
    assert grammar.entry_name(TEXT + " ") != name
    monkeypatch.setattr("lark.__version__", "0")
    assert grammar.entry_name(TEXT) != name


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
