"""The whole file: docstring, imports that are used, helpers, classes."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from symtable import SymbolTable, symtable
from types import MappingProxyType

from archdsl.backends.python import from_trained
from archdsl.backends.python.construct import (
    Constructor,
    Signatures,
    builds,
    new_call,
    with_makers_spelt,
)
from archdsl.backends.python.forward import Forward
from archdsl.backends.python.init import init_method
from archdsl.backends.python.layout import INDENT, REST, WIDTH, docstring, flat, laid
from archdsl.backends.python.reads import input_names, parameters_of_forward
from archdsl.base.version import __version__
from archdsl.ir.code import Call, Code, Index, Name
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import parts_of
from archdsl.transforms.deploy import Deployment

STANDARD = {  # what a file may import of Python's own library
    "collections.abc": ("Callable", "Iterator", "Mapping"),
    "contextlib": ("contextmanager", "nullcontext"),
    "functools": ("partial",),
    "typing": ("Any", "ClassVar", "Final", "NamedTuple"),
}

UNTYPED = "# type: ignore[call-overload]"  # what PyTorch's own annotations leave out


def print_plan(planned: plan.Plan, deployed: Deployment | None = None) -> str:
    planned = with_makers_spelt(planned)
    signatures = {cls.name: cls.parameters for cls in planned.classes}
    parts = [*_recomputing(planned.classes), *(_helper(name) for name in planned.helpers)]
    parts += [_function(function) for function in planned.functions]
    networks = {network.cls: network for network in planned.networks}
    for cls in planned.classes:
        if cls.name in networks:
            outcome = _outcome(networks[cls.name].outcome)
            parts += [outcome] if outcome else []
            parts += from_trained.helpers(deployed) if deployed else []
            parts.append(_network(cls, networks[cls.name], signatures, deployed))
        else:
            parts.append(_class(cls, signatures))
    parts += [_builder(builder, signatures) for builder in planned.builders]
    body = "\n\n\n".join(parts)
    head = docstring(
        f"{_title(planned)}\n\nWritten by archdsl {__version__} from {planned.program}.", ""
    )
    return "\n".join([*head, "", *_imports(body), "", "", body, ""])


def _title(planned: plan.Plan) -> str:
    """The first paragraph of what the network says of itself."""
    return planned.doc.strip().partition("\n\n")[0] or f"{planned.network.name}."


def _helper(name: str) -> str:
    return (files("archdsl.ops") / "helpers" / f"{name}.txt").read_text("utf-8").strip("\n")


def _recomputing(classes: tuple[plan.ClassPlan, ...]) -> list[str]:
    """The functions that compute again in the backward pass, where there is something for them."""
    joined = any(loop.growing for cls in classes for loop in plan.loops(cls.items))
    wanted = {
        "recompute": joined or any(cls.recomputed for cls in classes),
        "recompute_joined": joined,
    }
    folder = files("archdsl.backends.python") / "helpers"
    return [
        (folder / f"{name}.txt").read_text("utf-8").strip("\n")
        for name, needed in wanted.items()
        if needed
    ]


def _imports(body: str) -> list[str]:
    """The names that the file uses, and no others."""
    names = set(_names(symtable(body, "<emitted>", "exec")))
    lines = ["import math"] if "math" in names else []
    for module, known in STANDARD.items():
        used = [name for name in known if name in names]
        lines += [f"from {module} import {', '.join(used)}"] if used else []
    lines += [""] if lines else []
    if "torch" in names:
        lines.append("import torch")
    used = [name for name in ("Tensor", "nn") if name in names]
    lines.append(f"from torch import {', '.join(used)}")
    if "F" in names:
        lines.append("from torch.nn import functional as F")
    if "checkpoint" in names:
        lines.append("from torch.utils.checkpoint import checkpoint")
    return lines


def _names(table: SymbolTable) -> Iterator[str]:
    """The names that a scope of the file reads, and the scopes in it."""
    yield from (symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced())
    for inner in table.get_children():
        yield from _names(inner)


def _function(function: plan.FunctionPlan) -> str:
    lines = _def(function.name, _parameters(function.parameters), function.returns, "")
    return "\n".join([*lines, *laid(INDENT, "return ", function.value)])


def _class(cls: plan.ClassPlan, signatures: Signatures) -> str:
    sections = _members(cls)
    if _constructs(cls):
        sections.append([*_signature(cls), *Constructor(cls, signatures).body()])
    if cls.recomputed:
        sections.append(_recomputed(cls))
    if _has_forward(cls):
        sections.append(_forward(cls, None, _compute(cls) if cls.recomputed else "forward"))
    return _laid_out(cls, sections)


def _members(cls: plan.ClassPlan) -> list[list[str]]:
    """The constants on which the class's modules hang, told to `torch.jit.script`."""
    flags = [flat(choice.flag).removeprefix("self.") for choice in plan.optional(cls.items)]
    lines = [
        f"{INDENT}{name}: Final[bool]" for name in dict.fromkeys(flags) if name in dict(cls.stored)
    ]
    return [lines] if lines else []


def _recomputed(cls: plan.ClassPlan) -> list[str]:
    """A `forward` that runs the class's own work so that nothing on the way is kept."""
    own = _has_forward(cls)
    names = input_names(cls) if own else ("input",)  # as `nn.Sequential` calls it
    run = f"self.{_compute(cls)}" if own else "super().forward"
    returns = _returns(cls, None) if own else "Tensor"
    given = parameters_of_forward(cls) if own else [f"{name}: Tensor" for name in names]
    lines = _def("forward", ["self", *given], returns)
    call = Call("recompute", (Name("self"), Name(run), *map(Name, names)))
    return [*lines, *laid(INDENT * 2, "return ", call)]


def _compute(cls: plan.ClassPlan) -> str:
    """The name of `forward` where it is run again, which no module has."""
    built = {part.name for part in parts_of(cls.construction) if isinstance(part, plan.Leaf)}
    name = "compute"
    while name in built:
        name += "_"
    return name


def _network(
    cls: plan.ClassPlan,
    network: plan.NetworkPlan,
    signatures: Signatures,
    deployed: Deployment | None,
) -> str:
    """A network's own class, which has more than a constructor and `forward`."""
    members = network.members
    sections = _members(cls)
    if _constructs(cls):
        last = [f"{INDENT * 2}self.{members.init_weights}()"] if network.inits else []
        if deployed and deployed.channels_last:
            last.append(f"{INDENT * 2}self.to(memory_format=torch.channels_last)  {UNTYPED}")
        sections.append([*_signature(cls), *Constructor(cls, signatures).body(), *last])
    if network.outcome.heads:
        pairs = ", ".join(f'"{head.name}": {head.weight!r}' for head, _ in network.outcome.heads)
        line = f"{INDENT}{members.aux_weights}: ClassVar[dict[str, float]] = {{{pairs}}}"
        sections.insert(0, [line])
    if network.inits:
        sections.append(init_method(members.init_weights, network.inits))
    if _has_forward(cls):
        sections.append(_forward(cls, network.outcome))
    if deployed:
        sections.append(from_trained.method(members.from_trained, cls.name, deployed))
    return _laid_out(cls, sections)


def _constructs(cls: plan.ClassPlan) -> bool:
    return bool(cls.parameters or builds(cls.construction) or cls.stored)


def _has_forward(cls: plan.ClassPlan) -> bool:
    return cls.base in (plan.Base.MODULE, plan.Base.DICT)


def _laid_out(cls: plan.ClassPlan, sections: list[list[str]]) -> str:
    """The class with its docstring, an empty line between its parts."""
    base = cls.base.value.partition(",")[0]
    doc = docstring(cls.doc, INDENT)
    blocks = ["\n".join(section) for section in ([doc, *sections] if doc else sections)]
    return "\n".join([f"class {cls.name}({base}):", "\n\n".join(blocks)])


def _signature(cls: plan.ClassPlan) -> list[str]:
    defaults = {
        _parameter(p): p.default for p in cls.parameters if not isinstance(p.default, plan.Required)
    }
    parts = ["self", *_parameters(cls.parameters)]
    return _def("__init__", parts, "None", defaults=defaults)


def _parameters(parameters: tuple[plan.Parameter, ...]) -> list[str]:
    return [_parameter(parameter) for parameter in parameters]


def _parameter(p: plan.Parameter) -> str:
    default = "" if p.default is plan.Required.NO_DEFAULT else f" = {flat(p.default)}"
    return f"{p.name}: {p.annotation}{default}"


def _def(
    name: str,
    parts: list[str],
    returns: str,
    indent: str = INDENT,
    defaults: Mapping[str, Code] = MappingProxyType({}),
) -> list[str]:
    line = f"{indent}def {name}({', '.join(parts)}) -> {returns}:"
    if len(line) <= WIDTH:
        return [line]
    inside = f"{indent}{INDENT}{', '.join(parts)}"
    if len(inside) <= WIDTH:
        return [f"{indent}def {name}(", inside, f"{indent}) -> {returns}:"]
    each = [line for part in parts for line in _alone(part, indent + INDENT, defaults)]
    return [f"{indent}def {name}(", *each, f"{indent}) -> {returns}:"]


def _alone(part: str, indent: str, defaults: Mapping[str, Code]) -> list[str]:
    """A parameter in a line of its own; a default that is too long for it in several."""
    if len(f"{indent}{part},") <= WIDTH or part not in defaults:
        return [f"{indent}{part},"]
    default = defaults[part]
    head = part.removesuffix(flat(default))
    if len(f"{indent}{head}(") <= WIDTH:
        return laid(indent, head, default, ",")
    before, _, inside = head.removesuffix("] = ").partition("[")
    rows = [f"{indent}{INDENT}{inside}"]
    if len(rows[0]) > WIDTH:
        rows = [f"{indent}{INDENT}{kind}]," for kind in inside.removesuffix("]").split("], ")]
    return [f"{indent}{before}[", *rows, *laid(indent, "] = ", default, ",")]


def _forward(
    cls: plan.ClassPlan, outcome: plan.Outcome | None, called: str = "forward"
) -> list[str]:
    heads = outcome.heads if outcome else ()
    returned = frozenset({outcome.class_name} if outcome else ())
    forward = Forward(cls, tuple(value for _, value in heads), returned)
    parts = ["self", *parameters_of_forward(cls)]
    lines = _def(called, parts, _returns(cls, outcome))
    named = outcome is not None and bool(outcome.names)
    if not heads or outcome is None:
        values = forward.result(cls.results)
        lines += forward.lines
        return lines + _return(INDENT * 2, values, outcome.class_name if named and outcome else "")
    body = forward.lines
    values = forward.result(cls.results, times=2)
    given = tuple(Index(forward.heads(), (number,)) for number in range(len(heads)))
    call = Call(outcome.class_name, (*values, *given))
    lines += body
    lines.append(f"{INDENT * 2}if self.training:")
    lines += laid(INDENT * 3, "return ", call)
    return lines + _return(INDENT * 2, values, "")


def _return(indent: str, values: tuple[Code, ...], cls: str) -> list[str]:
    if cls:
        return laid(indent, "return ", Call(cls, values))
    if len(values) == 1:
        return laid(indent, "return ", values[0])
    line = f"{indent}return {', '.join(flat(v) for v in values)}"
    return [line] if len(line) <= WIDTH else laid(indent, "return ", values)


def _returns(cls: plan.ClassPlan, outcome: plan.Outcome | None) -> str:
    count = len(cls.results)
    plain = "Tensor" if count == 1 else f"tuple[{', '.join(['Tensor'] * count)}]"
    if outcome is None:
        return plain
    if outcome.heads:
        return f"{plain} | {outcome.class_name}"
    return outcome.class_name if outcome.names else plain


def _builder(builder: plan.Builder, signatures: Signatures) -> str:
    """The function that makes a network; it takes whatever else the class does."""
    lines = _def(builder.name, ["**kwargs: Any"], builder.made.cls, "")
    lines += docstring(builder.doc, INDENT)
    made = new_call(builder.made, signatures, by_position=0)
    call = Call(made.func, (), (*made.kwargs, (REST, Name("kwargs"))))
    return "\n".join([*lines, *laid(INDENT, "return ", call)])


def _outcome(outcome: plan.Outcome) -> str:
    """The named tuple of several outputs, or of the output with its training heads."""
    names = [*outcome.names]
    if outcome.heads:
        heads = [head.name for head, _ in outcome.heads]
        names = [*(names or ["output_" if "output" in heads else "output"]), *heads]
    if not names:
        return ""
    return "\n".join(
        [f"class {outcome.class_name}(NamedTuple):", *(f"{INDENT}{n}: Tensor" for n in names)]
    )
