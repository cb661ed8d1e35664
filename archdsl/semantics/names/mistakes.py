"""The mistakes in declarations and imports: a function for each message."""

from collections.abc import Iterable

from archdsl.base.diagnostics import Diagnostic, mistake
from archdsl.base.labels import Label
from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean

UNUSED_PARAMETER = "W0115"


# --- names ------------------------------------------------------------------------------------


def declared_twice(name: str, span: Span, first: Span) -> Diagnostic:
    others = (Label(first, "first declared here"),)
    return mistake(
        "E0203", f"`{name}` is declared twice", span, "rename one of the two", others=others
    )


def parameter_twice(name: str, span: Span, first: Span) -> Diagnostic:
    message = f"two parameters are called `{name}`"
    others = (Label(first, "the first is here"),)
    return mistake("E0203", message, span, "rename one of the two", others=others)


def word_of_the_language(name: str, kind: str, span: Span) -> Diagnostic:
    message = f"`{name}` is {kind} of the language and cannot be declared again"
    return mistake("E0204", message, span, "choose another name")


def called_input(what: str, place: str, span: Span) -> Diagnostic:
    """A value or parameter with the name of what flows into its body or block."""
    message = f"{what} cannot be called `input`: it is what flows into the {place}"
    return mistake("E0204", message, span, "choose another name")


def unknown_type(name: str, span: Span, types: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(name, types) or f"the types are {', '.join(types)}"
    return mistake("E0218", f"there is no type called `{name}`", span, hint)


# --- what nothing uses ------------------------------------------------------------------------


def unused_parameter(name: str, declaration: str, span: Span) -> Diagnostic:
    message = f"`{declaration}` does not use its parameter `{name}`"
    return mistake(UNUSED_PARAMETER, message, span, _use_it(name))


def unused_definition(name: str, span: Span) -> Diagnostic:
    return mistake("W0113", f"nothing uses `{name}`", span, _use_it(name))


def unused_value(name: str, span: Span) -> Diagnostic:
    return mistake("W0113", f"nothing asks for `{name}`", span, _use_it(name))


def _use_it(name: str) -> str:
    return f"use it, delete it, or call it `_{name}` if it has to be there"


# --- imports ----------------------------------------------------------------------------------


def cannot_import(path: str, reason: str, span: Span) -> Diagnostic:
    return mistake("E0601", f'cannot import "{path}": {reason}', span)


def imports_in_a_circle(names: Iterable[str], span: Span) -> Diagnostic:
    message = f"imports form a circle: {' → '.join(names)}"
    return mistake("E0602", message, span, "move what both files need to a third file")


def not_declared_there(name: str, path: str, span: Span, declared: Iterable[str]) -> Diagnostic:
    known = f"it declares {', '.join(sorted(declared)) or 'nothing'}"
    hint = did_you_mean(name, declared) or known
    return mistake("E0603", f'"{path}" has no `{name}`', span, hint)
