"""Notifications: what the client can do, and which texts it opens, changes, saves and closes."""

from typing import Any

from lsprotocol import types as lsp

from archdsl.editing.hints import Wanted
from archdsl.server.server import ArchServer, Refreshes

WATCHED = lsp.Registration(
    "archdsl.files",
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
    lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher("**/*.arch")]),
)


def initialize(server: ArchServer, given: lsp.InitializeParams) -> None:
    _of_texts(server, given.capabilities.text_document)
    _of_the_workspace(server, given.capabilities.workspace)
    window = given.capabilities.window
    shown = window.show_document if window else None
    server.shows = bool(shown and shown.support)
    if isinstance(given.initialization_options, dict):
        server.wanted = settings(given.initialization_options)


def _of_texts(server: ArchServer, texts: lsp.TextDocumentClientCapabilities | None) -> None:
    completion = texts.completion if texts else None
    proposed = completion.completion_item if completion else None
    server.snippets = bool(proposed and proposed.snippet_support)


def _of_the_workspace(
    server: ArchServer, workspace: lsp.WorkspaceClientCapabilities | None
) -> None:
    hints, lenses = (workspace.inlay_hint, workspace.code_lens) if workspace else (None, None)
    server.refreshes = Refreshes(
        bool(hints and hints.refresh_support), bool(lenses and lenses.refresh_support)
    )
    edited = workspace.workspace_edit if workspace else None
    server.confirms = bool(edited and edited.change_annotation_support)
    watched = workspace.did_change_watched_files if workspace else None
    server.watches = bool(watched and watched.dynamic_registration)


async def initialized(server: ArchServer, _: lsp.InitializedParams) -> None:
    if server.watches:
        await server.client_register_capability_async(lsp.RegistrationParams([WATCHED]))


def changed_elsewhere(server: ArchServer, _: lsp.DidChangeWatchedFilesParams) -> None:
    server.reread()


def saved(server: ArchServer, _: lsp.DidSaveTextDocumentParams) -> None:
    server.reread()  # for editors that do not tell of other files


def opened(server: ArchServer, given: lsp.DidOpenTextDocumentParams) -> None:
    server.changed(given.text_document.uri)


def changed(server: ArchServer, given: lsp.DidChangeTextDocumentParams) -> None:
    last = given.content_changes[-1]
    at = getattr(last, "range", None)
    server.changed(given.text_document.uri, at.start if at is not None else None)


def closed(server: ArchServer, given: lsp.DidCloseTextDocumentParams) -> None:
    server.closed(given.text_document.uri)


def configured(server: ArchServer, given: lsp.DidChangeConfigurationParams) -> None:
    section = given.settings.get("archdsl") if isinstance(given.settings, dict) else None
    if isinstance(section, dict):
        server.wanted = settings(section)


def settings(given: dict[str, Any]) -> Wanted:
    """`{"hints": {"shapes": true, "unchanged": false, "arguments": true, "figures": false}}`."""
    hints = given.get("hints")
    chosen = hints if isinstance(hints, dict) else {}
    fields = {n: bool(chosen[n]) for n in Wanted.__struct_fields__ if n in chosen}
    return Wanted(**fields)
