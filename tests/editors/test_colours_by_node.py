"""The parser for CodeMirror, run by Node, colours a text as the compiler reads it."""

import json
import subprocess
from pathlib import Path

import pytest

from archdsl.editors.rules import Kind
from tests.editors.reading import read_by_the_compiler
from tests.editors.test_colours import texts

pytestmark = pytest.mark.node
HERE = Path(__file__).parent
ROLES = {
    **dict.fromkeys((Kind.KEYWORD, Kind.CONSTANT), "keyword"),
    Kind.NUMBER: "number",
    Kind.STRING: "string",
    Kind.DOC: "docstring",
    **dict.fromkeys((Kind.OPERATOR, Kind.PUNCTUATION), "sign"),
}


@pytest.fixture(scope="module")
def painted() -> dict[str, list[list[tuple[int, str | None]]]]:
    """For every text the pieces of its lines, each with its kind."""
    known = [str(param.values[0]) for param in texts()]
    done = subprocess.run(
        ["node", HERE / "paint.mjs"], input=json.dumps(known), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(known, json.loads(done.stdout), strict=True))


def role(kind: str | None) -> str:
    if kind is None or kind == "comment":
        return ""
    return ROLES.get(Kind[kind.upper()], "name")


@pytest.mark.parametrize("text", list(texts()))
def test_a_text_is_coloured_as_the_compiler_reads_it(text: str, painted: dict) -> None:
    roles = [role(kind) for line in painted[text] for length, kind in line for _ in range(length)]
    assert len(roles) == len(text) + 1  # the end of the last line too
    wrong = [
        (text.count("\n", 0, start) + 1, token, wanted, roles[start : start + len(token)])
        for start, token, wanted in read_by_the_compiler(text)
        if set(roles[start : start + len(token)]) != {wanted}
    ]
    assert not wrong
