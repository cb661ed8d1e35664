"""Tables and documents, of specs whose strings and file names try to break out."""

import csv
import json
import os
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from breakouts import BREAKOUTS, HARMLESS, TELLING, spec, string, unseen

import archdsl
from archdsl.cli import main
from archdsl.sweeps.documents import as_csv, as_html, as_json, as_table
from archdsl.sweeps.report import Sweep
from archdsl.sweeps.scatter import as_svg

FILES = {name: text[:60].replace("/", "∕") for name, text in BREAKOUTS.items()}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Output = pytest.CaptureFixture[str]


@pytest.fixture(
    params=[n if n in TELLING else pytest.param(n, marks=pytest.mark.slow) for n in FILES]
)
def named(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """A file in the working folder, and its text: the name and the text both try to break out."""
    monkeypatch.chdir(tmp_path)
    name = f"{FILES[request.param]}.arch"
    Path(name).write_text(spec(BREAKOUTS[request.param]), encoding="utf-8")
    return name, BREAKOUTS[request.param]


def run(out: Output, *words: str) -> str:
    """What a command prints; a SPEC that would read as a flag has a folder before it."""
    main(words)
    return out.readouterr().out


def test_csv_has_the_same_cells_and_no_formula(named: tuple[str, str], capsys: Output) -> None:
    text = run(capsys, "audit", "--format", "csv", named[0])
    rows = list(csv.reader(StringIO(text)))
    assert len(rows) == 4 and {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        assert not unseen(cell)
        assert not cell.startswith(FORMULA) or float(cell) < 0
    files = {row[rows[0].index("file")] for row in rows[1:]}
    if named[0].isprintable():
        assert {os.path.normpath(file) for file in files} == {named[0]}


def test_json_says_the_name_and_nothing_unseen(named: tuple[str, str], capsys: Output) -> None:
    text = run(capsys, "audit", "--format", "json", named[0])
    assert not unseen(text)
    assert {row["file"] for row in json.loads(text)["layers"]} == {named[0]}


def test_every_other_output_can_be_seen(named: tuple[str, str], capsys: Output) -> None:
    for words in (
        *(["audit", "--format", format] for format in ("table", "md", "html")),
        *(["sizes", "--up-to", "9", "--format", format] for format in ("table", "json")),
        *(["diff", "lenet5", "--format", format] for format in ("table", "json", "md")),
        *(["check", "--format", format] for format in ("text", "json", "github")),
        ["check", "--all"],
    ):
        main([*words, named[0]])
        printed = capsys.readouterr()
        assert not unseen(printed.out + printed.err), words


def test_markdown_has_the_same_cells(capsys: Output, tmp_path: Path) -> None:
    file = tmp_path / "net.arch"
    for text in BREAKOUTS.values():
        file.write_text(spec(text), encoding="utf-8")
        table = run(capsys, "audit", "--format", "md", str(file)).splitlines()
        rows = [line.replace("\\|", "") for line in table if line.startswith("|")]
        assert len(rows) == 6 and {row.count("|") for row in rows} == {rows[0].count("|")}


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def swept(text: str) -> Sweep:
    return archdsl.sweep("net.arch", {"mode": [string(text), string("other")]})


@pytest.mark.parametrize("name", BREAKOUTS)
def test_sweeps(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The values of an axis are what a user typed: they are shown and no more."""

    monkeypatch.chdir(tmp_path)
    Path("net.arch").write_text(spec(HARMLESS), encoding="utf-8")
    hostile, harmless = swept(BREAKOUTS[name]), swept(HARMLESS)
    for write in (as_csv, as_html, as_json, as_table, as_svg):
        assert not unseen(write(hostile)), write
    assert _Tags(as_html(hostile)).tags == _Tags(as_html(harmless)).tags
    rows = list(csv.reader(StringIO(as_csv(hostile))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not any(row[0].startswith(FORMULA) for row in rows)
    assert json.loads(as_json(hostile))["axes"]["mode"][0] == string(BREAKOUTS[name])


def test_diff_s_markdown_ends_its_fence(capsys: Output, tmp_path: Path) -> None:
    old, new = tmp_path / "old.arch", tmp_path / "new.arch"
    old.write_text(spec(BREAKOUTS["fence"]))
    new.write_text(spec(HARMLESS).replace("conv(channels, 1)", "conv(channels, 2)"))
    printed = run(capsys, "diff", "--format", "md", str(old), str(new))
    fences = [line for line in printed.splitlines() if line.startswith("```")]
    assert fences == ["```text", "```"]
    assert not any(line.startswith("# ") for line in printed.splitlines())
