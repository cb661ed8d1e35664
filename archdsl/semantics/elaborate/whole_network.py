"""The program of one network: its parameters are bound, its lines elaborated and tested."""

from archdsl.ir.graph import Head, Program
from archdsl.ops.registry import ops
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Outputs
from archdsl.semantics.elaborate.elaborator import Elaborator
from archdsl.semantics.elaborate.network_lines import NetworkLines, Overrides
from archdsl.semantics.elaborate.reached_inits import all_inits, check_init
from archdsl.semantics.elaboration_memory import ElaborationMemory, Seen
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate import arguments
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import BlockLevel, Exhausted, Reporter
from archdsl.semantics.values import BlockRecipe, BlockRef
from archdsl.syntax import tree


def instantiate(
    module: Module,
    name: str,
    reporter: Reporter,
    overrides: Overrides | None = None,
    limits: Limits = LIMITS,
    seen: Seen | None = None,
    memory: ElaborationMemory | None = None,
) -> Program | None:
    """The program of one network of a file; unfinished, or None, after a mistake, which the
    reporter holds. What its lines do to the flow is added to `seen`."""
    overrides = overrides or Overrides()
    elaborator = Elaborator(reporter, limits, memory)
    elaborator.lines.seen = seen
    lines = NetworkLines(elaborator, overrides)
    try:
        return _instantiate(module, name, elaborator, lines, overrides)
    except Exhausted:
        return None
    except RecursionError:  # limits that were set higher than Python's stack
        reporter.frames.clear()
        span = module.names[name][0].name.span
        reporter.report(mistakes.deeper_than_the_stack(name, span))
        return None


def _instantiate(
    module: Module, name: str, elaborator: Elaborator, lines: NetworkLines, overrides: Overrides
) -> Program | None:
    declaration = module.names[name][0]
    reporter, evaluator = elaborator.reporter, elaborator.evaluator
    assert isinstance(declaration, tree.NetworkDecl | tree.VariantDecl)
    node = declaration.name
    if isinstance(declaration, tree.VariantDecl):
        reference = arguments.bind_variant(evaluator, declaration, module, node)
        if not isinstance(reference, BlockRef):
            return None
    else:
        reference = BlockRef(node, declaration, module)
    preset = dict(reference.preset) | dict(overrides.parameters)
    reporter.frames.append(BlockLevel(name, name, None))
    try:
        bound = arguments.bind_parameters(
            evaluator,
            name,
            reference.declaration.parameters,
            reference.module,
            node,
            (),
            Environment(reference.module),
            tuple(preset.items()),
        )
    finally:
        reporter.frames.pop()
    if bound is None:
        return None
    return _program(declaration, reference, bound, elaborator, lines)


def _program(
    declaration: tree.NetworkDecl | tree.VariantDecl,
    reference: BlockRef,
    bound: tuple[tuple[str, object], ...],
    elaborator: Elaborator,
    lines: NetworkLines,
) -> Program | None:
    name = declaration.name.id
    network = reference.declaration
    recipe = BlockRecipe(declaration.name, network, reference.module, bound)
    root = elaborator.elaborate(recipe, None, (), lambda: BlockLevel(name, name, None))
    notes = next((n for n in lines.notes.values() if not n.embedded), None)
    if notes is None:
        return None
    if not root.steps and not elaborator.reporter.failed:
        unrun = [line.span for line in network.body if _binds_step(line)]
        elaborator.reporter.report(mistakes.no_steps(name, declaration.name.span, unrun))
    inits = all_inits(root, lines.notes.values(), notes)
    if root.results:
        for variant in _variants(declaration, reference.module):
            for line in variant.body:
                if isinstance(line, tree.Expect):
                    lines.expect(line, notes, notes.body.env)
        if not elaborator.reporter.failed:  # what a mistake kept away could be what it reaches
            for init in inits:
                check_init(init, root, elaborator.reporter)
    doc = declaration.doc or network.doc
    return Program(
        name,
        doc.text if doc is not None else "",
        root,
        _output_names(notes.body.outputs, len(root.results)),
        tuple(Head(root.steps[i].name, i, w) for _, i, w in notes.heads),
        inits,
        tuple(notes.expectations),
    )


def _variants(
    declaration: tree.NetworkDecl | tree.VariantDecl, module: Module
) -> list[tree.VariantDecl]:
    variants: list[tree.VariantDecl] = []
    here: object = declaration
    while isinstance(here, tree.VariantDecl):
        variants.append(here)
        definition = module.find(here.base.id)
        here = definition[0] if definition is not None else None
    return variants


def _output_names(outputs: Outputs | None, count: int) -> tuple[str, ...]:
    """A name for each of several results: the user's, else `output1`, `output2`, …"""
    if count < 2:
        return ()
    given: list[str] = []
    for name, refs in outputs.values if outputs is not None else [("", None)]:
        several = len(refs) if refs is not None else count
        given += (
            [name] if several == 1 else [f"{name}{k + 1}" if name else "" for k in range(several)]
        )
    return tuple(name or f"output{place + 1}" for place, name in enumerate(given))


def _binds_step(line: tree.Statement) -> bool:
    """True for `let x = conv(16, 3)`."""
    if not isinstance(line, tree.Let):
        return False
    value = line.value
    called = isinstance(value, tree.Call) and value.callee.span.text in ops()
    return called or isinstance(value, tree.Chain)
