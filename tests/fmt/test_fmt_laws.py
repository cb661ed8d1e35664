"""What holds of every source: the same tree and comments, and nothing left to format."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from sources import sources

from archdsl.base.source import Source
from archdsl.syntax.fmt import fmt
from archdsl.syntax.fmt.document import WIDTH
from archdsl.syntax.parse import parse
from archdsl.syntax.tree import Parsed
from archdsl.syntax.walk import same

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted([*ROOT.glob("specs/*.arch"), *ROOT.glob("archdsl/std/*.arch")])
CASES = sorted(
    p for room in ("emission", "syntax", "fmt") for p in ROOT.glob(f"tests/{room}/cases/*.arch")
)
STRING = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*", re.DOTALL)


def read(text: str) -> Parsed:
    return parse(Source("test.arch", text))


def comments(parsed: Parsed) -> Counter[str]:
    return Counter(span.text.rstrip() for span in parsed.comments)


def check(text: str) -> str:
    """Formats a text and looks at the result as somebody who knows nothing of the formatter."""
    before = read(text)
    result = fmt(before)
    after = read(result)
    assert after.ok
    assert same(before.file, after.file)
    assert comments(before) == comments(after)
    assert fmt(after) == result
    code = STRING.sub('""', result)
    assert not re.search(r"[\t\r\ufeff]|[ ]$|\n\n\n|\A\n|\n\n\Z", code)
    assert result.endswith("\n") or not result
    return result


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_any_layout_of_any_source(text: str) -> None:
    assume(read(text).ok)
    check(text)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_more_layouts(text: str) -> None:
    assume(read(text).ok)
    check(text)


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "path", [*OURS, *CASES], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_every_spec_of_the_repository(path: Path) -> None:
    parsed = read(path.read_text(encoding="utf-8"))
    assert parsed.ok
    lines = check(path.read_text(encoding="utf-8")).splitlines()
    assert all(len(line) <= WIDTH or '"""' in line or "#" in line for line in lines)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_the_catalogue_and_the_library_are_formatted(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert fmt(read(text)) == text, "run `archdsl fmt specs archdsl/std`"
