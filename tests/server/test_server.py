"""The server as an editor sees it: a process of its own, asked in the protocol's words.

The tests that measure or stop its process, and the first, start `archdsl lsp`; the others a fork
that has imported the same (`ready.py`).
"""

import asyncio
import atexit
import json
import os
import random
import signal
import sys
import urllib.parse
import urllib.request
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcRequestCancelled
from pygls.lsp.client import LanguageClient

from tests.server import ready

MOST_MEMORY = 85  # mebibytes; about 75 were measured, and what other work does moves them by a few
ROOT = Path(__file__).parents[2]
SMALL = """\
network small(classes=10):
    input 3x32x32
    stem = conv(16, 3, padding=1)
    relu
    global_avg_pool -> flatten
    fc = linear(classes)
"""


class Editor(LanguageClient):
    """A client that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("tests", "1")
        self.told: dict[str, list[lsp.Diagnostic]] = {}
        self.versions: list[int | None] = []
        self.told_of: dict[str, int | None] = {}
        self.shown: list[str] = []
        self.led: list[lsp.ShowDocumentParams] = []
        self.news = asyncio.Event()
        self.registered: list[lsp.Registration] = []

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(given: lsp.PublishDiagnosticsParams) -> None:
            self.told[given.uri] = list(given.diagnostics)
            self.versions.append(given.version)
            self.told_of[given.uri] = given.version
            self.news.set()

        @self.feature(lsp.CLIENT_REGISTER_CAPABILITY)
        def registered(given: lsp.RegistrationParams) -> None:
            self.registered += given.registrations

        @self.feature(lsp.WINDOW_SHOW_DOCUMENT)
        def led(given: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
            self.led.append(given)
            return lsp.ShowDocumentResult(True)

        @self.feature(lsp.WINDOW_SHOW_MESSAGE)
        def shown(given: lsp.ShowMessageParams) -> None:
            self.shown.append(given.message)

    async def begin(self, *command: str) -> lsp.InitializeResult:
        await self.start_io(*command)
        item = lsp.ClientCompletionItemOptions(snippet_support=True)
        document = lsp.TextDocumentClientCapabilities(
            completion=lsp.CompletionClientCapabilities(completion_item=item)
        )
        workspace = lsp.WorkspaceClientCapabilities(
            did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(True)
        )
        given = lsp.InitializeParams(lsp.ClientCapabilities(workspace, document))
        answer = await self.initialize_async(given)
        self.initialized(lsp.InitializedParams())
        return answer

    async def open(self, uri: str, text: str) -> None:
        document = lsp.TextDocumentItem(uri, "arch", 1, text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        await self.heard(uri, 1)

    async def change(self, uri: str, version: int, *changes: object) -> None:
        document = lsp.VersionedTextDocumentIdentifier(version, uri)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(document, list(changes)))
        await self.heard(uri, version)

    async def heard(self, uri: str, version: int) -> None:
        """Waits until something is told of this version of a text."""
        while self.told_of.get(uri) != version:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 60)

    async def end(self) -> None:
        await self.shutdown_async(None)
        self.exit(None)
        await self.stop()


COMMAND = (sys.executable, "-m", "archdsl.cli", "lsp")


@cache
def forked() -> tuple[str, ...]:
    """The command whose server begins at once."""
    folder = TemporaryDirectory()
    door = f"{folder.name}/door"
    process = ready.begin(door)
    atexit.register(folder.cleanup)
    atexit.register(process.communicate)
    return (sys.executable, "-S", ready.__file__, door)


def with_an_editor(work, command=None):
    """Runs a coroutine with an editor that has begun; the server must end by itself."""

    async def run():
        editor = Editor()
        result = await editor.begin(*(command or forked()))
        try:
            await work(editor, result)
        finally:
            await asyncio.wait_for(editor.end(), 30)

    asyncio.run(run())


def whole(text: str) -> lsp.TextDocumentContentChangeWholeDocument:
    return lsp.TextDocumentContentChangeWholeDocument(text)


def typed(line: int, start: int, end: int, text: str) -> lsp.TextDocumentContentChangePartial:
    place = lsp.Range(lsp.Position(line, start), lsp.Position(line, end))
    return lsp.TextDocumentContentChangePartial(place, text)


def test_every_request_is_answered(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()
    document = lsp.TextDocumentIdentifier(uri)
    stem, whole_text = lsp.Position(2, 13), lsp.Range(lsp.Position(0, 0), lsp.Position(9, 0))

    async def work(editor, result):
        offered = result.capabilities
        assert offered.inlay_hint_provider and offered.rename_provider and offered.hover_provider
        await editor.open(uri, SMALL)
        assert editor.told[uri] == []
        hints = await editor.text_document_inlay_hint_async(
            lsp.InlayHintParams(document, whole_text)
        )
        assert (2, " 16x32x32") in [(h.position.line, h.label) for h in hints]
        answer = await editor.text_document_hover_async(lsp.HoverParams(document, stem))
        assert "| `stem` | 3x32x32 | 16x32x32 | 448 |" in answer.contents.value
        items = await editor.text_document_completion_async(
            lsp.CompletionParams(document, lsp.Position(3, 4))
        )
        conv = next(item for item in items if item.label == "conv")
        assert conv.insert_text == "conv(${1:channels}, ${2:kernel_size})"
        help_ = await editor.text_document_signature_help_async(
            lsp.SignatureHelpParams(document, lsp.Position(2, 20))
        )
        assert help_.signatures[0].label.startswith("conv(")
        place = lsp.Position(2, 5)
        symbols = await editor.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(document)
        )
        assert [s.name for s in symbols] == ["small"]
        known = await editor.workspace_symbol_async(lsp.WorkspaceSymbolParams("fc"))
        assert [s.name for s in known] == ["fc"]
        where = await editor.text_document_definition_async(
            lsp.DefinitionParams(document, lsp.Position(5, 18))
        )
        assert where.range.start == lsp.Position(0, 14)
        uses = await editor.text_document_references_async(
            lsp.ReferenceParams(lsp.ReferenceContext(True), document, lsp.Position(0, 15))
        )
        assert [u.range.start.line for u in uses] == [0, 5]
        marks = await editor.text_document_document_highlight_async(
            lsp.DocumentHighlightParams(document, lsp.Position(0, 15))
        )
        assert len(marks) == 2
        to_first = lsp.RenameParams(document, place, "first")
        assert not await editor.text_document_rename_async(to_first)
        edit = await editor.text_document_rename_async(to_first)
        assert [e.new_text for e in edit.changes[uri]] == ["first"]
        assert not await editor.text_document_rename_async(lsp.RenameParams(document, place, "fc"))
        assert "already" in editor.shown[-1]
        folded = await editor.text_document_folding_range_async(lsp.FoldingRangeParams(document))
        assert [(f.start_line, f.end_line) for f in folded] == [(0, 5)]
        chosen = await editor.text_document_selection_range_async(
            lsp.SelectionRangeParams(document, [stem])
        )
        assert chosen[0].parent is not None
        painted = await editor.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(document)
        )
        assert len(painted.data) % 5 == 0 and painted.data
        lenses = await editor.text_document_code_lens_async(lsp.CodeLensParams(document))
        assert "params" in lenses[0].command.title
        actions = await editor.text_document_code_action_async(
            lsp.CodeActionParams(document, lsp.Range(stem, stem), lsp.CodeActionContext([]))
        )
        assert "write the shape down" in [a.title for a in actions]

    with_an_editor(work, COMMAND)


def test_a_mistake_is_told_as_it_is_typed_and_gone_when_it_is_mended(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()

    async def work(editor, _):
        await editor.open(uri, SMALL)
        await editor.change(uri, 2, typed(3, 4, 8, "add(identity, conv(8, 1))"))
        (mistake,) = editor.told[uri]
        assert mistake.code == "E0301" and mistake.range.start == lsp.Position(3, 4)
        assert {r.location.uri for r in mistake.related_information} == {uri}
        assert len(mistake.related_information) == 2
        await editor.change(uri, 3, typed(3, 4, 29, "relu"))
        assert editor.told[uri] == []

    with_an_editor(work)


def test_an_import_is_read_as_it_is_typed_in_its_own_window(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\n")
    parts, main = (tmp_path / "parts.arch").as_uri(), (tmp_path / "main.arch").as_uri()
    text = 'from "parts.arch" import part\nnetwork n:\n    input 3x8x8\n    part(4) :: 4x8x8\n'

    async def work(editor, _):
        await editor.open(main, text)
        assert editor.told[main] == []
        await editor.open(parts, "block part(k):\n    conv(k, 3)\n")
        await editor.change(main, 2, whole(text + "    relu\n"))
        assert [d.code for d in editor.told[main]] == ["E0310"]

    with_an_editor(work)


def test_published_names_are_changed_when_that_is_said_again(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()
    document = lsp.TextDocumentIdentifier(uri)
    ask, other = (lsp.RenameParams(document, lsp.Position(line, 5), "first") for line in (2, 5))

    async def work(editor, _):
        await editor.open(uri, SMALL)
        for asked in (ask, other, ask):  # another request is no answer
            assert not await editor.text_document_rename_async(asked)
            assert "stem.weight becomes first.weight" in editor.shown[-1] or asked is other
            assert editor.shown[-1].endswith("Rename it once more to do so.")
        assert (await editor.text_document_rename_async(ask)).changes
        assert not await editor.text_document_rename_async(ask)  # it is asked anew

    with_an_editor(work)


def test_a_code_leads_to_its_page(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()

    async def work(editor, _):
        await editor.open(uri, SMALL.replace("relu", "rellu"))
        (mistake,) = editor.told[uri]
        page = urllib.request.url2pathname(
            urllib.parse.urlparse(mistake.code_description.href).path
        )
        assert Path(page).read_text().startswith(f"# {mistake.code}: ")

    with_an_editor(work)


def test_what_nothing_uses_is_faded_and_a_call_is_told(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()
    unused = SMALL.replace("classes=10", "classes=10, spare=1")
    inside = "block b:\n    conv(4, 99)\n\n" + SMALL.replace("relu", "b")

    async def work(editor, _):
        await editor.open(uri, unused)
        await until(mistakes_in(editor, uri, "W0115"))
        assert list(editor.told[uri][0].tags) == [lsp.DiagnosticTag.Unnecessary]
        await editor.change(uri, 2, whole(inside))
        (mistake,) = editor.told[uri]
        assert mistake.range.start.line == 1 and "in small / b" in mistake.message
        (call,) = mistake.related_information
        assert call.message == "called here" and call.location.range.start.line == 6

    with_an_editor(work)


def test_symbols_are_those_of_the_folder_too(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "parts.arch").write_text("block part(k):\n    stem = conv(k, 1)\n")
    uri = (tmp_path / "small.arch").as_uri()
    folder = lsp.WorkspaceFolder(tmp_path.as_uri(), "work")

    async def work(editor, _):
        changed = lsp.WorkspaceFoldersChangeEvent([folder], [])
        given = lsp.DidChangeWorkspaceFoldersParams(changed)
        editor.workspace_did_change_workspace_folders(given)
        (tmp_path / "small.arch").write_text(SMALL.replace("stem", "gone"))
        await editor.open(uri, SMALL)
        for query, names in (("STE", {"stem"}), ("part", {"part"}), ("gone", set())):
            answer = await editor.workspace_symbol_async(lsp.WorkspaceSymbolParams(query))
            assert {s.name for s in answer or ()} == names
        answer = await editor.workspace_symbol_async(lsp.WorkspaceSymbolParams("stem"))
        parts = (tmp_path / "deep" / "parts.arch").as_uri()
        places = {(s.location.uri, s.location.range.start.line) for s in answer}
        assert places == {(uri, 2), (parts, 1)}

    with_an_editor(work)


def test_columns_are_counted_in_units_of_utf_16(tmp_path):
    uri = (tmp_path / "wide.arch").as_uri()
    text = 'network n:\n    """𝒳 and é."""\n    input 3x8x8\n    relu  # 𝒳\n    conw(4, 3)\n'

    async def work(editor, _):
        await editor.open(uri, text)
        await editor.change(uri, 2, typed(3, 10, 14, "# 𝒳𝒳 "))
        (mistake,) = editor.told[uri]
        assert mistake.range == lsp.Range(lsp.Position(4, 4), lsp.Position(4, 8))

    with_an_editor(work)


def test_a_text_is_formatted_and_a_broken_one_left_alone(tmp_path):
    uri = (tmp_path / "wild.arch").as_uri()
    given = lsp.DocumentFormattingParams(
        lsp.TextDocumentIdentifier(uri), lsp.FormattingOptions(4, True)
    )

    async def work(editor, _):
        await editor.open(uri, SMALL.replace("conv(16, 3, padding=1)", "conv( 16,3,padding = 1 )"))
        (edit,) = await editor.text_document_formatting_async(given)
        assert edit.range == lsp.Range(lsp.Position(2, 0), lsp.Position(3, 0))
        assert edit.new_text == "    stem = conv(16, 3, padding=1)\n"
        for line, count in ((2, 1), (4, 0)):
            place = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 5))
            part = lsp.DocumentRangeFormattingParams(given.text_document, place, given.options)
            assert len(await editor.text_document_range_formatting_async(part)) == count
        await editor.change(uri, 2, whole("network n:\n    conv((\n"))
        assert not await editor.text_document_formatting_async(given)

    with_an_editor(work)


def test_a_name_is_renamed_in_files_that_are_not_open(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\n")
    main = tmp_path / "main.arch"
    text = 'from "parts.arch" import part\nnetwork n:\n    input 3x8x8\n    x = part(k=4)\n'
    main.write_text(text)
    document = lsp.TextDocumentIdentifier(main.as_uri())

    async def work(editor, _):
        await editor.open(main.as_uri(), text)
        asked = lsp.RenameParams(document, lsp.Position(3, 9), "unit")
        edit = await editor.text_document_rename_async(asked)
        places = {uri: [e.range.start.line for e in edits] for uri, edits in edit.changes.items()}
        assert places == {main.as_uri(): [0, 3], (tmp_path / "parts.arch").as_uri(): [0]}

    with_an_editor(work)


def test_references_are_in_files_that_are_not_open_and_in_texts_that_are_not_saved(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\n")
    text = 'from "parts.arch" import part\nnetwork n:\n    input 3x8x8\n    x = part(k=4)\n'
    (tmp_path / "main.arch").write_text(text)
    parts, main, new = ((tmp_path / f"{n}.arch").as_uri() for n in ("parts", "main", "new"))
    document = lsp.TextDocumentIdentifier(parts)

    async def work(editor, _):
        async def places(line, column, declaration):
            context = lsp.ReferenceContext(declaration)
            asked = lsp.ReferenceParams(context, document, lsp.Position(line, column))
            answer = await editor.text_document_references_async(asked)
            return sorted((one.uri, one.range.start.line) for one in answer)

        await editor.open(parts, "\nblock part(k):\n    conv(k, 1)\n")
        await editor.open(new, text.replace("network n:", "\nnetwork m:"))
        everywhere = [(main, 0), (main, 3), (new, 0), (new, 4)]
        assert await places(1, 7, False) == everywhere
        assert await places(1, 7, True) == sorted([*everywhere, (parts, 1)])
        assert await places(1, 11, True) == [(main, 3), (new, 4), (parts, 1), (parts, 2)]
        asked = lsp.RenameParams(document, lsp.Position(1, 7), "unit")
        edit = await editor.text_document_rename_async(asked)
        assert {uri: len(edits) for uri, edits in edit.changes.items()} == {
            parts: 1,
            main: 2,
            new: 2,
        }

    with_an_editor(work)


def test_a_file_that_could_not_be_looked_at_is_told(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()
    (tmp_path / "wild.arch").write_bytes(b"\xff")

    async def work(editor, _):
        await editor.open(uri, SMALL)
        document = lsp.TextDocumentIdentifier(uri)
        asked = lsp.RenameParams(document, lsp.Position(0, 9), "large")
        assert (await editor.text_document_rename_async(asked)).changes
        assert "wild.arch was left as it is: it is not UTF-8 text" in editor.shown[-1]

    with_an_editor(work)


def test_refactorings_are_for_those_who_ask(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()
    line = lsp.Range(lsp.Position(2, 0), lsp.Position(2, 30))

    async def work(editor, _):
        await editor.open(uri, SMALL)
        for kind, count in (
            (lsp.CodeActionTriggerKind.Invoked, 1),
            (lsp.CodeActionTriggerKind.Automatic, 0),
        ):
            context = lsp.CodeActionContext([], trigger_kind=kind)
            asked = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), line, context)
            answer = await editor.text_document_code_action_async(asked)
            assert len([a for a in answer if a.kind == "refactor.extract"]) == count

    with_an_editor(work)


def test_commands_above_a_network_show_documents(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()

    async def work(editor, result):
        await editor.open(uri, SMALL)
        asked = lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri))
        lenses = await editor.text_document_code_lens_async(asked)
        commands = [lens.command for lens in lenses if lens.command.command]
        assert [c.title for c in commands] == ["draw", "audit", "compile", "compare with HEAD"]
        known = set(result.capabilities.execute_command_provider.commands)
        others = {f"archdsl.server.{name}" for name in ("export", "preview", "see")}
        assert known == {c.command for c in commands} | others
        for command in commands[:3]:
            given = lsp.ExecuteCommandParams(command.command, command.arguments)
            answer = await editor.workspace_execute_command_async(given)
            assert Path(answer["uri"].removeprefix("file://")).read_text() == answer["text"]
            assert answer["title"] in editor.shown[-1]
        given = lsp.ExecuteCommandParams("archdsl.server.compare", commands[3].arguments)
        assert await editor.workspace_execute_command_async(given) is None
        assert "HEAD" in editor.shown[-1]

    with_an_editor(work)


def test_a_block_is_seen_from_one_use_after_the_other(tmp_path):
    uri = (tmp_path / "twice.arch").as_uri()
    text = "block b(k):\n    conv(k, 1)\nnetwork n:\n    input 3x8x8\n    one = b(4)\n    b(8)\n"
    document = lsp.TextDocumentIdentifier(uri)
    line = lsp.Range(lsp.Position(1, 0), lsp.Position(2, 0))

    async def work(editor, _):
        async def shown():
            lenses = await editor.text_document_code_lens_async(lsp.CodeLensParams(document))
            (lens,) = [x.command for x in lenses if x.command.command == "archdsl.server.see"]
            hints = await editor.text_document_inlay_hint_async(lsp.InlayHintParams(document, line))
            shapes = [h.label.strip() for h in hints if h.kind is lsp.InlayHintKind.Type]
            return lens, shapes

        await editor.open(uri, text)
        told = []
        for _ in range(4):
            lens, shapes = await shown()
            told.append((lens.title, *shapes))
            given = lsp.ExecuteCommandParams(lens.command, lens.arguments)
            await editor.workspace_execute_command_async(given)
        every = ("seen from all of 2 uses", "4x8x8 / 8x8x8")
        assert told == [every, ("seen from one", "4x8x8"), ("seen from b", "8x8x8"), every]

    with_an_editor(work)


def test_of_texts_that_have_moved_on_little_is_told(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()

    async def work(editor, _):
        await editor.open(uri, SMALL)
        for number in range(100):
            document = lsp.VersionedTextDocumentIdentifier(number + 2, uri)
            change = typed(1, 16, 16, " ")
            editor.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))
        asked = lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(uri))
        assert await editor.text_document_document_symbol_async(asked)
        await asyncio.sleep(1)
        assert editor.versions[-1] == 101 and len(editor.versions) < 60

    with_an_editor(work)


def test_requests_are_called_off_when_the_text_has_moved_on(tmp_path):
    """A hundred keys, each with the request for hints that an editor sends and calls off."""
    uri = (tmp_path / "small.arch").as_uri()
    text, document = SMALL, lsp.TextDocumentIdentifier(uri)
    everything = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    asked = lsp.InlayHintParams(document, everything)

    async def work(editor, _):
        await editor.open(uri, text)
        os.kill(editor._server.pid, signal.SIGSTOP)  # it reads nothing until all are sent
        waiting = []
        for number in range(100):
            version = lsp.VersionedTextDocumentIdentifier(number + 2, uri)
            change = typed(1, 17, 17, " ")
            if waiting:
                last = waiting[-1][0]
                editor.protocol.notify(lsp.CANCEL_REQUEST, lsp.CancelParams(last))
            editor.text_document_did_change(lsp.DidChangeTextDocumentParams(version, [change]))
            name = f"hints {number}"
            sent = editor.protocol.send_request(lsp.TEXT_DOCUMENT_INLAY_HINT, asked, msg_id=name)
            waiting.append((name, asyncio.wrap_future(sent)))
        os.kill(editor._server.pid, signal.SIGCONT)
        done = await asyncio.gather(*(one for _, one in waiting), return_exceptions=True)
        off = [one for one in done if isinstance(one, JsonRpcRequestCancelled)]
        assert len(off) > 10 and not isinstance(done[-1], Exception)
        assert (2, " 16x32x32") in [(h.position.line, h.label) for h in done[-1]]
        assert editor.shown == []

    with_an_editor(work, COMMAND)


def test_a_change_of_a_closed_text_is_nothing(tmp_path):
    """As VS Code tells it of a text that is reverted and closed."""
    uri = (tmp_path / "small.arch").as_uri()

    async def work(editor, _):
        await editor.open(uri, SMALL)
        document = lsp.TextDocumentIdentifier(uri)
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
        late = lsp.VersionedTextDocumentIdentifier(2, uri)
        change = typed(3, 4, 8, "relu")
        editor.text_document_did_change(lsp.DidChangeTextDocumentParams(late, [change]))
        asked = lsp.DocumentSymbolParams(document)
        assert await editor.text_document_document_symbol_async(asked) is None
        assert editor.shown == []
        await editor.open(uri, SMALL)
        assert await editor.text_document_document_symbol_async(asked)

    with_an_editor(work)


def memory_after(tmp_path, changes):
    """Mebibytes that the server holds after many changes of one block."""
    uri, held = (tmp_path / "ghostnet.arch").as_uri(), []
    text = (ROOT / "specs" / "ghostnet.arch").read_text(encoding="utf-8")
    end = len(text.splitlines()[2])

    async def work(editor, _):
        await editor.open(uri, text)
        for number in range(changes):
            new = "" if number % 2 else "  # x"
            await editor.change(uri, number + 2, typed(2, end, end + 5 * (number % 2), new))
        status = Path(f"/proc/{editor._server.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        held.append(int(line.split()[1]) / 1024)

    with_an_editor(work, COMMAND)
    return held[0]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("changes", [40, pytest.param(400, marks=pytest.mark.slow)])
def test_an_hour_of_edits_holds_little_memory(tmp_path, changes):
    assert memory_after(tmp_path, changes) < MOST_MEMORY


def test_a_page_shows_a_text_as_it_is_typed_and_leads_back_to_it(tmp_path):
    uri = (tmp_path / "small.arch").as_uri()

    def fetched(address, data=None):
        with urllib.request.urlopen(address, data, timeout=20) as answer:
            return answer.read()

    async def work(editor, _):
        await editor.open(uri, SMALL)
        given = lsp.ExecuteCommandParams("archdsl.server.preview", [uri])
        address = await editor.workspace_execute_command_async(given)
        state = json.loads(await asyncio.to_thread(fetched, f"{address}state"))
        assert state["sound"] and state["leads"] and state["network"] == "small"
        await editor.change(uri, 2, typed(2, 16, 18, "32"))
        document = lsp.TextDocumentIdentifier(uri)
        at = lsp.DocumentHighlightParams(document, lsp.Position(5, 6))
        await editor.text_document_document_highlight_async(at)
        state = json.loads(await asyncio.to_thread(fetched, f"{address}state"))
        assert (state["version"], state["line"]) == (1, 6)
        written = json.loads(await asyncio.to_thread(fetched, f"{address}texts"))
        assert "32x32x32" in written["table"]
        await asyncio.to_thread(fetched, f"{address}goto?line=3", b"")
        for _ in range(100):
            if editor.led:
                break
            await asyncio.sleep(0.05)
        assert [(d.uri, d.selection.start.line) for d in editor.led] == [(uri, 2)]

    with_an_editor(work)


@pytest.mark.slow
def test_random_edits_end_in_the_answers_of_a_fresh_start(tmp_path):
    """Insertions, deletions, undone ones, in texts with characters of two and four bytes."""
    uri = (tmp_path / "typed.arch").as_uri()
    text = (ROOT / "specs" / "resnet18.arch").read_text(encoding="utf-8")
    document = lsp.TextDocumentIdentifier(uri)
    every = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))

    async def answers(editor):
        hints = await editor.text_document_inlay_hint_async(lsp.InlayHintParams(document, every))
        items = await editor.text_document_completion_async(
            lsp.CompletionParams(document, lsp.Position(8, 4))
        )
        tokens = await editor.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(document)
        )
        return hints, items, tokens, editor.told[uri]

    async def work(editor, _):
        draw = random.Random(20)
        await editor.open(uri, text)
        first = await answers(editor)
        version = 1
        for _ in range(60):
            line = draw.randrange(text.count("\n"))
            length = len(text.splitlines()[line])
            start = draw.randrange(length + 1)
            end = min(length, start + draw.choice([0, 0, 1, 5]))
            new = draw.choice(
                ["", "é", "𝒳", "(", ")", "\n", "    ", "->", '"""', "conv(", "{", "x"]
            )
            version += 1
            await editor.change(uri, version, typed(line, start, end, new))
            await answers(editor)
            version += 1
            await editor.change(uri, version, whole(text))
        await asyncio.sleep(1)
        assert await answers(editor) == first

    with_an_editor(work)


IMPORTING = 'from "parts.arch" import part\nnetwork n:\n    input 3x8x8\n    part(4)\n'
PART = "block part(k):\n    conv(k, 1)\n"


async def until(true):
    """Waits until something is so, which a request may have to come for."""
    for _ in range(200):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never is so")


def shape_of(editor, uri, wanted):
    """Asks for the one shape that is told behind the lines of the importing text."""
    everything = lsp.Range(lsp.Position(0, 0), lsp.Position(9, 0))
    asked = lsp.InlayHintParams(lsp.TextDocumentIdentifier(uri), everything)

    async def is_so():
        answer = await editor.text_document_inlay_hint_async(asked)
        return [h.label.strip() for h in answer if h.position.line == 3] == [wanted]

    return is_so


def mistakes_in(editor, uri, *codes):
    """Looks for what is told of a text."""

    async def is_so():
        return uri in editor.told and [d.code for d in editor.told[uri]] == list(codes)

    return is_so


@pytest.mark.parametrize("told", ["watched", "saved"])
def test_an_import_that_changes_on_the_disk_is_read_anew(tmp_path, told):
    part, main = tmp_path / "parts.arch", (tmp_path / "main.arch").as_uri()
    part.write_text(PART)

    async def tell(editor):
        if told == "watched":
            event = lsp.FileEvent(part.as_uri(), lsp.FileChangeType.Changed)
            given = lsp.DidChangeWatchedFilesParams([event])
            editor.workspace_did_change_watched_files(given)
        else:
            given = lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(main))
            editor.text_document_did_save(given)

    async def work(editor, _):
        await editor.open(main, IMPORTING)
        assert editor.told[main] == []
        part.write_text(PART.replace("1)", "3)"))
        await tell(editor)
        await until(shape_of(editor, main, "4x6x6"))
        part.unlink()
        await tell(editor)
        await until(mistakes_in(editor, main, "E0601"))
        part.write_text(PART)
        await tell(editor)
        await until(mistakes_in(editor, main))
        await until(shape_of(editor, main, "4x8x8"))

    with_an_editor(work)


def test_an_import_that_is_closed_counts_as_it_is_on_the_disk(tmp_path):
    (tmp_path / "parts.arch").write_text(PART)
    parts, main = (tmp_path / "parts.arch").as_uri(), (tmp_path / "main.arch").as_uri()

    async def work(editor, _):
        await editor.open(main, IMPORTING.replace("part(4)", "part(4) :: 4x8x8"))
        await editor.open(parts, PART.replace("1)", "3)"))
        await until(mistakes_in(editor, main, "E0310"))
        await asyncio.sleep(1)  # all that follows from it is told
        close = lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(parts))
        editor.text_document_did_close(close)
        await until(mistakes_in(editor, main))
        assert editor.told[parts] == []

    with_an_editor(work)


def test_an_editor_that_can_watch_files_is_asked_to(tmp_path):
    async def work(editor, _):
        async def asked():
            return bool(editor.registered)

        await until(asked)
        (watched,) = editor.registered
        assert watched.method == "workspace/didChangeWatchedFiles"
        assert watched.register_options["watchers"] == [{"globPattern": "**/*.arch"}]

    with_an_editor(work)


def test_an_import_beside_a_folder_is_read_as_it_is_typed(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "parts.arch").write_text(PART)
    middle = 'from "../parts.arch" import part\nblock twice(k):\n    part(k) -> part(k)\n'
    (tmp_path / "lib" / "twice.arch").write_text(middle)
    parts, main = (tmp_path / "parts.arch").as_uri(), (tmp_path / "main.arch").as_uri()
    text = IMPORTING.replace("parts.arch", "lib/twice.arch").replace("part", "twice")

    async def work(editor, _):
        await editor.open(parts, PART.replace("1)", "3)"))
        await editor.open(main, text)
        await until(shape_of(editor, main, "4x4x4"))

    with_an_editor(work)


TWO = """\
block b(k):
    conv(k, 1)
network first:
    input 3x8x8
    one = b(4)
network second:
    input 3x8x8
    one = b(8)
    two = b(4)
"""


@pytest.mark.parametrize("line", [4, 7])
def test_a_block_is_seen_from_uses_in_all_networks_wherever_one_types(tmp_path, line):
    uri = (tmp_path / "two.arch").as_uri()
    document = lsp.TextDocumentIdentifier(uri)
    body = lsp.Range(lsp.Position(1, 0), lsp.Position(2, 0))

    async def work(editor, _):
        await editor.open(uri, TWO)

        async def shown():
            lenses = await editor.text_document_code_lens_async(lsp.CodeLensParams(document))
            hints = await editor.text_document_inlay_hint_async(lsp.InlayHintParams(document, body))
            seen = [x.command for x in lenses if x.command.command == "archdsl.server.see"]
            shapes = (h.label.strip() for h in hints if h.kind is lsp.InlayHintKind.Type)
            return seen, *(lens.title for lens in seen), *shapes

        async def complete():
            return (await shown())[1:] == ("seen from all of 3 uses", "4x8x8 / 8x8x8")

        await until(complete)
        told = []
        for version in range(2, 6):
            await editor.change(uri, version, typed(line, 14, 14, " "))
            (lens,), *words = await shown()
            given = lsp.ExecuteCommandParams(lens.command, lens.arguments)
            await editor.workspace_execute_command_async(given)
            told.append(words)
        assert told[1:] == [
            ["seen from one in first", "4x8x8"],
            ["seen from one in second", "8x8x8"],
            ["seen from two in second", "4x8x8"],
        ]
        await until(complete)

    with_an_editor(work)


def test_a_drawing_is_of_what_is_typed_and_replaces_only_what_may_be(tmp_path):
    part, main = tmp_path / "parts.arch", tmp_path / "main.arch"
    part.write_text(PART)
    main.write_text(IMPORTING)
    target, other = tmp_path / "n.svg", tmp_path / "mine.svg"
    other.write_text("<svg/>")

    async def work(editor, _):
        async def exported(path, replace=False, network="n"):
            given = ["archdsl.server.export", [main.as_uri(), network, str(path), replace]]
            return await editor.workspace_execute_command_async(lsp.ExecuteCommandParams(*given))

        await editor.open(main.as_uri(), IMPORTING)
        await editor.open(part.as_uri(), PART.replace("1)", "3)"))
        assert await exported(target) == {}
        assert "6x6</text>" in target.read_text()  # the import as it is typed, not as it is saved
        assert await exported(target, network="") == {}
        assert "mine.svg is there already" in (await exported(other))["taken"]
        assert other.read_text() == "<svg/>"
        assert await exported(other, replace=True) == {}
        assert "6x6</text>" in other.read_text()
        for path, why in ((part, "is read"), (tmp_path / "n.gif", ".gif"), (main, "is read")):
            told = await exported(path, replace=True)
            assert path.name in told["refused"] and why in told["refused"]
        assert part.read_text() == PART
        await editor.change(main.as_uri(), 2, typed(3, 4, 11, "relu -> linear(1, 2, 3, 4)"))
        assert await exported(target) == {}  # as far as it goes
        assert "linear" not in (await exported(tmp_path / "none" / "n.svg"))["refused"]

    with_an_editor(work)
