"""ResNet-18 typed into an empty file, with two mistakes on the way: what is told as it grows."""

import asyncio
import re
import time
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from tests.server.test_server import typed, with_an_editor

TEXT = (Path(__file__).parents[2] / "specs" / "resnet18.arch").read_text(encoding="utf-8")
MISTAKES = {  # what is typed first, and then mended
    "maxpool = max_pool(3": "maxpool = max_pol(3",
    "fc = linear(classes)": "fc = linear(clases)",
}
MOMENTS = {  # the text so far ends so: what stands behind its last line
    "input 3x224x224\n": "",
    "bias=false)\n": "64x112x112",
    "bn1 = bn\n": "",
    "stride=2, padding=1)": "64x56x56",
    "basic_block(64) * 2\n": "",
    "-> basic_block(128)\n": "128x28x28",
    "-> basic_block(256)\n": "256x14x14",
    "avgpool = global_avg_pool\n": "512x1x1",
    "flatten\n": "512",
    "fc = linear(classes)\n": "1000",
}
SLOWEST = 5.0  # seconds for one answer, on a machine that does much else


def strokes(unit: str):
    """The texts on the way, each longer by what `unit` matches, or shorter where it is mended."""
    now = ""
    rest = TEXT
    while rest:
        begun = next((right for right in MISTAKES if rest.startswith(right)), None)
        if begun is not None:
            wrong = MISTAKES[begun]
            for piece in re.findall(unit, wrong, re.DOTALL):
                now += piece
                yield now
            now = now[: -len(wrong)]
            yield now
        piece = re.match(unit, rest, re.DOTALL).group()
        if begun is None:
            inside = [p for p in (rest.find(right) for right in MISTAKES) if p > 0]
            piece = piece[: min([len(piece), *inside])]
        else:
            piece = begun
        now, rest = now + piece, rest[len(piece) :]
        yield now


async def type_it(editor, uri: str, unit: str) -> dict[str, list[str]]:
    """Types all of it; gives the hints of the last line at each of the moments."""
    await editor.open(uri, "")
    document, seen = lsp.TextDocumentIdentifier(uri), {}
    before, version = "", 1
    for now in strokes(unit):
        version += 1
        kept = 0
        while kept < min(len(before), len(now)) and before[kept] == now[kept]:
            kept += 1
        line, column = before.count("\n", 0, kept), kept - (before.rfind("\n", 0, kept) + 1)
        end = len(before) - (before.rfind("\n") + 1)
        assert before.count("\n") == line  # typing goes on at the end
        begun = time.monotonic()
        await editor.change(uri, version, typed(line, column, end, now[kept:]))
        last = now.rstrip().count("\n")
        place = lsp.Range(lsp.Position(last, 0), lsp.Position(last + 1, 0))
        hints = await editor.text_document_inlay_hint_async(lsp.InlayHintParams(document, place))
        assert time.monotonic() - begun < SLOWEST
        for moment in MOMENTS:
            if now.rstrip(" ").endswith(moment):
                shapes = [h.label for h in hints if h.kind is lsp.InlayHintKind.Type]
                seen.setdefault(moment, [s.strip() for s in shapes])
        before = now
    assert before == TEXT
    return seen


def run(tmp_path, unit):
    uri = (tmp_path / "resnet18.arch").as_uri()

    async def work(editor, _):
        seen = await type_it(editor, uri, unit)
        expected = {m: [shape] if shape else [] for m, shape in MOMENTS.items()}
        assert seen == expected
        for _ in range(100):
            if editor.told[uri] == []:
                break
            await asyncio.sleep(0.1)
        assert editor.told[uri] == [] and editor.shown == []

    with_an_editor(work)


def test_typed_word_by_word(tmp_path):
    run(tmp_path, r"\w+|\n *| +|[^\w\s]+")


@pytest.mark.slow
def test_typed_key_by_key(tmp_path):
    run(tmp_path, r".")


def test_the_mistakes_are_typed_and_mended():
    every = list(strokes("."))
    for right, wrong in MISTAKES.items():
        assert any(text.endswith(wrong) for text in every) and right in every[-1]
