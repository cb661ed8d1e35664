"""The language server on pygls: which request is answered by which function of `editing`.

A text that has changed is looked at twice: the network that is being typed at once, all others when
nothing has been typed for a moment. Work for a text that has moved on is given up.
"""

import asyncio
import gc
import linecache
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from msgspec import Struct
from pygls.lsp.server import LanguageServer

from archdsl.base.version import __version__
from archdsl.editing.actions import actions, refactorings
from archdsl.editing.analysis import Analysis
from archdsl.editing.completion import completion, signature
from archdsl.editing.formatting import layout_edits
from archdsl.editing.hints import Wanted, hints
from archdsl.editing.hover import hover
from archdsl.editing.importing import specs_below
from archdsl.editing.offers import TITLES
from archdsl.editing.outline import folds, lenses, painted, selections
from archdsl.editing.references import references, references_everywhere
from archdsl.editing.renaming import CannotRename, rename_everywhere
from archdsl.editing.symbols import Index, definition, matching, symbols
from archdsl.editing.uses import BlockSight, next_use
from archdsl.server import answers
from archdsl.server.open_texts import Documents, path_of
from archdsl.server.positions import offset, range_of, whole
from archdsl.server.previews import Previews
from archdsl.server.protocol import Protocol
from archdsl.server.shelf import Shelf

TIDY = 4  # changes after which the trees and programs of older versions are cleared away
TOGETHER = 0.003  # seconds in which changes are taken for one
IDLE = 0.25  # seconds without a change before all networks are looked at
EXPORT = "archdsl.server.export"
PREVIEW = "archdsl.server.preview"  # an editor's own commands are called otherwise
UNTITLED = "untitled.arch"
TRIGGERS = [".", "(", ",", "=", '"', " "]

WATCHED = lsp.Registration(
    "archdsl.files",
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
    lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher("**/*.arch")]),
)

T = TypeVar("T")


class Refreshes(Struct, frozen=True):
    """The kinds of answers that the client can be told to ask for again."""

    hints: bool = False
    lenses: bool = False


class ArchServer(LanguageServer):
    """The server with its documents and what the client wants to be shown."""

    def __init__(self) -> None:
        super().__init__("archdsl", __version__, protocol_cls=Protocol)
        self.documents = Documents()
        self.wanted = Wanted()
        self.shelf = Shelf()
        self.index = Index()
        self.previews = Previews()
        self.seen: dict[str, dict[str, BlockSight]] = {}  # by text and block, the chosen use
        self.shows = False  # documents, when it is asked to
        self.snippets = False
        self.confirms = False  # edits that the user is asked about
        self.watches = False  # files for the server
        self.refreshes = Refreshes()
        self._doubted: lsp.RenameParams | None = None  # what the user was asked about
        self._changes = 0
        self._at: dict[str, lsp.Position | None] = {}  # where each text was changed last
        self._due: set[str] = set()  # texts that are to be looked at
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def changed(self, uri: str, at: lsp.Position | None = None) -> None:
        """Takes the text as it is now. It is looked at when the changes that wait already are
        taken too: of a text that has moved on nothing is told."""
        self.documents.put(uri, self.workspace.get_text_document(uri).source)
        self._at[uri] = at
        if uri not in self._due:
            self._due.add(uri)
            asyncio.get_running_loop().call_later(TOGETHER, self._look, uri)

    def _look(self, uri: str) -> None:
        """Tells what the network at hand is about, and the rest later."""
        self._due.discard(uri)
        self.documents.behind.discard(uri)
        analysis, at = self.documents.analysis(uri), self._at.get(uri)
        if analysis is None:
            return
        typed_in(analysis, at)
        self.tell(uri, analysis, analysis.so_far)
        self.previews.put(uri, analysis.source.text, analysis.asked)
        if at is not None:
            self.previews.at(uri, at.line + 1)
        self._later(uri, analysis)
        self._changes += 1
        if self._changes % TIDY == 0:
            gc.collect()

    async def _rest(self, uri: str, analysis: Analysis) -> None:
        """All networks one by one, with time for requests in between."""
        await asyncio.sleep(IDLE)
        analysis.tidy()
        _tidy()  # the versions before have made room for this one
        for network in analysis.networks:
            for work in analysis.work(network):
                work()
                await asyncio.sleep(0)
            gc.collect()
        self.tell(uri, analysis, analysis.diagnostics)
        self.refresh()
        self.catch_up()
        _tidy()

    def said_again(self, given: lsp.RenameParams) -> bool:
        """True for the request that came last, too; each is taken for an answer once."""
        again = given == self._doubted
        self._doubted = None if again else given
        return again

    def warn(self, message: str) -> None:
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))

    def refresh(self) -> None:
        """Has the client ask again for what stands in the text and is no part of it."""
        if self.refreshes.hints:
            self.workspace_inlay_hint_refresh(None)
        if self.refreshes.lenses:
            self.workspace_code_lens_refresh(None)

    def closed_files(self) -> tuple[Path, ...]:
        """The specs in the folders that the editor shows, without those that are open."""
        folders = filter(None, (path_of(uri) for uri in self.workspace.folders))
        specs = dict.fromkeys(path.resolve() for f in folders for path in specs_below(f))
        return tuple(path for path in specs if path not in self.documents.places)

    def catch_up(self) -> None:
        """Looks again at the texts whose imports have changed."""
        for uri in tuple(self.documents.behind):
            self._look(uri)

    def reread(self) -> None:
        """Looks again at the texts whose imports have changed on the disk."""
        self.documents.reread()
        self.catch_up()

    def _later(self, uri: str, analysis: Analysis) -> None:
        """Has the rest told when nothing was typed for a moment."""
        if uri in self._waiting:
            self._waiting[uri].cancel()
        self._waiting[uri] = asyncio.ensure_future(self._rest(uri, analysis))

    def closed(self, uri: str) -> None:
        task = self._waiting.pop(uri, None)
        if task is not None:
            task.cancel()
        self.documents.drop(uri)
        self.previews.drop(uri)
        self.seen.pop(uri, None)
        self._at.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
        self.catch_up()

    def tell(self, uri: str, analysis: Analysis, diagnostics: Sequence[Any]) -> None:
        told = answers.diagnostics(diagnostics, analysis.source, self.addresses(uri, analysis))
        version = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, told, version))

    def addresses(self, uri: str, analysis: Analysis) -> answers.Addresses:
        """The addresses of the files that a text consists of."""
        address = self.documents.address
        imported = {source.name: address(path) for path, source in analysis.imports}
        return {**imported, analysis.source.name: uri}

    async def ask(self, uri: str, question: Callable[[Analysis], T]) -> T | None:
        """The answer to a request about an open text. It is worked out when the messages that wait
        already are taken: of a text that has moved on, an editor has called its requests off."""
        await asyncio.sleep(TOGETHER if uri in self._due else 0)
        return self.ask_now(uri, question)

    def ask_now(self, uri: str, question: Callable[[Analysis], T]) -> T | None:
        """The answer to a question about an open text, whose first network is elaborated first."""
        analysis = self.documents.analysis(uri)
        if analysis is None:
            return None
        if not analysis.traced:
            typed_in(analysis, self._at.get(uri))
        return question(analysis)


def home_of(uri: str) -> Path:
    """The place of a text, links followed; that of one without a file is in the working folder."""
    return (path_of(uri) or Path.cwd() / UNTITLED).resolve()


def typed_in(analysis: Analysis, at: lsp.Position | None) -> None:
    """Looks at the network that a change stands in, or that uses the block it stands in."""
    analysis.recall()
    network = analysis.nearest(offset(analysis.source, at) if at is not None else 0)
    if network is not None:
        analysis.trace(network)


def create() -> ArchServer:
    """A server that knows all its requests."""
    logging.getLogger("pygls").setLevel(logging.ERROR)  # a request called off too late is nothing
    server = ArchServer()
    _documents(server)
    _texts(server)
    _names(server)
    _edits(server)
    for name in TITLES:
        _command(server, name)
    _exported(server)
    _previewed(server)
    _seen(server)
    _tidy()
    return server


GENERATED = "<attrs generated "  # how attrs calls the sources of its methods


def _tidy() -> None:
    """Collects all garbage, the sources of generated methods that attrs keeps for debuggers among
    it. The rest is frozen: no collection looks at it until the next call."""
    for file in [file for file in linecache.cache if file.startswith(GENERATED)]:
        del linecache.cache[file]
    gc.unfreeze()
    gc.collect()
    gc.freeze()


# --- documents -------------------------------------------------------------------------------


def _documents(server: ArchServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(given: lsp.InitializeParams) -> None:
        document, workspace = given.capabilities.text_document, given.capabilities.workspace
        completion_ = document.completion if document else None
        proposed = completion_.completion_item if completion_ else None
        server.snippets = bool(proposed and proposed.snippet_support)
        hints_, lenses_ = (workspace.inlay_hint, workspace.code_lens) if workspace else (None, None)
        server.refreshes = Refreshes(
            bool(hints_ and hints_.refresh_support), bool(lenses_ and lenses_.refresh_support)
        )
        window = given.capabilities.window
        shown = window.show_document if window else None
        server.shows = bool(shown and shown.support)
        edited = workspace.workspace_edit if workspace else None
        server.confirms = bool(edited and edited.change_annotation_support)
        watched = workspace.did_change_watched_files if workspace else None
        server.watches = bool(watched and watched.dynamic_registration)
        if isinstance(given.initialization_options, dict):
            server.wanted = settings(given.initialization_options)

    @server.feature(lsp.INITIALIZED)
    async def initialized(_: lsp.InitializedParams) -> None:
        if server.watches:
            await server.client_register_capability_async(lsp.RegistrationParams([WATCHED]))

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_elsewhere(_: lsp.DidChangeWatchedFilesParams) -> None:
        server.reread()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(_: lsp.DidSaveTextDocumentParams) -> None:
        server.reread()  # for editors that do not tell of other files

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(given: lsp.DidOpenTextDocumentParams) -> None:
        server.changed(given.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(given: lsp.DidChangeTextDocumentParams) -> None:
        last = given.content_changes[-1]
        at = getattr(last, "range", None)
        server.changed(given.text_document.uri, at.start if at is not None else None)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(given: lsp.DidCloseTextDocumentParams) -> None:
        server.closed(given.text_document.uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(given: lsp.DidChangeConfigurationParams) -> None:
        section = given.settings.get("archdsl") if isinstance(given.settings, dict) else None
        if isinstance(section, dict):
            server.wanted = settings(section)


def settings(given: dict[str, Any]) -> Wanted:
    """`{"hints": {"shapes": true, "unchanged": false, "arguments": true, "figures": false}}`."""
    hints_ = given.get("hints")
    chosen = hints_ if isinstance(hints_, dict) else {}
    fields = {n: bool(chosen[n]) for n in Wanted.__struct_fields__ if n in chosen}
    return Wanted(**fields)


# --- texts -----------------------------------------------------------------------------------


def _texts(server: ArchServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def hint(given: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
        seen = server.seen.get(given.text_document.uri, {})

        def asked(a: Analysis) -> list[lsp.InlayHint]:
            start, end = (offset(a.source, p) for p in (given.range.start, given.range.end))
            shown = (h for h in hints(a, server.wanted, seen) if start <= h.offset <= end)
            return [answers.hint(h, a.source) for h in shown]

        return await server.ask(given.text_document.uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hovered(given: lsp.HoverParams) -> lsp.Hover | None:
        def asked(a: Analysis) -> lsp.Hover | None:
            answer = hover(a, offset(a.source, given.position))
            return None if answer is None else answers.hover(answer)

        return await server.ask(given.text_document.uri, asked)

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=TRIGGERS)
    )
    async def completed(given: lsp.CompletionParams) -> list[lsp.CompletionItem] | None:
        def asked(a: Analysis) -> list[lsp.CompletionItem]:
            proposals = completion(a, offset(a.source, given.position))
            return [answers.item(item, k, server.snippets) for k, item in enumerate(proposals)]

        return await server.ask(given.text_document.uri, asked)

    @server.feature(
        lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","])
    )
    async def signed(given: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        def asked(a: Analysis) -> lsp.SignatureHelp | None:
            answer = signature(a, offset(a.source, given.position))
            return None if answer is None else answers.signature(answer)

        return await server.ask(given.text_document.uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, answers.LEGEND)
    async def painted_(given: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
        return await server.ask(given.text_document.uri, lambda a: answers.tokens(painted(a)))

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folded(given: lsp.FoldingRangeParams) -> list[lsp.FoldingRange] | None:
        def asked(a: Analysis) -> list[lsp.FoldingRange]:
            return [lsp.FoldingRange(first - 1, last - 1) for first, last in folds(a)]

        return await server.ask(given.text_document.uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    async def selected(given: lsp.SelectionRangeParams) -> list[lsp.SelectionRange] | None:
        def asked(a: Analysis) -> list[lsp.SelectionRange]:
            return [_selection(a, place) for place in given.positions]

        return await server.ask(given.text_document.uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def lensed(given: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
        uri = given.text_document.uri
        seen = server.seen.get(uri, {})
        return await server.ask(
            uri, lambda a: [s for f in lenses(a, seen) for s in answers.lenses(f, uri)]
        )


def _selection(analysis: Analysis, place: lsp.Position) -> lsp.SelectionRange:
    selection = lsp.SelectionRange(whole(analysis.source))
    for span in selections(analysis, offset(analysis.source, place))[::-1]:
        selection = lsp.SelectionRange(range_of(span), selection)
    return selection


# --- names -----------------------------------------------------------------------------------


def _names(server: ArchServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbolised(given: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | None:
        return await server.ask(
            given.text_document.uri, lambda a: [answers.symbol(s) for s in symbols(a.file)]
        )

    @server.feature(lsp.WORKSPACE_SYMBOL)
    async def searched(given: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        await asyncio.sleep(TOGETHER)
        documents = server.documents
        opened = [
            answers.place_of(symbol, uri)
            for uri in documents.open
            if (analysis := documents.analysis(uri)) is not None
            for symbol in matching(symbols(analysis.file), given.query)
        ]
        elsewhere = server.index.search(given.query, server.closed_files(), documents.text)
        addressed = ((symbol, Path(symbol.span.source.name).as_uri()) for symbol in elsewhere)
        return [*opened, *(answers.place_of(*one) for one in addressed)]

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def defined(given: lsp.DefinitionParams) -> lsp.Location | None:
        uri = given.text_document.uri

        def asked(a: Analysis) -> lsp.Location | None:
            span = definition(a, offset(a.source, given.position))
            known = server.addresses(uri, a)
            return None if span is None else answers.location(span, known)

        return await server.ask(uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def referred(given: lsp.ReferenceParams) -> list[lsp.Location] | None:
        uri = given.text_document.uri

        def asked(a: Analysis) -> list[lsp.Location]:
            own, at, documents = home_of(uri), offset(a.source, given.position), server.documents
            by_file = references_everywhere(
                a, own, at, documents.text, documents.places, given.context.include_declaration
            )
            return [
                lsp.Location(uri if path == own else documents.address(path), range_of(span))
                for path, spans in by_file.items()
                for span in spans
            ]

        return await server.ask(uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def highlighted(given: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight] | None:
        server.previews.at(given.text_document.uri, given.position.line + 1)

        def asked(a: Analysis) -> list[lsp.DocumentHighlight]:
            places = references(a, offset(a.source, given.position))
            return [lsp.DocumentHighlight(range_of(span)) for span in places]

        return await server.ask(given.text_document.uri, asked)


# --- edits -----------------------------------------------------------------------------------


def _edits(server: ArchServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_RENAME)
    async def renamed(given: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        uri = given.text_document.uri

        def asked(a: Analysis) -> lsp.WorkspaceEdit | None:
            own, at, documents = home_of(uri), offset(a.source, given.position), server.documents
            try:
                renamed_places = rename_everywhere(
                    a, own, at, given.new_name, documents.text, documents.places
                )
            except CannotRename as why:
                server.warn(str(why))
                return None
            for path, reason in renamed_places.unseen.items():
                server.warn(f"{path} was left as it is: {reason}")
            names = renamed_places.names
            if names and not server.confirms and not server.said_again(given):
                server.warn(f"{answers.told_of(names)} Rename it once more to do so.")
                return None
            edits = {
                uri if path == own else documents.address(path): of_file
                for path, of_file in renamed_places.edits.items()
            }
            return answers.changes(edits, names, server.confirms)

        return await server.ask(uri, asked)

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    async def formatted(given: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        uri = given.text_document.uri
        return await server.ask(uri, lambda a: answers.edits(layout_edits(a.source)))

    @server.feature(lsp.TEXT_DOCUMENT_RANGE_FORMATTING)
    async def formatted_there(
        given: lsp.DocumentRangeFormattingParams,
    ) -> list[lsp.TextEdit] | None:
        first, last = given.range.start.line + 1, given.range.end.line + 1
        uri = given.text_document.uri
        return await server.ask(uri, lambda a: answers.edits(layout_edits(a.source, first, last)))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    async def acted(given: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        uri = given.text_document.uri

        def asked(a: Analysis) -> list[lsp.CodeAction]:
            known = server.addresses(uri, a)
            start, end = (offset(a.source, p) for p in (given.range.start, given.range.end))
            possible = [*actions(a, start, end)]
            if given.context.trigger_kind is not lsp.CodeActionTriggerKind.Automatic:
                possible += refactorings(a, start, end)
            return [answers.action(one, uri, a.source, known, server.confirms) for one in possible]

        return await server.ask(uri, asked)


# --- what a block is seen from ---------------------------------------------------------------


def _seen(server: ArchServer) -> None:
    @server.command(answers.SEE)
    def see(uri: str, block: str) -> str | None:
        """Shows a block as its next use has it; gives that use's path, or nothing for all."""
        chosen = server.seen.setdefault(uri, {})
        sight = server.ask_now(uri, lambda a: next_use(a, block, chosen.pop(block, None)))
        if sight is not None:
            chosen[block] = sight
        server.refresh()
        return None if sight is None else sight.path


# --- preview ---------------------------------------------------------------------------------


def _previewed(server: ArchServer) -> None:
    @server.command(PREVIEW)
    def preview(uri: str) -> str | None:
        """Shows the page of a text as it is typed; gives its address."""
        path, analysis = path_of(uri), server.documents.analysis(uri)
        if path is None or analysis is None:
            return None
        loop = asyncio.get_running_loop()

        def goto(line: int) -> None:  # asked by a thread of the page's server
            place = lsp.Position(line - 1, 0)
            shown = lsp.ShowDocumentParams(uri, take_focus=True, selection=lsp.Range(place, place))
            loop.call_soon_threadsafe(server.window_show_document, shown)

        address = server.previews.show(uri, path, analysis.source.text, analysis.asked, goto)
        if server.shows:
            server.window_show_document(lsp.ShowDocumentParams(address, external=True))
        return address


# --- files -----------------------------------------------------------------------------------


def _exported(server: ArchServer) -> None:
    @server.command(EXPORT)
    def export(uri: str, network: str, path: str, replace: bool) -> dict[str, str] | None:
        """Draws a network into a file, and gives why not where it does not: `taken` where the file
        is somebody else's, who can have it replaced."""
        from archdsl.server.exports import export

        analysis = server.documents.analysis(uri)
        return None if analysis is None else export(analysis, network, Path(path), replace)


# --- commands --------------------------------------------------------------------------------


def _command(server: ArchServer, name: str) -> None:
    @server.command(name)
    def run(uri: str, network: str) -> dict[str, str] | None:
        """Shows a document, and gives where it is: a file that lives as long as the server."""
        from archdsl.editing.commands import COMMANDS, CannotShow

        analysis = server.documents.analysis(uri)
        if analysis is None:
            return None
        try:
            document = COMMANDS[name](analysis, network)
        except CannotShow as why:
            server.warn(str(why))
            return None
        path = server.shelf.put(document.title, document.ending, document.text)
        told = {"title": document.title, "uri": path.as_uri(), "text": document.text}
        if server.shows:
            outside = document.ending == "html"
            server.window_show_document(
                lsp.ShowDocumentParams(path.as_uri(), external=outside, take_focus=True)
            )
        else:
            message = f"{document.title}: {path}"
            server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, message))
        return told
