"""Every grammar colours a text as the compiler reads it, token by token, over every spec."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from pygments.token import Error, Keyword, Name, Number, Operator, Punctuation, String
from reading import SPECS, TRAPS, read_by_the_compiler

from archdsl.editors.__main__ import HERE, documents
from archdsl.editors.pygments_lexer import ArchLexer


def texts() -> Iterator[object]:
    yield pytest.param(TRAPS, id="traps")
    for path in SPECS:
        yield pytest.param(path.read_text(encoding="utf-8"), id=path.stem)


Painted = list[str]  # a role for every character


def by_pygments(text: str) -> Painted:
    roles = {
        String.Doc: "docstring",
        String: "string",
        Number: "number",
        Keyword.Type: "name",
        Keyword: "keyword",
        Name: "name",
        Operator: "sign",
        Punctuation: "sign",
    }
    painted = [""] * len(text)
    for start, kind, value in ArchLexer().get_tokens_unprocessed(text):
        assert kind not in Error, (start, value)
        role = next((r for token, r in roles.items() if kind in token), "")
        painted[start : start + len(value)] = [role] * len(value)
    return painted


def by_textmate(text: str) -> Painted:
    """What an editor makes of the TextMate grammar: line by line, the first rule that matches
    soonest, and the end of what is open before all others."""
    grammar = json.loads(documents()["vscode/syntaxes/arch.tmLanguage.json"])
    return TextMate(grammar).paint(text)


class TextMate:
    SCOPES = (
        ("string.quoted.docstring", "docstring"),
        ("string", "string"),
        ("constant.numeric", "number"),
        ("constant.language", "keyword"),
        ("keyword.control", "keyword"),
        ("keyword.operator", "sign"),
        ("punctuation", "sign"),
        ("comment", ""),
    )

    def __init__(self, grammar: dict) -> None:
        self.repository = grammar["repository"]
        self.top = grammar["patterns"]

    def paint(self, text: str) -> Painted:
        self.painted: Painted = []
        self.open: list[dict] = []
        for line in text.splitlines(keepends=True):
            self.line(line)
        return self.painted

    def line(self, line: str) -> None:
        painted, at = [""] * len(line), 0
        while True:
            nearest = self.next(line, at)
            rest = self.open[-1].get("name", "") if self.open else ""
            self.fill(painted, at, nearest[0].start() if nearest else len(line), rest)
            if nearest is None:
                break
            match, rule, ends = nearest
            self.captured(painted, match, rule, ends)
            if ends:
                self.open.pop()
            elif "begin" in rule:
                self.open.append(rule)
            at = match.end()
            if at >= len(line) and not (self.open and self.open[-1]["end"] == "$"):
                break
        self.painted += painted

    def next(self, line: str, at: int) -> tuple[re.Match, dict, bool] | None:
        candidates = []
        if self.open:
            candidates.append((self.open[-1]["end"], self.open[-1], True))
        rules = self.open[-1].get("patterns", []) if self.open else self.top
        for rule in self.resolved(rules):
            candidates.append((rule.get("match") or rule["begin"], rule, False))
        matches = [
            (match, rule, ends)
            for pattern, rule, ends in candidates
            if (match := re.compile(pattern, re.MULTILINE).search(line, at))
            and (ends or match.end() > match.start())
        ]
        return min(matches, key=lambda entry: entry[0].start(), default=None)

    def resolved(self, rules: list[dict]) -> Iterator[dict]:
        for rule in rules:
            if "include" in rule:
                yield from self.resolved(self.repository[rule["include"][1:]]["patterns"])
            else:
                yield rule

    def captured(self, painted: Painted, match: re.Match, rule: dict, ends: bool) -> None:
        names = rule.get("endCaptures" if ends else "beginCaptures", rule.get("captures", {}))
        self.fill(painted, match.start(), match.end(), rule.get("name", ""))
        for group, scope in names.items():
            if match.start(int(group)) >= 0:
                self.fill(painted, match.start(int(group)), match.end(int(group)), scope["name"])

    def fill(self, painted: Painted, start: int, end: int, scope: str) -> None:
        if scope:
            role = next((r for prefix, r in self.SCOPES if scope.startswith(prefix)), "name")
            painted[start:end] = [role] * (end - start)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("paint", [by_pygments, by_textmate])
@pytest.mark.parametrize("text", list(texts()))
def test_a_text_is_coloured_as_the_compiler_reads_it(text: str, paint: Callable[[str], Painted]):
    painted = paint(text)
    assert len(painted) == len(text)
    wrong = [
        (text.count("\n", 0, start) + 1, token, role, painted[start : start + len(token)])
        for start, token, role in read_by_the_compiler(text)
        if set(painted[start : start + len(token)]) != {role}
    ]
    assert not wrong


@pytest.mark.parametrize("name", documents())
def test_the_written_grammars_are_today_s(name: str):
    """`python -m archdsl.editors` writes them."""
    assert (HERE / name).read_text(encoding="utf-8") == documents()[name]


def test_pygments_finds_the_lexer_by_the_file_s_name():
    from pygments.lexers import get_lexer_by_name, get_lexer_for_filename

    assert isinstance(get_lexer_for_filename("resnet.arch"), ArchLexer)
    assert isinstance(get_lexer_by_name("arch"), ArchLexer)
