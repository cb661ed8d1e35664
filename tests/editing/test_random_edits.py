"""Texts that nobody would write: every question has an answer, and none leaves a trace."""

import os
import random
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.workspace import TextDocument

from archdsl import driver
from archdsl.base.diagnostics import edited
from archdsl.base.source import Source
from archdsl.editing.actions import actions, refactorings
from archdsl.editing.analysis import Analysis
from archdsl.editing.completion import completion, signature
from archdsl.editing.hints import hints
from archdsl.editing.hover import hover
from archdsl.editing.kept import Kept
from archdsl.editing.outline import folds, lenses, painted, selections
from archdsl.editing.references import references
from archdsl.editing.renaming import CannotRename, rename_everywhere
from archdsl.editing.symbols import definition, name_at, symbols
from archdsl.server import answers
from archdsl.server.positions import offset, position
from tests.editing.oracle import same
from tests.editing.test_versions import answers as answered
from tests.editing.typing_at_random import versions

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.arch"))
EDITS = int(os.environ.get("ARCHDSL_RANDOM_EDITS", 8_000))  # of all specs together


def spec(text):
    return driver.Spec(Source("typed.arch", text), SPECS[0].parent, None, "typed")


def ask_everything(analysis, at):
    """Every question about a place, as the protocol asks and is answered."""
    source = analysis.source
    assert offset(source, position(source, at)) == at
    for network in analysis.networks[:1]:
        analysis.trace(network)
    told = answers.diagnostics(analysis.so_far, source, {source.name: "file:///typed.arch"})
    shown = [answers.hint(h, source) for h in hints(analysis)]
    lines = source.text.count("\n")
    assert all(d.range.end.line <= lines for d in told)
    assert all(h.position.line <= lines for h in shown)
    answers.tokens(painted(analysis))
    completion(analysis, at), signature(analysis, at), hover(analysis, at), lenses(analysis)
    symbols(analysis.file), folds(analysis), selections(analysis, at)
    definition(analysis, at), references(analysis, at), actions(analysis, at, at)
    refactorings(analysis, at, at), refactorings(analysis, at, at + 40)


def edit_at_random(path, edits, every):
    text = path.read_text(encoding="utf-8")
    kept, draw = Kept(), random.Random(path.stem)
    for number, now in enumerate(versions(text, edits, len(path.stem))):
        analysis = Analysis(spec(now), kept=kept)
        if number % every == 0:
            ask_everything(analysis, draw.randrange(len(now) + 1))
    assert answered(Analysis(spec(text), kept=kept)) == answered(Analysis(spec(text)))


@pytest.mark.parametrize("name", ["resnet18", "unet"])
def test_some_random_edits_are_answered(name):
    edit_at_random(SPECS[0].with_stem(name), 60, 3)


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_many_random_edits_are_answered(path):
    edit_at_random(path, EDITS // len(SPECS) + 1, 8)


def test_changes_in_units_of_utf_16_make_the_same_text():
    """The texts that the protocol's changes make, with characters of two and four bytes."""
    draw = random.Random(3)
    text = "network n:\n    # é𝒳é𝒳\n    input 3x8x8  # 𝒳\n    relu\n"
    for _ in range(300):
        source = Source("a", text)
        start, end = sorted(draw.randrange(len(text) + 1) for _ in "ab")
        new = draw.choice(["", "é", "𝒳", "\n", "x"])
        document = TextDocument("file:///a.arch", text)
        place = lsp.Range(position(source, start), position(source, end))
        document.apply_change(lsp.TextDocumentContentChangePartial(place, new))
        assert document.source == text[:start] + new + text[end:]
        if len(document.source) > 20:
            text = document.source


@pytest.mark.parametrize("places", [25, pytest.param(70, marks=pytest.mark.slow)])
def test_a_name_at_a_random_place_is_renamed_or_refused(places):
    """What is renamed is the same network to PyTorch."""
    path, draw = SPECS[0].with_stem("unet"), random.Random(5)
    text = path.read_text(encoding="utf-8")
    analysis, seen = Analysis(spec(text)), set()
    for _ in range(places):
        at = draw.randrange(len(text))
        name = name_at(analysis, at)
        if name is None:
            continue
        try:
            changed = rename_everywhere(analysis, path, at, "another", driver.read_text)
        except CannotRename as why:
            assert str(why)
            continue
        (edits,) = changed.edits.values()
        if (name.id, edits) not in seen:
            seen.add((name.id, edits))
            assert same(text, edited(text, edits), path.parent)
    assert len(seen) > places // 20
