"""The table of contents: which function answers which request, notification and command."""

import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types as lsp

from archdsl.editing.offers import TITLES
from archdsl.server import (
    answers,
    command_requests,
    edit_requests,
    name_requests,
    notifications,
    text_requests,
)
from archdsl.server.server import ArchServer, tidy

FEATURES: dict[str, Callable[..., Any]] = {
    lsp.INITIALIZE: notifications.initialize,
    lsp.INITIALIZED: notifications.initialized,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: notifications.changed_elsewhere,
    lsp.TEXT_DOCUMENT_DID_SAVE: notifications.saved,
    lsp.TEXT_DOCUMENT_DID_OPEN: notifications.opened,
    lsp.TEXT_DOCUMENT_DID_CHANGE: notifications.changed,
    lsp.TEXT_DOCUMENT_DID_CLOSE: notifications.closed,
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: notifications.configured,
    lsp.TEXT_DOCUMENT_INLAY_HINT: text_requests.inlay_hints,
    lsp.TEXT_DOCUMENT_HOVER: text_requests.hovered,
    lsp.TEXT_DOCUMENT_COMPLETION: text_requests.completions,
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP: text_requests.signatures,
    lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: text_requests.semantic_tokens,
    lsp.TEXT_DOCUMENT_FOLDING_RANGE: text_requests.folding_ranges,
    lsp.TEXT_DOCUMENT_SELECTION_RANGE: text_requests.selection_ranges,
    lsp.TEXT_DOCUMENT_CODE_LENS: text_requests.code_lenses,
    lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: name_requests.document_symbols,
    lsp.WORKSPACE_SYMBOL: name_requests.workspace_symbols,
    lsp.TEXT_DOCUMENT_DEFINITION: name_requests.defined,
    lsp.TEXT_DOCUMENT_REFERENCES: name_requests.referred,
    lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: name_requests.highlighted,
    lsp.TEXT_DOCUMENT_RENAME: edit_requests.renamed,
    lsp.TEXT_DOCUMENT_FORMATTING: edit_requests.formatted,
    lsp.TEXT_DOCUMENT_RANGE_FORMATTING: edit_requests.range_formatted,
    lsp.TEXT_DOCUMENT_CODE_ACTION: edit_requests.code_actions,
}

OPTIONS: dict[str, Any] = {
    lsp.TEXT_DOCUMENT_COMPLETION: lsp.CompletionOptions(
        trigger_characters=[".", "(", ",", "=", '"', " "]
    ),
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP: lsp.SignatureHelpOptions(trigger_characters=["(", ","]),
    lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: answers.LEGEND,
}

COMMANDS: dict[str, Callable[..., Any]] = {
    **{name: command_requests.showing(name) for name in TITLES},
    command_requests.EXPORT: command_requests.export,
    command_requests.PREVIEW: command_requests.preview,
    answers.SEE: command_requests.see,
}


def create() -> ArchServer:
    """A server that knows all its requests."""
    logging.getLogger("pygls").setLevel(logging.ERROR)  # a request called off too late is nothing
    server = ArchServer()
    for request, answer in FEATURES.items():
        server.feature(request, OPTIONS.get(request))(answer)
    for name, command in COMMANDS.items():
        server.command(name)(command)
    tidy()
    return server
