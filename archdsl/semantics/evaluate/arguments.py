"""Arguments meet parameters, of blocks and of functions; those of ops are `op_arguments.py`."""

from collections.abc import Mapping

from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate import mistakes
from archdsl.semantics.evaluate.expected import typed
from archdsl.semantics.evaluate.op_arguments import Arguments, bind_op, unknown_argument
from archdsl.semantics.evaluate.protocols import Evaluation
from archdsl.semantics.module import Module
from archdsl.semantics.names.parameters import described, fits, type_of
from archdsl.semantics.values import UNKNOWN, BlockRecipe, BlockRef, OpRef, TapRecipe, key
from archdsl.syntax import tree

SHOWN = 8  # variants that a hint lists


def evaluate_all(evaluator: Evaluation, given: Arguments, env: Environment) -> None:
    """Looks at arguments whose callee is unknown, for the mistakes of their own."""
    for argument in given:
        if not isinstance(argument.value, tree.Name):
            evaluator.value(argument.value, env)


def bind(
    evaluator: Evaluation,
    callee: OpRef | BlockRef,
    node: tree.Expr,
    given: Arguments,
    env: Environment,
    *,
    whole: bool = True,
) -> object:
    """The recipe of an op or block with these arguments, or UNKNOWN; where it need not be
    `whole`, a block that still lacks arguments, to be given the rest later."""
    if isinstance(callee, OpRef):
        return bind_op(evaluator, callee.op, node, given, env)
    declaration = callee.declaration
    if not whole and given and _lacks(callee, given):
        own = _preset(evaluator, declaration, node, given, env)
        return UNKNOWN if own is None else callee.with_preset(node, own)
    bound = bind_parameters(
        evaluator,
        declaration.name.id,
        declaration.parameters,
        callee.module,
        node,
        given,
        env,
        callee.preset,
    )
    if bound is None:
        return UNKNOWN
    return BlockRecipe(node, declaration, callee.module, bound)


def bind_variant(
    evaluator: Evaluation, variant: tree.VariantDecl, module: Module, node: tree.Node
) -> object:
    """The network that a variant stands for, with its arguments preset, or UNKNOWN."""
    chain = [(variant, module)]
    while True:
        last = chain[-1][0]
        entry = module.find(last.base.id)
        if entry is None or isinstance(entry[0], tree.FnDecl | tree.BlockDecl):
            return _no_network(evaluator, last.base, module)
        declaration, home = entry
        if isinstance(declaration, tree.NetworkDecl):
            break
        assert isinstance(declaration, tree.VariantDecl)
        if any(declaration is step for step, _ in chain):
            circle = [step for step, _ in chain]
            circle = circle[circle.index(declaration) :]
            first = min(circle, key=lambda step: step.span.start)
            return evaluator.report(mistakes.variant_of_itself(first.name.id, first.base.span))
        chain.append((declaration, home))
        module = home
    made = BlockRef(node, declaration, home)
    for step, place in reversed(chain):
        own = _preset(evaluator, declaration, step, step.arguments, Environment(place))
        if own is None:
            return UNKNOWN
        made = made.with_preset(node, own)
    return made


def _no_network(evaluator: Evaluation, name: tree.Name, module: Module) -> object:
    """Says that what a variant varies is no network."""
    entry = module.find(name.id)
    if entry is not None:
        kind = "a function" if isinstance(entry[0], tree.FnDecl) else "a block"
        return evaluator.report(mistakes.no_network(name.id, kind, name.span))
    if module.lacks(name.id):
        evaluator.reporter.keep_silent()
        return UNKNOWN
    networks = [n for n, (d, _) in module.names.items() if _is_network(d)]
    hint = did_you_mean(name.id, networks)
    hint = hint or f"the networks here are {', '.join(networks)}"
    return evaluator.report(mistakes.unknown_name(name.id, "network", name.span, hint))


def _is_network(declaration: object) -> bool:
    return isinstance(declaration, tree.NetworkDecl | tree.VariantDecl)


def _lacks(callee: BlockRef, given: Arguments) -> bool:
    """True where a block would still lack arguments with these."""
    known = {name for name, _ in callee.preset} | {a.name.id for a in given if a.name is not None}
    later = callee.declaration.parameters[sum(a.name is None for a in given) :]
    return any(p.default is None and p.name.id not in known for p in later)


def _preset(
    evaluator: Evaluation,
    declaration: tree.BlockDecl | tree.NetworkDecl,
    node: tree.Node,
    given: Arguments,
    env: Environment,
) -> dict[str, object] | None:
    """The values of some of a declaration's parameters; None after a mistake."""
    name = declaration.name.id
    matched = _match(evaluator, name, declaration.parameters, node, given)
    if matched is None:
        return None
    parameters = {p.name.id: p for p in declaration.parameters}
    values: dict[str, object] = {}
    for word, argument in matched.items():
        parameter, expr = parameters[word], argument.value
        value = evaluator.value(expr, env, typed(type_of(parameter)))
        if not accepted(evaluator, name, parameter, value, expr.span):
            return None
        values[word] = value
    return values


# --- parameters of blocks and functions ------------------------------------------------------


def bind_parameters(
    evaluator: Evaluation,
    name: str,
    parameters: tuple[tree.Parameter, ...],
    module: Module,
    node: tree.Node,
    given: Arguments,
    env: Environment,
    preset: tuple[tuple[str, object], ...] = (),
) -> tuple[tuple[str, object], ...] | None:
    """Every parameter with its value: given, preset, or its default; None after a mistake."""
    memory = evaluator.memory
    matched = memory.matched.get((node, parameters))
    if matched is None:
        matched = _match(evaluator, name, parameters, node, given)
        if matched is None:
            evaluate_all(evaluator, given, env)
            return None
        memory.matched[node, parameters] = matched
    values = {
        p.name.id: evaluator.value(matched[p.name.id].value, env, typed(type_of(p)))
        for p in parameters
        if p.name.id in matched
    }
    known = (node, parameters, key(preset), key(tuple(values.values())))
    bound = memory.bound.get(known)
    if bound is None:
        bound = _complete(evaluator, name, parameters, module, node, matched, values, preset)
        if bound is not None and TapRecipe not in map(type, values.values()):
            memory.bind(known, bound)
    return bound


def _complete(
    evaluator: Evaluation,
    name: str,
    parameters: tuple[tree.Parameter, ...],
    module: Module,
    node: tree.Node,
    matched: Mapping[str, tree.Argument],
    values: Mapping[str, object],
    preset: tuple[tuple[str, object], ...],
) -> tuple[tuple[str, object], ...] | None:
    """The values that were given, held to their parameters' types, with those of the others."""
    presets = dict(preset)
    inner = Environment(module)
    missing: list[str] = []
    for parameter in parameters:
        word = parameter.name.id
        if word in values:
            value, span = values[word], matched[word].value.span
        elif word in presets:
            value, span = presets[word], parameter.span
        elif parameter.default is not None:
            expr = parameter.default
            value, span = evaluator.value(expr, inner, typed(type_of(parameter))), expr.span
        else:
            missing.append(word)
            inner.values[word] = UNKNOWN
            continue
        fine = accepted(evaluator, name, parameter, value, span)
        inner.values[word] = value if fine else UNKNOWN
    if missing:
        hint = _with_values(name, module) or _values(missing, module, node)
        hint = hint or _signature(name, parameters)
        evaluator.report(mistakes.missing_arguments(name, missing, node.span, hint))
        return None
    if UNKNOWN in inner.values.values():
        return None
    return tuple(inner.values.items())


def _with_values(name: str, module: Module) -> str:
    """The variants of a network, which give it what it needs; empty where there are none."""
    declared = module.file.declarations
    variants = [
        d.name.id for d in declared if isinstance(d, tree.VariantDecl) and d.base.id == name
    ]
    more = ", …" if len(variants) > SHOWN else ""
    return f"with values it is {', '.join(variants[:SHOWN])}{more}" if variants else ""


def _values(missing: list[str], module: Module, node: tree.Node) -> str:
    """The advice for the missing values of a network; empty where a call must give them."""
    if node not in [d.name for d in module.file.declarations if not isinstance(d, tree.Import)]:
        return ""
    options = " ".join(f"-p {word}=…" for word in missing)
    return f"give `{options}`, or in the file a default: `{missing[0]}=…`"


def _match(
    evaluator: Evaluation,
    name: str,
    parameters: tuple[tree.Parameter, ...],
    node: tree.Node,
    given: Arguments,
) -> dict[str, tree.Argument] | None:
    """The argument for each parameter; None where an argument has no place."""
    words = [p.name.id for p in parameters]
    if len(set(words)) < len(words):
        return None  # the declaration is at fault, and says so
    matched: dict[str, tree.Argument] = {}
    fine = True
    for position, argument in enumerate(given):
        if argument.name is None:
            if position >= len(words):
                most, hint = len(words), _signature(name, parameters)
                evaluator.report(
                    mistakes.too_many_arguments(name, most, len(given), argument.span, hint)
                )
                return None
            word = words[position]
        else:
            word = argument.name.id
            if word not in words:
                fine = unknown_argument(evaluator, name, argument.name, words)
                continue
        if word in matched:
            evaluator.report(mistakes.given_twice(word, name, argument.span))
            fine = False
        matched[word] = argument
    return matched if fine else None


def _signature(name: str, parameters: tuple[tree.Parameter, ...]) -> str:
    return f"write `{name}({', '.join(' '.join(p.span.text.split()) for p in parameters)})`"


def accepted(
    evaluator: Evaluation, name: str, parameter: tree.Parameter, value: object, span: Span
) -> bool:
    """True where a value is known and of the parameter's type; reports it where it is not."""
    if value is UNKNOWN or fits(parameter, value):
        return value is not UNKNOWN
    word, type = parameter.name.id, described(parameter)
    evaluator.report(mistakes.not_of_its_type(word, name, type, value, span))
    return False
