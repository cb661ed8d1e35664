"""What people, programs and GitHub see of a diagnostic."""

import json
import re

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Label, Severity
from archdsl.base.render import WIDTH, render, to_github, to_json
from archdsl.base.source import Source, Span

TEXT = """block b(c):
    add:
        conv(c, 3)
        identity
network N:
    input 3x32x32
    b(8)
"""
SOURCE = Source("net.arch", TEXT)


def label(text: str, words: str = "", source: Source = SOURCE) -> Label:
    start = source.text.index(text)
    return Label(Span(source, start, start + len(text)), words)


def error(primary: Label, others: tuple[Label, ...] = ()) -> Diagnostic:
    return Diagnostic("E0301", "branches of add differ in channels", primary, others)


FULL = Diagnostic(
    "E0301",
    "branches of add differ in channels",
    label("conv(c, 3)", "8x30x30"),
    others=(label("identity", "3x32x32"), label("add", "they meet here")),
    calls=(label("b(8)"), label("network N", "the network")),
    path="N / b (b)",
    arithmetic=("(32 + 2·0 − 3) // 1 + 1 = 30",),
    hint="pad the convolution: `padding=1`",
)


def test_everything() -> None:
    assert render(FULL) == (
        """\
error[E0301]: branches of add differ in channels
 --> net.arch:3:9
  |
2 |     add:
  |     --- they meet here
3 |         conv(c, 3)
  |         ^^^^^^^^^^ 8x30x30
4 |         identity
  |         -------- 3x32x32
  = in N / b (b)
  = called at net.arch:7:5
  = called at net.arch:5:1 (the network)
  = (32 + 2·0 − 3) // 1 + 1 = 30
  = help: pad the convolution: `padding=1`"""
    )


def test_gap_between_lines() -> None:
    diagnostic = error(label("b(8)"), others=(label("block b", "declared here"),))
    assert render(diagnostic).splitlines()[3:] == [
        "1 | block b(c):",
        "  | ------- declared here",
        "...",
        "7 |     b(8)",
        "  |     ^^^^",
    ]


def test_other_file() -> None:
    other = Source("lib/se.arch", "\n" * 9 + "block se:\n")
    shown = render(error(label("b(8)"), others=(label("block se", "declared here", other),)))
    assert shown.splitlines()[1:] == [
        "  --> net.arch:7:5",
        "   |",
        " 7 |     b(8)",
        "   |     ^^^^",
        "  ::: lib/se.arch:10:1",
        "   |",
        "10 | block se:",
        "   | -------- declared here",
    ]


def test_tabs_and_wide_characters() -> None:
    source = Source("t", "\tx = \tconv # 深\tx")
    assert render(error(label("conv", source=source))).splitlines()[3:] == [
        "1 |     x =     conv # 深   x",
        "  |             ^^^^",
    ]
    last = Span(source, len(source.text) - 1, len(source.text))
    line, marks = render(error(Label(last))).splitlines()[3:]
    # 深 takes two columns of the terminal, so its line has one character fewer than columns
    assert marks.index("^") == line.rindex("x") + 1


def test_combining_characters_take_no_column() -> None:
    source = Source("t", "e\N{COMBINING ACUTE ACCENT} x")
    assert render(error(label("x", source=source))).splitlines()[-1] == "  |   ^"


def test_long_line_is_cut_around_the_mark() -> None:
    source = Source("t", "a" * 500 + "HERE" + "b" * 500)
    line, marks = render(error(label("HERE", source=source))).splitlines()[3:]
    assert len(line) <= WIDTH + len("1 | ……")
    assert line.startswith("1 | …a") and line.endswith("b…")
    assert line.index("HERE") == marks.index("^^^^")


def test_long_mark_ends_with_the_line() -> None:
    source = Source("t", "x" * 1000)
    line, marks = render(error(Label(Span(source, 0, 1000)))).splitlines()[3:]
    assert line == "1 | " + "x" * WIDTH + "…"
    assert marks == "  | " + "^" * WIDTH


def test_several_lines_mark_the_first() -> None:
    start = TEXT.index("add:")
    shown = render(error(Label(Span(SOURCE, start, start + 30)))).splitlines()
    assert shown[3:] == ["2 |     add:", "  |     ^^^^"]


def test_empty_spans() -> None:
    assert render(error(Label(Span(SOURCE, 11, 11)))).splitlines()[3:] == [
        "1 | block b(c):",
        "  |            ^",
    ]
    end = len(TEXT)
    assert render(error(Label(Span(SOURCE, end, end)))).splitlines()[1:] == [
        " --> net.arch:8:1",
        "  |",
        "8 |",
        "  | ^",
    ]
    assert render(error(Label(Span(Source("t", ""), 0, 0)))).splitlines()[-1] == "  | ^"


def test_line_ends_of_windows() -> None:
    source = Source("t", "a\r\nbad\r\n")
    assert "\r" not in render(error(label("bad", source=source)))


def test_nothing_steers_the_terminal() -> None:
    source = Source("a\x1b[31m", "x\x1b[2J\u202e\u200b y")
    diagnostic = Diagnostic(
        "E0100", "odd \x1b name \u202e", label("y", "\x07", source), hint="\x9b"
    )
    shown = render(diagnostic)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]", shown)
    assert "<U+001B>" in shown and "<U+202E>" in shown
    line, marks = shown.splitlines()[3:5]
    assert line.index("y") == marks.index("^")


def test_colour_only_where_wanted() -> None:
    plain, coloured = render(FULL), render(FULL, colour=True)
    assert "\x1b" not in plain
    assert coloured.startswith("\x1b[1;31merror[E0301]\x1b[0m")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_json() -> None:
    facts = json.loads(json.dumps(to_json(FULL)))
    place = {"file": "net.arch", "line": 3, "column": 9, "end_line": 3, "end_column": 19}
    wanted = {
        "severity": "error",
        "code": "E0301",
        "message": "branches of add differ in channels",
        "path": "N / b (b)",
        "hint": "pad the convolution: `padding=1`",
        **place,
    }
    assert wanted.items() <= facts.items()
    assert facts["related"][0] == {
        "file": "net.arch",
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 17,
        "message": "3x32x32",
    }
    assert len(facts["related"]) == 2


def test_github() -> None:
    diagnostic = Diagnostic("E0100", "50% of\na, b: c", label("b(8)"), hint="do it")
    assert to_github(diagnostic) == (
        "::error file=net.arch,line=7,endLine=7,col=5,endColumn=9,title=E0100"
        "::50%25 of%0Aa, b: c%0Ado it"
    )
    odd = Source("a,b:c%.arch", "x")
    note = Diagnostic("E0129", "m", label("x", source=odd), severity=Severity.NOTE)
    assert to_github(note).startswith("::notice file=a%2Cb%3Ac%25.arch,line=1,")


def test_github_gives_no_columns_over_several_lines() -> None:
    start = TEXT.index("add:")
    shown = to_github(error(Label(Span(SOURCE, start, start + 30))))
    assert "line=2,endLine=4,title" in shown
