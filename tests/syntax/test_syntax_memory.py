"""Texts that were read before: the same tree, over the source that was asked for."""

import pickle
from pathlib import Path

import msgspec
import pytest

from archdsl import catalogue
from archdsl.base import cache_folder
from archdsl.base.source import Source, Span
from archdsl.syntax import kept_trees, tree
from archdsl.syntax.line_reader import read
from archdsl.syntax.parse import parse
from archdsl.syntax.tree import Parsed
from archdsl.syntax.walk import children, same

SOUND = "network n:\n    input 3x8x8  # here\n    stem = conv(4, kernel=3) -> relu\n"
FILES = sorted({entry.file for entry in catalogue.entries()})


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path))
    return tmp_path


def kept(text: str) -> tuple[Source, Parsed | None]:
    first, second = Source("first", text), Source("second", text)
    kept_trees.keep(first, read(first))
    return second, kept_trees.recall(second)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_spec_is_remembered_as_it_reads(file: Path) -> None:
    source, parsed = kept(file.read_text(encoding="utf-8"))
    assert parsed is not None
    assert same(parsed.file, read(source).file)
    assert parsed.comments == read(source).comments
    assert all(span.source is source for line in parsed.file.declarations for span in spans(line))


def spans(node: tree.Node) -> list[Span]:
    return [node.span, *(span for child in children(node) for span in spans(child))]


def test_parse_does_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first = parse(Source("a", SOUND))
    monkeypatch.setattr("archdsl.syntax.line_reader.read", None)
    again = Source("b", SOUND)
    assert same(parse(again).file, first.file)
    assert parse(again).file.source is again


def test_other_text_is_read() -> None:
    kept(SOUND)
    assert kept_trees.recall(Source("a", SOUND + "\n")) is None
    assert kept_trees.recall(Source("a", SOUND.replace("8x8", "8x9"))) is None


def test_a_text_of_the_same_name_in_the_store_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_trees, "_name", lambda text: "one for all")
    kept(SOUND)
    assert kept_trees.recall(Source("a", SOUND.replace("8x8", "8x9"))) is None


def test_other_code_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(SOUND)
    monkeypatch.setattr(kept_trees, "_stamp", lambda: (("tree.py", 1, 1),))
    assert kept_trees.recall(Source("a", SOUND)) is None


def test_mistakes_are_not_remembered() -> None:
    assert kept("network n:\n    input 3x8x8\n    conv(4, 3\n")[1] is None


def test_a_text_from_no_file_is_not_remembered() -> None:
    for name in ("<string>", "<stdin>"):
        source = Source(name, SOUND)
        kept_trees.keep(source, read(source))
        assert kept_trees.recall(source) is None


def test_long_texts_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_trees, "LONGEST", len(SOUND) - 1)
    assert kept(SOUND)[1] is None


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(1), pickle.dumps((1, SOUND))])
def test_a_foreign_entry_is_not_taken(content: bytes) -> None:
    cache_folder.keep(kept_trees._name(SOUND), content)
    assert kept_trees.recall(Source("a", SOUND)) is None


@pytest.mark.parametrize("tree", ["a tree", None, [], [0], [[0]]])
def test_an_entry_that_is_no_tree_is_not_taken(tree: object) -> None:
    """Of this text and this code, in the form of an entry: but what it holds was never read."""
    entry = kept_trees._Entry(kept_trees._stamp(), SOUND, tree)
    cache_folder.keep(kept_trees._name(SOUND), msgspec.msgpack.encode(entry))
    assert kept_trees.recall(Source("a", SOUND)) is None
