"""Blocks that no network used are checked all the same, with an unknown input."""

from archdsl.semantics.elaborate import Elaborator
from archdsl.semantics.files import Module
from archdsl.semantics.report import Exhausted, Frame, Reporter
from archdsl.semantics.values import UNKNOWN, BlockRecipe
from archdsl.syntax import tree


def check_unused(module: Module, reporter: Reporter) -> None:
    """Mistakes in a file's blocks that do not depend on their input: names, arguments, types.

    Blocks that were elaborated already have said theirs; the reporter tells each mistake once.
    """
    for declaration in module.file.declarations:
        if not isinstance(declaration, tree.BlockDecl):
            continue
        elaborator = Elaborator(reporter)
        arguments = tuple((p.name.id, UNKNOWN) for p in declaration.parameters)
        recipe = BlockRecipe(declaration.name, declaration, module, arguments)
        name = declaration.name.id
        try:
            elaborator.elaborate(recipe, None, (), Frame(name, name, None))
        except Exhausted:
            continue  # bounded for the sake of time; a use of the block says so itself
