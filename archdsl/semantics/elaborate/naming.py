"""Whether a step can have a name: legal in Python, free in `nn.Module`, once in a body."""

from archdsl.base.labels import Label
from archdsl.base.names import refusal, suggestion
from archdsl.ir.graph import ScopeKind
from archdsl.semantics.elaborate.body import Body
from archdsl.semantics.report import Reporter
from archdsl.semantics.values import ChainRecipe, LayerRecipe, Recipe, TapRecipe, unmarked
from archdsl.syntax import tree

Name = tree.Name | tree.Template


def nameable(reporter: Reporter, written: Name, name: str, recipe: Recipe, body: Body) -> bool:
    """Whether a name can be a module's attribute here; says so where it cannot."""
    why = refusal(name, attribute=body.kind is not ScopeKind.SEQUENTIAL)
    if name == "input":
        why = "means what flows into the body"
    if why is not None:
        free = suggestion(name)
        reporter.error(
            "E0801",
            f"a step cannot be called `{name}`: it {why}",
            written.span,
            hint=f"call it `{free if free != name else f'{name}_'}`",
        )
        return False
    if _names_no_module(recipe):
        return True
    return _claim(reporter, written, name, body)


def _names_no_module(recipe: Recipe) -> bool:
    """Whether the name is a second one, for a tap or for what a shared layer gives."""
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
            reporter.error(
                "E0801",
                "a step cannot be called `input`: it means what flows into the body",
                where.span,
                hint="call it `input_`",
            )
        elif name is not None and name in names[:place]:
            reporter.error(
                "E0802",
                f"two results are called `{name}`",
                where.span,
                others=(Label(written[names.index(name)].span, "the first is here"),),
                hint="rename one of the two",
            )


def _claim(reporter: Reporter, written: Name, name: str, body: Body) -> bool:
    before = body.given.get(name)
    if before is not None:
        reporter.error(
            "E0802",
            f"two steps are called `{name}`",
            written.span,
            others=(Label(before, "the first is here"),) if before != written.span else (),
            hint=f"in a loop, number them: `{name}{{{_variable(body)}}}`"
            if before == written.span
            else "rename one of the two",
        )
        return False
    body.given[name] = written.span
    return True


def _variable(body: Body) -> str:
    """A variable of the innermost loop around the line at hand."""
    loops = [mark.node for mark in body.marks if isinstance(mark.node, tree.For)]
    return tree.bound(loops[-1].targets)[0].id if loops else "i"


def pattern(written: tree.Name | tree.Template) -> str:
    """What a computed name can come to, with `*` for its expressions."""
    if isinstance(written, tree.Name):
        return written.id
    return "".join(part if isinstance(part, str) else "*" for part in written.parts)
