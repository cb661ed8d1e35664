"""Commands: a document, a drawing or a page of what is typed; a block as its next use has it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types as lsp

from archdsl.editing.uses import next_use
from archdsl.server.open_texts import path_of
from archdsl.server.server import ArchServer

EXPORT = "archdsl.server.export"
PREVIEW = "archdsl.server.preview"  # an editor's own commands are called otherwise


def see(server: ArchServer, uri: str, block: str) -> str | None:
    """Shows a block as its next use has it; gives that use's path, or nothing for all."""
    chosen = server.seen.setdefault(uri, {})
    sight = server.ask_now(uri, lambda a: next_use(a, block, chosen.pop(block, None)))
    if sight is not None:
        chosen[block] = sight
    server.refresh()
    return None if sight is None else sight.path


def preview(server: ArchServer, uri: str) -> str | None:
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


def export(
    server: ArchServer, uri: str, network: str, path: str, replace: bool
) -> dict[str, str] | None:
    """Draws a network into a file, and gives why not where it does not: `taken` where the file
    is somebody else's, who can have it replaced."""
    from archdsl.server.exports import export

    analysis = server.documents.analysis(uri)
    return None if analysis is None else export(analysis, network, Path(path), replace)


def showing(name: str) -> Callable[[ArchServer, str, str], dict[str, str] | None]:
    """The command of this name: it shows a document of a network."""

    def show(server: ArchServer, uri: str, network: str) -> dict[str, str] | None:
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
        server.show(document.title, path, outside=document.ending == "html")
        return {"title": document.title, "uri": path.as_uri(), "text": document.text}

    return show
