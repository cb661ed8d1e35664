"""The answers of `archdsl.editing`, in the protocol's terms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lsprotocol import types as lsp

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit, Label, Severity
from archdsl.base.source import Source, Span
from archdsl.codes import page
from archdsl.editing.actions import Action
from archdsl.editing.completion import Item, ItemKind, Signature
from archdsl.editing.findings import finding
from archdsl.editing.hints import Hint, HintKind
from archdsl.editing.hover import Hover
from archdsl.editing.meaning import NewNames
from archdsl.editing.offers import TITLES
from archdsl.editing.outline import Lens, Painted, TokenKind
from archdsl.editing.symbols import Symbol
from archdsl.server.positions import position, range_of

SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}

Addresses = dict[str, str]  # of the files that a text consists of, by the names of their sources


# --- diagnostics -----------------------------------------------------------------------------


def diagnostics(
    given: Iterable[Diagnostic], source: Source, addresses: Addresses
) -> list[lsp.Diagnostic]:
    """The diagnostics of a text; those of an imported file stand at the text's top."""
    return [_diagnostic(d, source, addresses) for d in given]


def _diagnostic(diagnostic: Diagnostic, source: Source, addresses: Addresses) -> lsp.Diagnostic:
    shown, start = finding(diagnostic, source), lsp.Position(0, 0)
    hint = (f"help: {diagnostic.hint}",) if diagnostic.hint else ()
    return lsp.Diagnostic(
        range=range_of(shown.span) if shown.span is not None else lsp.Range(start, start),
        message="\n".join((shown.message, *shown.details, *hint)),
        severity=SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        code_description=lsp.CodeDescription(page(diagnostic.code).as_uri()),
        source="archdsl",
        related_information=list(_related(shown.related, addresses)) or None,
        tags=[lsp.DiagnosticTag.Unnecessary] if shown.unused else None,
    )


def _related(
    labels: Iterable[Label], addresses: Addresses
) -> Iterator[lsp.DiagnosticRelatedInformation]:
    for label in labels:
        place = location(label.span, addresses)
        if place is not None:
            yield lsp.DiagnosticRelatedInformation(place, label.text)


# --- hints, hovers, proposals ----------------------------------------------------------------


def hint(given: Hint, source: Source) -> lsp.InlayHint:
    argument = given.kind is HintKind.ARGUMENT
    return lsp.InlayHint(
        position(source, given.offset),
        given.text if argument else f" {given.text}",
        kind=lsp.InlayHintKind.Parameter if argument else lsp.InlayHintKind.Type,
        tooltip=given.tooltip or None,
        padding_left=not argument,
    )


def hover(given: Hover) -> lsp.Hover:
    return lsp.Hover(_markdown(given.text), range_of(given.span))


def _markdown(text: str) -> lsp.MarkupContent:
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, text)


ITEM_KINDS = {
    ItemKind.KEYWORD: lsp.CompletionItemKind.Keyword,
    ItemKind.SNIPPET: lsp.CompletionItemKind.Snippet,
    ItemKind.OP: lsp.CompletionItemKind.Function,
    ItemKind.BLOCK: lsp.CompletionItemKind.Class,
    ItemKind.NETWORK: lsp.CompletionItemKind.Module,
    ItemKind.FUNCTION: lsp.CompletionItemKind.Method,
    ItemKind.ARGUMENT: lsp.CompletionItemKind.Property,
    ItemKind.VALUE: lsp.CompletionItemKind.EnumMember,
    ItemKind.STEP: lsp.CompletionItemKind.Variable,
    ItemKind.PARAMETER: lsp.CompletionItemKind.Variable,
    ItemKind.FACT: lsp.CompletionItemKind.Constant,
    ItemKind.FILE: lsp.CompletionItemKind.File,
}


def item(proposal: Item, index: int, snippets: bool) -> lsp.CompletionItem:
    """A proposal; an editor without snippets is given the label alone."""
    as_snippet = proposal.snippet and snippets
    return lsp.CompletionItem(
        proposal.label,
        kind=ITEM_KINDS[proposal.kind],
        detail=proposal.detail or None,
        documentation=_markdown(proposal.doc) if proposal.doc else None,
        sort_text=f"{index:04}",
        insert_text=proposal.insert
        if proposal.insert and (as_snippet or not proposal.snippet)
        else None,
        insert_text_format=lsp.InsertTextFormat.Snippet if as_snippet else None,
    )


def signature(given: Signature) -> lsp.SignatureHelp:
    parameters = [lsp.ParameterInformation(name) for name in given.parameters]
    told = lsp.SignatureInformation(given.text, _markdown(given.doc), parameters, given.active)
    return lsp.SignatureHelp([told], 0, given.active)


# --- symbols, edits --------------------------------------------------------------------------

SYMBOL_KINDS = {
    "network": lsp.SymbolKind.Class,
    "block": lsp.SymbolKind.Class,
    "fn": lsp.SymbolKind.Function,
    "step": lsp.SymbolKind.Field,
    "layer": lsp.SymbolKind.Field,
    "input": lsp.SymbolKind.Variable,
}


def symbol(given: Symbol) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        given.name,
        SYMBOL_KINDS[given.kind],
        range_of(given.span),
        range_of(given.selection),
        detail=given.detail or None,
        children=[symbol(child) for child in given.children],
    )


def place_of(given: Symbol, uri: str) -> lsp.WorkspaceSymbol:
    place = lsp.Location(uri, range_of(given.selection))
    return lsp.WorkspaceSymbol(place, given.name, SYMBOL_KINDS[given.kind])


def edits(given: Sequence[Edit]) -> list[lsp.TextEdit]:
    return [lsp.TextEdit(range_of(edit.span), edit.text) for edit in given]


RENAMES_KEYS = "keys"


def changes(
    by_address: Mapping[str, Sequence[Edit]], names: NewNames, confirms: bool
) -> lsp.WorkspaceEdit:
    """The edits of texts by their addresses; where published names change, to be confirmed by the
    user."""
    if not (names and confirms):
        return lsp.WorkspaceEdit(changes={uri: edits(e) for uri, e in by_address.items()})
    changed: list[lsp.TextDocumentEdit] = [
        lsp.TextDocumentEdit(
            lsp.OptionalVersionedTextDocumentIdentifier(uri),
            [lsp.AnnotatedTextEdit(RENAMES_KEYS, range_of(e.span), e.text) for e in of_text],
        )
        for uri, of_text in by_address.items()
    ]
    annotation = lsp.ChangeAnnotation(
        "Change published names", needs_confirmation=True, description=told_of(names)
    )
    return lsp.WorkspaceEdit(
        document_changes=list(changed), change_annotations={RENAMES_KEYS: annotation}
    )


def told_of(names: NewNames) -> str:
    """The first of some new published names, and how many more there are."""
    old, new = next(iter(names.items()))
    more = f", and {len(names) - 1} more change" if len(names) > 1 else ""
    return f"Saved weights and callers know the old names: {old} becomes {new}{more}."


def action(
    given: Action, uri: str, source: Source, addresses: Addresses, confirms: bool
) -> lsp.CodeAction:
    mended = given.mends
    return lsp.CodeAction(
        given.title,
        kind=lsp.CodeActionKind.QuickFix if mended else f"refactor.{given.kind}",
        diagnostics=diagnostics([mended], source, addresses) if mended else None,
        edit=changes({uri: given.edits}, given.renamed, confirms),
    )


SEE = "archdsl.server.see"


def lenses(lens: Lens, uri: str) -> Iterator[lsp.CodeLens]:
    """The figures, and behind them what can be done with the network."""
    place = range_of(lens.span)
    if lens.block:
        yield lsp.CodeLens(place, lsp.Command(lens.text, SEE, arguments=[uri, lens.block]))
        return
    yield lsp.CodeLens(place, lsp.Command(lens.text, ""))
    for command, title in TITLES.items() if lens.network else ():
        yield lsp.CodeLens(place, lsp.Command(title, command, arguments=[uri, lens.network]))


# --- semantic tokens -------------------------------------------------------------------------

TOKEN_TYPES: dict[TokenKind, str] = {
    "op": "function",
    "block": "class",
    "function": "method",
    "parameter": "parameter",
    "step": "variable",
    "argument": "property",
    "value": "variable",
}
LEGEND = lsp.SemanticTokensLegend(list(dict.fromkeys(TOKEN_TYPES.values())), [])


def tokens(painted: Iterable[Painted]) -> lsp.SemanticTokens:
    """Each token as five numbers: lines and columns beyond the one before, length, type, 0."""
    data: list[int] = []
    before = lsp.Position(0, 0)
    for one in painted:
        place = range_of(one.span)
        start = place.start
        line = start.line - before.line
        column = start.character - (before.character if line == 0 else 0)
        kind = LEGEND.token_types.index(TOKEN_TYPES[one.kind])
        data += [line, column, place.end.character - start.character, kind, 0]
        before = start
    return lsp.SemanticTokens(data)


def location(span: Span, addresses: Addresses) -> lsp.Location | None:
    address = addresses.get(span.source.name)
    return None if address is None else lsp.Location(address, range_of(span))
