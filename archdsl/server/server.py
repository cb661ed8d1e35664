"""The server's state: the open texts, what the client can show, and when a text is looked at.

A text that has changed is looked at twice: the network that is being typed at once, all others when
nothing has been typed for a moment. Work for a text that has moved on is given up.
"""

import asyncio
import gc
import linecache
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from msgspec import Struct
from pygls.lsp.server import LanguageServer

from archdsl.base.version import __version__
from archdsl.editing.analysis import Analysis
from archdsl.editing.hints import Wanted
from archdsl.editing.importing import specs_below
from archdsl.editing.symbols import Index
from archdsl.editing.uses import BlockSight
from archdsl.server import answers
from archdsl.server.open_texts import Documents, path_of
from archdsl.server.positions import offset
from archdsl.server.previews import Previews
from archdsl.server.protocol import Protocol
from archdsl.server.shelf import Shelf

TIDY = 4  # changes after which the trees and programs of older versions are cleared away
TOGETHER = 0.003  # seconds in which changes are taken for one
IDLE = 0.25  # seconds without a change before all networks are looked at
UNTITLED = "untitled.arch"

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
        tidy()  # the versions before have made room for this one
        for network in analysis.networks:
            for work in analysis.work(network):
                work()
                await asyncio.sleep(0)
            gc.collect()
        self.tell(uri, analysis, analysis.diagnostics)
        self.refresh()
        self.catch_up()
        tidy()

    def said_again(self, given: lsp.RenameParams) -> bool:
        """True for the request that came last, too; each is taken for an answer once."""
        again = given == self._doubted
        self._doubted = None if again else given
        return again

    def warn(self, message: str) -> None:
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))

    def show(self, title: str, path: Path, outside: bool) -> None:
        """Has the client show a file, `outside` of the editor, or tells where it is."""
        if self.shows:
            self.window_show_document(
                lsp.ShowDocumentParams(path.as_uri(), external=outside, take_focus=True)
            )
        else:
            message = f"{title}: {path}"
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, message))

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


GENERATED = "<attrs generated "  # how attrs calls the sources of its methods


def tidy() -> None:
    """Collects all garbage, the sources of generated methods that attrs keeps for debuggers among
    it. The rest is frozen: no collection looks at it until the next call."""
    for file in [file for file in linecache.cache if file.startswith(GENERATED)]:
        del linecache.cache[file]
    gc.unfreeze()
    gc.collect()
    gc.freeze()
