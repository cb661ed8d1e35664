"""The Lezer grammar for CodeMirror, run by Node, reads a text as the compiler does."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archdsl.base.source import Source
from archdsl.syntax.grammar import tokens
from archdsl.syntax.logical_lines import lay_out
from tests.editors.reading import read_by_the_compiler
from tests.editors.test_colours import texts
from tools.playground.__main__ import build_parser, install
from tools.playground.places import LANGUAGE, NPM

pytestmark = pytest.mark.node
HERE = Path(__file__).parent
FOLDER = NPM / "language"  # where Node finds the packages
ROLES = {
    **dict.fromkeys(("Keyword", "Constant"), "keyword"),
    "Number": "number",
    "String": "string",
    "Doc": "docstring",
    "Comment": "",
    **dict.fromkeys(("Operator", "Punctuation"), "sign"),
}
BROKEN = """\
block one(k):
    conv(k, 3
    add(relu, identity

network two:
    input 3x8x8 ]
    a = "open
    one(8) -> }
"""


@pytest.fixture(scope="module")
def node() -> None:
    install()
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(LANGUAGE, FOLDER)
    shutil.copy(HERE / "paint.mjs", FOLDER)


def read(given: list[str]) -> list[Any]:
    command = ["node", FOLDER / "paint.mjs"]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    data: list[Any] = json.loads(done.stdout)
    return data


@pytest.fixture(scope="module")
def by_node(node: None) -> dict[str, Any]:
    known = [str(param.values[0]) for param in texts()]
    return dict(zip(known, read(known), strict=True))


@pytest.mark.parametrize("text", list(texts()))
def test_a_text_is_coloured_as_the_compiler_reads_it(text: str, by_node: dict[str, Any]) -> None:
    roles = [""] * len(text)
    for start, end, kind, _ in by_node[text]["tokens"]:
        roles[start:end] = [ROLES.get(kind, "name")] * (end - start)
    wrong = [
        (text.count("\n", 0, start) + 1, token, wanted, roles[start : start + len(token)])
        for start, token, wanted in read_by_the_compiler(text)
        if set(roles[start : start + len(token)]) != {wanted}
    ]
    assert not wrong and not by_node[text]["errors"]


@pytest.mark.parametrize("text", list(texts()))
def test_what_stands_below_a_line_is_its_body(text: str, by_node: dict[str, Any]) -> None:
    bodies = {start: around for start, _, _, around in by_node[text]["tokens"]}
    lines = lay_out(Source("bodies.arch", text), tokens(text)).lines
    levels = [(line.head.start_pos, line.level) for line in lines]
    assert levels == [(start, bodies[start or 0]) for start, _ in levels]


@pytest.mark.parametrize("text", list(texts()))
def test_what_is_typed_into_is_read_as_afresh(text: str, by_node: dict[str, Any]) -> None:
    assert by_node[text]["unlike"] == []


def test_brackets_that_nobody_closed_end_where_a_declaration_begins(node: None) -> None:
    (painted,) = read([BROKEN])
    assert painted["errors"]
    words = [(BROKEN[start:end], kind) for start, end, kind, _ in painted["tokens"]]
    assert [w for w, kind in words if kind == "Keyword"] == ["block", "network", "input"]
    assert ("two", "Name") in words and ("3x8x8", "Number") in words


def test_the_parser_is_that_of_the_grammar(node: None, tmp_path: Path) -> None:
    build_parser(tmp_path)
    for name in ("parser.js", "parser.terms.js"):
        assert (tmp_path / name).read_text() == (LANGUAGE / name).read_text()
