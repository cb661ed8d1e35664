"""Declarations that the chosen network does not use are checked all the same."""

from collections.abc import Iterable
from contextlib import suppress

from msgspec.structs import replace

from archdsl.codes import LIMITS_REACHED
from archdsl.semantics.elaborate.elaborator import Elaborator
from archdsl.semantics.elaborate.network_lines import NetworkLines, Overrides
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.arguments import accepted, bind_variant
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.evaluate.expected import Expected
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.module import Module
from archdsl.semantics.names.parameters import Parameterised, check_use, type_of
from archdsl.semantics.names.unused import leading_to, report_unused_names
from archdsl.semantics.reporter import BlockLevel, Exhausted, Reporter
from archdsl.semantics.values import UNKNOWN, BlockRecipe
from archdsl.syntax import tree

SHARE = 10  # of the limits: unused declarations must not take the time of the used ones


def check_unused(
    module: Module,
    reporter: Reporter,
    limits: Limits = LIMITS,
    memory: ElaborationMemory | None = None,
    declarations: Iterable[tree.Declaration] | None = None,
) -> None:
    """Mistakes that do not depend on inputs and arguments: names, arguments, types.

    All declarations of the file are looked at, unless some are given.
    Blocks that were elaborated already, those in the `memory` of the same reporter, have said
    theirs; it tells each mistake once.
    That a limit is reached is no mistake here: a use of the declaration says so itself.
    """
    small = replace(
        limits,
        evaluations=limits.evaluations // SHARE,
        scope_steps=limits.scope_steps // SHARE,
    )
    memory = memory or ElaborationMemory()
    looked_at = module.file.declarations if declarations is None else tuple(declarations)
    for declaration in looked_at:
        scratch = Reporter()
        with suppress(Exhausted, RecursionError):
            _check(declaration, module, Elaborator(scratch, small, memory))
        reporter.extend(
            tuple(d for d in scratch.diagnostics if not d.code.startswith(LIMITS_REACHED))
        )
    if not reporter.failed:  # a mistake may be what keeps a parameter from being used
        for declaration in looked_at:
            if isinstance(declaration, Parameterised):
                check_use(declaration, reporter)
        report_unused_names(module.file, looked_at, reporter)


def used_by(module: Module, *names: str) -> list[tree.Declaration]:
    """The declarations of the file that some of them lead to, themselves included."""
    return leading_to(module.file, names)


def _check(declaration: tree.Declaration, module: Module, elaborator: Elaborator) -> None:
    match declaration:
        case tree.VariantDecl():
            bind_variant(elaborator.evaluator, declaration, module, declaration.name)
        case tree.FnDecl():
            _call(elaborator.evaluator, declaration, module)
        case tree.BlockDecl() | tree.NetworkDecl():
            _elaborate(elaborator, declaration, module)


def _call(evaluator: Evaluator, declaration: tree.FnDecl, module: Module) -> None:
    inner = Environment(module, values=dict(_unknown_arguments(evaluator, declaration, module)))
    evaluator.value(declaration.value, inner)


def _elaborate(
    elaborator: Elaborator, declaration: tree.BlockDecl | tree.NetworkDecl, module: Module
) -> None:
    NetworkLines(elaborator, Overrides())
    name = declaration.name.id
    elaborator.reporter.frames.append(BlockLevel(name, name, None))
    arguments = _unknown_arguments(elaborator.evaluator, declaration, module)
    elaborator.reporter.frames.pop()
    recipe = BlockRecipe(declaration.name, declaration, module, arguments)
    elaborator.elaborate(recipe, None, (), lambda: BlockLevel(name, name, None))


def _unknown_arguments(
    evaluator: Evaluator, declaration: Parameterised, module: Module
) -> tuple[tuple[str, object], ...]:
    """Every parameter without a value, after a look at its default."""
    env = Environment(module)
    for parameter in declaration.parameters:
        if parameter.default is not None:
            value = evaluator.value(parameter.default, env, Expected(type=type_of(parameter)))
            accepted(evaluator, declaration.name.id, parameter, value, parameter.default.span)
        env.values[parameter.name.id] = UNKNOWN
    return tuple(env.values.items())
