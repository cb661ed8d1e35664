"""Texts that nobody would write, one after another in one document: the server goes on, and then
tells of a plain text what a fresh one tells."""

from random import Random

import pytest
from lsprotocol import types as lsp

from tests.fuzz.programs import ProgramFuzzer
from tests.hostile.test_hostile_lines import texts
from tests.server.test_server import SMALL, whole, with_an_editor

FEW, MANY = 25, 1_000  # of each kind; so many again with `-m slow`


def odd_texts(number: int) -> list[str]:
    """Programs at random, a quarter of them with a mistake, and the hostile lines."""
    draw = Random(19)
    programs = [str(ProgramFuzzer().draw(Random(seed))) for seed in range(number)]
    hostile = [text for _, text in texts()]
    return programs + draw.sample(hostile, min(number, len(hostile)))


async def asked_everything(editor, uri: str, text: str, at: lsp.Position) -> list[object]:
    """The answers to the questions that an editor asks by itself, and at the cursor."""
    document = lsp.TextDocumentIdentifier(uri)
    lines = text.count("\n") + 1
    everything = lsp.Range(lsp.Position(0, 0), lsp.Position(lines, 0))
    place = {"text_document": document, "position": at}
    return [
        await editor.text_document_inlay_hint_async(lsp.InlayHintParams(document, everything)),
        await editor.text_document_code_lens_async(lsp.CodeLensParams(document)),
        await editor.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document)),
        await editor.text_document_document_symbol_async(lsp.DocumentSymbolParams(document)),
        await editor.text_document_completion_async(lsp.CompletionParams(**place)),
        await editor.text_document_hover_async(lsp.HoverParams(**place)),
        await editor.text_document_code_action_async(
            lsp.CodeActionParams(document, lsp.Range(at, at), lsp.CodeActionContext([]))
        ),
    ]


def ask_about(tmp_path, odd: list[str]) -> None:
    uri, draw = (tmp_path / "odd.arch").as_uri(), Random(23)
    answers: list[list[object]] = []

    async def hostile(editor, _) -> None:
        await editor.open(uri, SMALL)
        for version, text in enumerate(odd, 2):
            await editor.change(uri, version, whole(text))
            line = draw.randrange(text.count("\n") + 1)
            column = draw.randrange(len(text.split("\n")[line]) + 1)
            await asked_everything(editor, uri, text, lsp.Position(line, column))
        await editor.change(uri, len(odd) + 2, whole(SMALL))
        answers.append(await asked_everything(editor, uri, SMALL, lsp.Position(2, 13)))
        assert editor.shown == []  # an error within the server is shown as a message

    async def fresh(editor, _) -> None:
        await editor.open(uri, SMALL)
        answers.append(await asked_everything(editor, uri, SMALL, lsp.Position(2, 13)))

    with_an_editor(hostile)
    with_an_editor(fresh)
    odd_ones, plain = answers
    assert [repr(answer) for answer in odd_ones] == [repr(answer) for answer in plain]
    assert all(answer for answer in plain[:5])


def test_a_server_goes_on_after_odd_texts(tmp_path) -> None:
    ask_about(tmp_path, odd_texts(FEW))


@pytest.mark.slow
def test_a_server_goes_on_after_very_many_odd_texts(tmp_path) -> None:
    ask_about(tmp_path, odd_texts(MANY))
