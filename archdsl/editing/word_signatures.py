"""The signatures of a text's words: ops, blocks, functions and networks alike."""

from inspect import cleandoc

from msgspec import Struct

from archdsl import driver
from archdsl.backends.reference import literal
from archdsl.backends.reference import signature as op_signature
from archdsl.editing.analysis import Analysis
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.syntax import tree


class WordParameter(Struct, frozen=True):
    """One thing that a word can be called with; `choices` are the words that it may be."""

    name: str
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()


class SignedWord(Struct, frozen=True):
    """A word that a step or value can begin with."""

    name: str
    kind: str  # op, block, network, fn, function
    signature: str
    doc: str = ""
    torch: str = ""
    parameters: tuple[WordParameter, ...] = ()
    declaration: tree.Declaration | None = None


def word(analysis: Analysis, name: str) -> SignedWord | None:
    """The meaning of a name that is not bound inside a declaration."""
    known = ops()
    if name in known:
        return _op(name)
    entry = analysis.module.find(name)
    if entry is not None:
        return _declared(entry[0])
    if name in FUNCTIONS:
        return SignedWord(name, "function", f"{name}(…)", "a function of the language")
    return None


def words(analysis: Analysis) -> tuple[str, ...]:
    """Every name that a step can begin with."""
    return tuple(sorted(analysis.module.known()))


def parameters_of(analysis: Analysis, name: str) -> tuple[str, ...]:
    """The names of what can be given by place."""
    known = ops()
    if name in known:
        return tuple(known[name].positional) if not known[name].inputs[1] > 1 else ()
    entry = analysis.module.find(name)
    if entry is None or isinstance(entry[0], tree.VariantDecl):
        return ()
    return tuple(p.name.id for p in entry[0].parameters)


def _op(name: str) -> SignedWord:
    op = ops()[name]
    parameters = tuple(
        WordParameter(
            argument,
            "" if said.required else literal(op, argument, said.default),
            said.description,
            _choices(str(said.annotation)),
        )
        for argument, said in op.arguments.items()
    )
    doc = cleandoc(op.__doc__ or "")
    return SignedWord(name, "op", op_signature(op), doc, op.torch, parameters)


def _choices(annotation: str) -> tuple[str, ...]:
    """The words among which an argument's type lets one choose."""
    if "Literal[" not in annotation:
        return ()
    inner = annotation.split("Literal[", 1)[1].split("]", 1)[0]
    return tuple(part.strip().strip("'\"") for part in inner.split(","))


def _declared(declaration: tree.Declaration) -> SignedWord:
    match declaration:
        case tree.BlockDecl() | tree.NetworkDecl() | tree.FnDecl():
            kinds = {tree.BlockDecl: "block", tree.NetworkDecl: "network", tree.FnDecl: "fn"}
            parameters = tuple(map(_parameter, declaration.parameters))
            name = declaration.name.id
            inner = ", ".join(p.span.text for p in declaration.parameters)
            doc = getattr(declaration, "doc", None)
            text = doc.text if doc is not None else ""
            shown = f"{name}({inner})" if inner else name
            return SignedWord(
                name, kinds[type(declaration)], shown, text, "", parameters, declaration
            )
        case tree.VariantDecl():
            head = declaration.span.text.partition("\n")[0].rstrip(":")
            text = declaration.doc.text if declaration.doc is not None else ""
            return SignedWord(declaration.name.id, "network", head, text, declaration=declaration)
    raise ValueError(f"an import declares nothing: {declaration}")


def _parameter(parameter: tree.Parameter) -> WordParameter:
    default = parameter.default.span.text if parameter.default is not None else ""
    return WordParameter(parameter.name.id, default, parameter.type.id if parameter.type else "")


def library_source(name: str) -> str:
    """The text of a block that ships with the language."""
    return driver.source_of(name)
