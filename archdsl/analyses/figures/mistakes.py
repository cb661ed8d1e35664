"""The mistakes in the expectations of a network: a function for each message."""

from collections.abc import Iterable

from archdsl.base.diagnostics import Diagnostic, mistake
from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean


def unknown_path(path: str, paths: Iterable[str], span: Span, network: str) -> Diagnostic:
    message = f"no step of this network has the path `{path}`"
    hint = did_you_mean(path, paths) or "`archdsl audit --depth 9` lists the paths"
    return mistake("E0201", message, span, hint, path=network)


def unknown_figure(name: str, figures: Iterable[str], span: Span, network: str) -> Diagnostic:
    hint = did_you_mean(name, figures) or f"a step has {', '.join(figures)}"
    return mistake("E0201", f"a step has no figure called `{name}`", span, hint, path=network)


def not_true_or_false(condition: Span, figure: str, network: str) -> Diagnostic:
    message = f"{condition.text} is {figure}, which is neither true nor false"
    return figure_differs(condition, message, network)


def unknown_value(expression: Span, network: str) -> Diagnostic:
    return figure_differs(expression, f"`{expression.text}` cannot be known", network)


def does_not_hold(condition: Span, figures: str, network: str) -> Diagnostic:
    """A promise that is broken; `figures` are those in it, with their values."""
    known = f": {figures}" if figures else ""
    return figure_differs(condition, f"`{condition.text}` does not hold{known}", network)


def figure_differs(condition: Span, difference: str, network: str) -> Diagnostic:
    return mistake("E0701", difference, condition, path=network)
