"""The names that steps can have: legal in Python, free in `nn.Module`, once in a body."""

from archdsl.base.names import refusal, suggestion
from archdsl.ir.graph import ScopeKind
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import ChainRecipe, LayerRecipe, Recipe, TapRecipe, unmarked
from archdsl.syntax import tree

Name = tree.Name | tree.Template


def nameable(reporter: Reporter, written: Name, name: str, recipe: Recipe, body: Body) -> bool:
    """True where a name can be a module's attribute here; reports it where it cannot."""
    why = refusal(name, attribute=body.kind is not ScopeKind.SEQUENTIAL)
    if name == "input":
        why = "means what flows into the body"
    if why is not None:
        free = suggestion(name)
        free = free if free != name else f"{name}_"
        reporter.report(mistakes.no_name_for_a_step(name, why, written.span, free))
        return False
    if _names_no_module(recipe):
        return True
    return _claim(reporter, written, name, body)


def _names_no_module(recipe: Recipe) -> bool:
    """True where the name is a second one, for a tap or for a shared layer's result."""
    match unmarked(recipe):
        case TapRecipe() | LayerRecipe():
            return True
        case ChainRecipe(items=(first, second)) if isinstance(unmarked(first), TapRecipe):
            return isinstance(unmarked(second), LayerRecipe)
    return False


def check_results(
    reporter: Reporter, written: tuple[Name, ...], names: tuple[str | None, ...]
) -> None:
    """Reports names of several results of one line that mean something else or each other."""
    if len(names) < 2:
        return
    for place, (where, name) in enumerate(zip(written, names, strict=True)):
        if name == "input":
            reporter.report(mistakes.called_as_the_flow(where.span))
        elif name is not None and name in names[:place]:
            first = written[names.index(name)].span
            reporter.report(mistakes.two_results_of_one_name(name, where.span, first))


def _claim(reporter: Reporter, written: Name, name: str, body: Body) -> bool:
    before = body.given.get(name)
    if before == written.span:
        reporter.report(mistakes.same_name_each_round(name, written.span, _variable(body)))
        return False
    if before is not None:
        reporter.report(mistakes.two_steps_of_one_name(name, written.span, before))
        return False
    body.given[name] = written.span
    return True


def _variable(body: Body) -> str:
    """A variable of the innermost loop around the line at hand."""
    loops = [mark.node for mark in body.marks if isinstance(mark.node, tree.For)]
    return tree.bound(loops[-1].targets)[0].id if loops else "i"


def pattern(written: tree.Name | tree.Template) -> str:
    """The pattern of a computed name, with `*` for its expressions."""
    if isinstance(written, tree.Name):
        return written.id
    return "".join(part if isinstance(part, str) else "*" for part in written.parts)
