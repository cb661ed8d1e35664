"""The parameters of declarations: the types that they may carry, and what is wrong with them.

Looks at declarations alone; what a call gives them is `arguments.py`.
"""

from collections.abc import Callable, Iterator

from archdsl.base.quantities import is_number, is_whole
from archdsl.semantics.names import mistakes
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import BlockRef, FnRef, LayerRecipe, OpRef, TapRecipe, is_recipe
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

Parameterised = tree.BlockDecl | tree.NetworkDecl | tree.FnDecl


def _is_shape(value: object) -> bool:
    return isinstance(value, tuple) and all(is_whole(d) and d > 0 for d in value)


def _is_block(value: object) -> bool:
    if isinstance(value, TapRecipe | LayerRecipe):
        return False
    return isinstance(value, OpRef | BlockRef) or is_recipe(value)


_TYPES: dict[str, tuple[Callable[[object], bool], str]] = {
    "int": (is_whole, "a whole number"),
    "float": (is_number, "a number"),
    "number": (is_number, "a number"),
    "bool": (lambda v: isinstance(v, bool), "true or false"),
    "str": (lambda v: isinstance(v, str), "a string"),
    "tuple": (lambda v: isinstance(v, tuple), "a tuple"),
    "shape": (_is_shape, "a shape"),
    "block": (_is_block, "a block"),
    "tensor": (lambda v: isinstance(v, TapRecipe), "a step's output"),
    "fn": (lambda v: isinstance(v, FnRef), "a function"),
}


def type_names() -> tuple[str, ...]:
    """The types that a parameter may carry."""
    return tuple(_TYPES)


def type_of(parameter: tree.Parameter) -> str:
    """The type that a parameter carries, empty if none."""
    return parameter.type.id if parameter.type is not None else ""


def described(parameter: tree.Parameter) -> str:
    """The values that a parameter's type allows, in words."""
    return _TYPES[parameter.type.id][1] if parameter.type is not None else "anything"


def fits(parameter: tree.Parameter, value: object) -> bool:
    """True where a value is of the parameter's type; a type that does not exist fits everything."""
    if parameter.type is None or parameter.type.id not in _TYPES:
        return True
    if value is None and isinstance(parameter.default, tree.Constant):
        return parameter.default.value is None  # `act: block = none`
    return _TYPES[parameter.type.id][0](value)


# --- declarations ----------------------------------------------------------------------------


def check_parameters(declaration: Parameterised, reporter: Reporter) -> None:
    """Reports unknown types and names that stand twice or mean something else."""
    seen: dict[str, tree.Name] = {}
    for parameter in declaration.parameters:
        _check_name(parameter.name, seen, reporter)
        seen.setdefault(parameter.name.id, parameter.name)
        if parameter.type is not None and parameter.type.id not in _TYPES:
            kind = parameter.type
            reporter.report(mistakes.unknown_type(kind.id, kind.span, _TYPES))


def _check_name(name: tree.Name, seen: dict[str, tree.Name], reporter: Reporter) -> None:
    if name.id in seen:
        reporter.report(mistakes.parameter_twice(name.id, name.span, seen[name.id].span))
    if name.id == "input":
        reporter.report(mistakes.called_input("a parameter", "block", name.span))


def check_use(declaration: Parameterised, reporter: Reporter) -> None:
    """Warns of parameters that nothing mentions: what a caller gives them has no effect.

    One without a default may stand there for blocks that take each other's place.
    """
    names = set(mentioned(declaration)) if declaration.parameters else set()
    for parameter in declaration.parameters:
        name = parameter.name.id
        free = parameter.default is not None or isinstance(declaration, tree.NetworkDecl)
        if free and name not in names and not name.startswith("_"):
            owner = declaration.name.id
            reporter.warn(mistakes.unused_parameter(name, owner, parameter.name.span))


def mentioned(declaration: tree.Declaration) -> Iterator[str]:
    """Every name that an expression of the declaration asks for."""
    return (name.id for name in asking(declaration))


def asking(root: tree.Node) -> Iterator[tree.Name]:
    """The names in a node that ask for something, in the order of the text."""
    labels = set(map(id, _labels(root)))
    for node in descendants(root):
        labels.update(map(id, _labels(node)))
        if isinstance(node, tree.Name) and id(node) not in labels:
            yield node


def _labels(node: tree.Node) -> tuple[object, ...]:
    """The names in a node that bind or choose something, and ask for no value."""
    match node:
        case tree.Argument() | tree.Attribute() | tree.Layer() | tree.Aux():
            return (node.name,)
        case tree.BlockDecl() | tree.NetworkDecl() | tree.FnDecl() | tree.VariantDecl():
            return (node.name,)
        case tree.ImportName():
            return node.name, node.alias
        case tree.Comprehension() | tree.Let() | tree.For():
            return tree.bound(node.targets)
        case tree.Flow():
            return node.names
        case tree.Parameter():
            return node.name, node.type
        case tree.Input():
            return node.name, node.dtype
        case tree.Init():
            called = node.value.callee if isinstance(node.value, tree.Call) else node.value
            return node.selector, node.tensor, called
    return ()
