"""What a version leaves to the next: never another answer than a fresh start would give."""

import gc
import weakref
from pathlib import Path

import pytest

from archdsl import driver
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis
from archdsl.editing.hints import hints
from archdsl.editing.kept import Kept
from archdsl.syntax.line_reader import read
from archdsl.syntax.pieces import Pieces, split
from archdsl.syntax.walk import same
from tests.editing.typing_at_random import versions

SPECS = Path(__file__).parents[2] / "specs"
SMALL = """\
block two(k, act: block = relu):
    conv(k, 3, padding=1) -> act
    add(conv(k, 1), input)

block unlike(k):
    conv(k, 1)

network first:
    input 8x8x8
    two(8)
    unlike(4)

network second:
    input 8x8x8
    a = two(8) -> two(8)
    b = unlike(16)
"""


def spec(text, name="typed.arch"):
    return driver.Spec(Source(name, text), SPECS, None, "typed")


def said(diagnostic):
    labels = (diagnostic.primary, *diagnostic.others, *diagnostic.calls)
    places = [(x.span.source.name, x.span.first, x.span.last, x.span.line, x.text) for x in labels]
    return diagnostic.code, diagnostic.message, diagnostic.path, diagnostic.hint, places


def answers(analysis):
    told = [said(d) for d in analysis.diagnostics]
    for network in analysis.networks:
        analysis.trace(network)
    return told, [(h.offset, h.text, h.kind) for h in hints(analysis)]


def compare(text, count, seed):
    kept = Kept()
    for now in versions(text, count, seed):
        assert answers(Analysis(spec(now), kept=kept)) == answers(Analysis(spec(now))), now


@pytest.mark.one_in(3)
@pytest.mark.parametrize("seed", range(3))
def test_random_edits_of_a_small_text_are_answered_as_afresh(seed):
    compare(SMALL, 60, seed)


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(SPECS.glob("*.arch")), ids=lambda path: path.stem)
def test_random_edits_of_the_catalogue_are_answered_as_afresh(file):
    compare(file.read_text(encoding="utf-8"), 24, len(file.stem))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ["resnet18", "swin", "unet"])
def test_pieces_read_as_the_whole_text_does(name):
    text = (SPECS / f"{name}.arch").read_text(encoding="utf-8")
    pieces = Pieces()
    for now in versions(text, 40, 7):
        assert "".join(split(now)) == now
        by_pieces, whole = pieces.read(Source("a", now)), read(Source("a", now))
        assert same(by_pieces.file, whole.file), now
        assert [said(d) for d in by_pieces.diagnostics] == [said(d) for d in whole.diagnostics]


def elaborated(kept, before):
    return {scope.block for scope in kept.memory.blocks.values() if scope not in before} - {""}


def test_a_change_in_a_block_elaborates_its_uses_and_nothing_else():
    kept = Kept()
    answers(Analysis(spec(SMALL), kept=kept))
    before = set(kept.memory.blocks.values())
    changed = SMALL.replace("conv(k, 1)\n\nnetwork", "conv(k, 1) -> relu\n\nnetwork")
    answers(Analysis(spec(changed), kept=kept))
    assert elaborated(kept, before) == {"unlike"}


def test_lines_that_move_elaborate_nothing():
    kept = Kept()
    answers(Analysis(spec(SMALL), kept=kept))
    before = set(kept.memory.blocks.values())
    moved = Analysis(spec("# a comment\n\n" + SMALL), kept=kept)
    assert all(map(moved.known, moved.networks))
    assert answers(moved) == answers(Analysis(spec("# a comment\n\n" + SMALL)))
    assert elaborated(kept, before) == set()


def test_an_import_that_changes_is_looked_at_again(tmp_path):
    parts = tmp_path / "parts.arch"
    text = 'from "parts.arch" import part\nnetwork n:\n    input 3x8x8\n    part(4) :: 4x8x8\n'
    kept = Kept()

    def codes():
        analysis = Analysis(driver.Spec(Source("n.arch", text), tmp_path, None, "n"), kept=kept)
        return [d.code for d in analysis.diagnostics]

    parts.write_text("block part(k):\n    conv(k, 1)\n")
    assert codes() == []
    parts.write_text("block part(k):\n    conv(k, 3)\n")
    assert codes() == ["E0310"]
    parts.unlink()
    assert codes() == ["E0601"]


WITH_A_LIBRARY_BLOCK = """\
block two(k):
    conv_bn(k, 3)
    conv_bn(k, 1)

network first:
    input 8x8x8
    two(8) -> two(16) -> two(32)
"""


def typed_on(text, kept, count):
    """The analyses of versions in which a comment grows, one after the other."""
    for length in range(count):
        analysis = Analysis(spec(text.replace("(k, 3)", "(k, 3)  #" + "x" * length)), kept=kept)
        analysis.trace("first")
        yield analysis


def test_a_version_that_is_gone_holds_no_memory():
    kept = Kept()
    held = [weakref.ref(version) for version in typed_on(WITH_A_LIBRARY_BLOCK, kept, 30)]
    gc.collect()
    assert sum(one() is not None for one in held) <= 1


def test_blocks_that_did_not_change_are_kept_however_long_another_is_typed_in():
    kept, known = Kept(), set()
    for _ in typed_on(WITH_A_LIBRARY_BLOCK, kept, 60):
        blocks = kept.memory.blocks.values()
        known |= {id(scope) for scope in blocks if scope.block == "conv_bn"}
        assert len(blocks) < 120
    assert len(known) == 6


PASSED_ON = """\
block unit(k):
    conv(k, 3, padding=1) -> relu

block twice(body: block, k):
    path:
        body(k) -> body(k)

network small:
    input 3x8x8
    twice(unit, 8)
    conv_bn(8, 3)
"""


def test_blocks_of_nodes_that_no_version_has_again_are_dropped():
    """`twice` stays as it is, and what it was given does not."""
    kept = Kept()
    for number in range(4):
        analysis = Analysis(
            spec(PASSED_ON.replace("relu", "relu" + "  # x" * (number % 2))), kept=kept
        )
        analysis.trace("small")
    before = len(kept.memory.blocks)
    known = [scope for scope in kept.memory.blocks.values() if scope in kept.memory.met]
    analysis.tidy()
    assert sorted(map(id, kept.memory.blocks.values())) == sorted(map(id, known))
    assert len(known) < before / 2
    assert answers(analysis) == answers(Analysis(spec(analysis.source.text)))
