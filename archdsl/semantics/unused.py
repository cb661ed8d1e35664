"""Declarations that the chosen network does not use are checked all the same."""

from contextlib import suppress

from archdsl.semantics.arguments import bind_variant
from archdsl.semantics.elaborate import Elaborator
from archdsl.semantics.files import Module
from archdsl.semantics.network import NetworkLines, Overrides
from archdsl.semantics.report import Exhausted, Frame, Reporter
from archdsl.semantics.values import UNKNOWN, BlockRecipe
from archdsl.syntax import tree


def check_unused(module: Module, reporter: Reporter) -> None:
    """Mistakes that do not depend on inputs and arguments: names, arguments, types.

    Blocks that were elaborated already have said theirs; the reporter tells each mistake once.
    """
    for declaration in module.file.declarations:
        elaborator = Elaborator(reporter)
        match declaration:
            case tree.VariantDecl():
                bind_variant(elaborator.evaluator, declaration, module, declaration.name)
            case tree.BlockDecl() | tree.NetworkDecl():
                _elaborate(elaborator, declaration, module)


def _elaborate(
    elaborator: Elaborator, declaration: tree.BlockDecl | tree.NetworkDecl, module: Module
) -> None:
    NetworkLines(elaborator, Overrides())
    name = declaration.name.id
    arguments = tuple((p.name.id, UNKNOWN) for p in declaration.parameters)
    recipe = BlockRecipe(declaration.name, declaration, module, arguments)
    # a limit is reached: bounded for the sake of time, and a use of the block says so itself
    with suppress(Exhausted):
        elaborator.elaborate(recipe, None, (), Frame(name, name, None))
