"""Our run of the tables gives what Lark's own run of them gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lark import Token, Tree, UnexpectedToken

from archdsl.base.source import Source
from archdsl.syntax import grammar
from archdsl.syntax.automaton import END, Automaton, Unexpected
from archdsl.syntax.line_reader import LineReader
from archdsl.syntax.logical_lines import lay_out

ROOT = Path(__file__).parents[2]
SPECS = sorted([*(ROOT / "specs").glob("*.arch"), *(ROOT / "archdsl" / "std").glob("*.arch")])


def _maker(rule: str) -> Callable[..., Tree[Any]]:
    return lambda builder, extent, *parts: Tree(rule, list(parts))


class Trees:
    """A builder that makes what Lark makes: a tree of each rule."""


for _rule in grammar.grammar().rules:
    _name = _rule.alias or _rule.origin.name
    setattr(Trees, str(_name), _maker(str(_name)))


def tokens_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Token]:
    """What the reader feeds the parser for a whole file, layout and all."""
    fed: list[Token] = []
    feed = Automaton.feed

    def record(self: Automaton, token: Token) -> None:
        fed.append(token)
        feed(self, token)

    source = Source(path.name, path.read_text(encoding="utf-8"))
    with monkeypatch.context() as patch:
        patch.setattr(Automaton, "feed", record)
        reader = LineReader(source)
        reader.read_file(lay_out(source, grammar.tokens(source.text)).lines)
    assert not reader.diagnostics
    return fed


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_trees_are_larks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fed = tokens_of(path, monkeypatch)
    lark, ours = grammar.grammar().parse_interactive(start="file"), grammar.start("file", Trees())
    for token in fed:
        lark.feed_token(token)
        ours.feed(token)
    assert ours.finish() == lark.feed_eof(fed[-1])


def test_what_is_accepted_is_what_lark_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = tokens_of(ROOT / "specs" / "efficientnet.arch", monkeypatch)
    lark, ours = grammar.grammar().parse_interactive(start="file"), grammar.start("file", Trees())
    kinds = {t.type for t in fed} | {END}
    for token in fed[:600]:
        assert ours.accepts() & kinds == lark.accepts() & kinds
        wrong = next(iter(sorted(kinds - ours.accepts() - {END})), None)
        if wrong is not None:
            bad = Token(wrong, "", 0, 1, 1, 1, 1, 0)
            with pytest.raises(Unexpected):
                ours.copy().feed(bad)
            with pytest.raises(UnexpectedToken):
                lark.copy(deepcopy_values=False).feed_token(bad)
        lark.feed_token(token)
        ours.feed(token)


def test_a_copy_goes_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = tokens_of(ROOT / "specs" / "resnet.arch", monkeypatch)
    ours = grammar.start("file", Trees())
    for token in fed:
        before = ours.copy()
        ours.feed(token)
        before.feed(token)
        assert before.choices() == ours.choices()
    assert before.finish() == ours.finish()


BETWEEN = {"_NEWLINE", "_INDENT", "_DEDENT"}


@pytest.mark.parametrize("name", ["lenet5", "fpn", "resnet"])
def test_a_copy_between_lines_is_not_changed_by_what_the_other_reads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One before each line, which reads the rest for itself when the whole file was read."""
    fed = tokens_of(ROOT / "specs" / f"{name}.arch", monkeypatch)
    ours = grammar.start("file", Trees())
    copies = []
    for place, token in enumerate(fed):
        if not place or fed[place - 1].type in BETWEEN:
            copies.append((place, ours.copy()))
        ours.feed(token)
    whole = ours.finish()
    assert len(copies) > 20
    for place, copy in copies:
        for token in fed[place:]:
            copy.feed(token)
        assert copy.finish() == whole
