"""The reference pages as Markdown, printed from the ops, the blocks and the codes themselves."""

from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from itertools import groupby
from typing import Any

from archdsl.ops.base import MANY, Example, Op
from archdsl.ops.spatial import MOST
from archdsl.syntax import tree

TORCH_PAGES = "https://docs.pytorch.org/docs/stable/generated"
NOTICE = "<!-- Printed from the code by `python -m archdsl.cli.docs`; do not edit. -->"


# --- ops -------------------------------------------------------------------------------------


def ops_document(ops: Iterable[type[Op]]) -> str:
    """Every op by family, each with its page."""
    known = tuple(ops)
    pages = "\n".join(op_page(op, level=2) for op in known)
    by_family = []
    for family, members in groupby(known, key=lambda op: op.family.value):
        links = ", ".join(f"[`{op.word}`](#{op.word})" for op in members)
        by_family.append(f"- **{family}**: {links}")
    index = "\n".join(by_family)
    return f"# Ops\n\n{NOTICE}\n\n{_OPS_INTRODUCTION}\n\n{index}\n\n{pages}"


_OPS_INTRODUCTION = """\
An op is a step that has no smaller parts. Its arguments have the names, defaults and meaning that
they have in the PyTorch layer. Those after a `*` are given by name; `*shape` takes any number of
values. Shapes are those of one sample."""


def ops_index(ops: Iterable[type[Op]]) -> str:
    """One line an op, by family."""
    parts = []
    for family, members in groupby(ops, key=lambda op: op.family.value):
        rows = "\n".join(f"| `{op.word}` | {summary(op.__doc__)} |" for op in members)
        parts.append(f"## {family}\n\n| op | |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def op_page(op: type[Op], *, level: int = 1) -> str:
    """Signature, arguments and examples of one op."""
    parts = [
        f"{'#' * level} {op.word}",
        cleandoc(op.__doc__ or ""),
        f"```\n{signature(op)}\n```",
        _arguments(op),
        _inputs(op),
        f"Follows {_torch_link(op.torch)}." if op.torch else "",
        "```arch\n" + "\n".join(_example_lines(op)) + "\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def signature(op: type[Op]) -> str:
    """`conv(channels, kernel_size, *, stride=1, …)` in the language's notation."""
    parts = []
    for name in _ordered(op):
        field = op.arguments[name]
        parts.append(name if field.required else f"{name}={literal(op, name, field.default)}")
    if op.variadic:
        parts[0] = f"*{op.variadic}"
    elif len(parts) > len(op.positional):
        parts.insert(len(op.positional), "*")
    return f"{op.word}({', '.join(parts)})" if parts else op.word


def _ordered(op: type[Op]) -> list[str]:
    first = (op.variadic,) if op.variadic else op.positional
    return [*first, *(name for name in op.arguments if name not in first)]


def _arguments(op: type[Op]) -> str:
    if not op.arguments:
        return ""
    from archdsl.ops.validation import model  # whose import takes a tenth of a second

    schema = model(op).model_json_schema()
    rows = ["| argument | is | default | |", "|---|---|---|---|"]
    for name in _ordered(op):
        field = op.arguments[name]
        default = "" if field.required else f"`{literal(op, name, field.default)}`"
        kind = _kind(schema["properties"][name], schema.get("$defs", {}))
        rows.append(f"| `{name}` | {kind} | {default} | {field.description or ''} |")
    return "\n".join(rows)


def _inputs(op: type[Op]) -> str:
    fewest, most = op.inputs
    if most >= MANY:
        return f"A merge: it takes {fewest} branches or more, as arguments or indented below it."
    if fewest == most == 0:
        return "It takes no input."
    return f"It takes {fewest} branches." if fewest == most > 1 else ""


def _torch_link(torch: str) -> str:
    return f"[`{torch}`]({TORCH_PAGES}/{torch}.html)"


def _kind(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The values that an argument may have, from its JSON schema, in words."""
    if "$ref" in schema:
        return _kind(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    if "anyOf" in schema:
        return _alternatives(schema["anyOf"], definitions)
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    match schema.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "null":
            return "`none`"
        case "integer":
            return f"whole number{_bounds(schema)}"
        case "number":
            return f"number{_bounds(schema)}"
        case "string":
            return "string"
        case "array":
            return _tuple_kind(schema, definitions)
    return "value"


def _alternatives(schemas: list[Mapping[str, Any]], definitions: Mapping[str, Any]) -> str:
    """`whole number ≥ 0 or a tuple of them, or none`."""
    tuples = [s for s in schemas if s.get("type") == "array" and "prefixItems" not in s]
    single = [_kind(s, definitions) for s in schemas if s not in tuples]
    first: list[str] = []
    for schema in tuples:
        items = schema["items"]
        inner = [_kind(s, definitions) for s in items.get("anyOf", (items,))]
        known = set(inner) <= set(single)
        first += [*inner, "a tuple of them"] if known else [f"a tuple of {' or '.join(inner)}"]
    rest = [kind for kind in single if kind not in first]
    return ", or ".join(part for part in (" or ".join(first), " or ".join(rest)) if part)


def _tuple_kind(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        inner = ", ".join(_kind(s, definitions) for s in schema["prefixItems"])
        return f"({inner})"
    if "items" not in schema:
        return "tuple"
    return f"tuple of {_kind(schema['items'], definitions)}".replace("number", "numbers")


def _bounds(schema: Mapping[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    told = [key for key in signs if key in schema and abs(schema[key]) < MOST]  # others fit anyone
    bounds = [f"{signs[key]} {schema[key]:g}" for key in told]
    return f" {' and '.join(bounds)}" if bounds else ""


def _example_lines(op: type[Op]) -> Iterator[str]:
    """Each example as a step with its shapes, aligned."""
    rows = [(_call(op, example), _shapes(op, example)) for example in op.examples]
    width = max(len(call) for call, _ in rows)
    for call, shapes in rows:
        yield f"{call:<{width}}  # {shapes}"


def _call(op: type[Op], example: Example) -> str:
    given = dict(example.arguments)
    parts = [chr(ord("a") + k) for k in range(len(example.inputs))] if op.inputs[1] > 1 else []
    if op.variadic in given:
        values = given.pop(op.variadic)
        several = values if isinstance(values, tuple) else (values,)
        parts += [literal(op, op.variadic, value) for value in several]
    for name in op.positional:
        if name not in given:
            break
        parts.append(literal(op, name, given.pop(name)))
    parts += [f"{name}={literal(op, name, value)}" for name, value in given.items()]
    return f"{op.word}({', '.join(parts)})" if parts else op.word


def _shapes(op: type[Op], example: Example) -> str:
    outputs = op(**example.arguments).infer(example.inputs)
    before, after = (", ".join(map(str, types)) for types in (example.inputs, outputs))
    return f"{before} -> {after}" if before else after


def literal(op: type[Op], name: str, value: object) -> str:
    """A value as the language writes it; a word that the argument knows stands bare."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case str():
            bare = f'"{value}"' in str(op.arguments[name].annotation).replace("'", '"')
            return value if bare and value.isidentifier() else f'"{value}"'
        case float():
            return f"{value:g}"
        case tuple():
            inner = ", ".join(literal(op, name, item) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
    return str(value)


# --- blocks ----------------------------------------------------------------------------------


def blocks_document(blocks: Iterable[tree.BlockDecl]) -> str:
    """Every block of the library with its source."""
    pages = "\n".join(block_page(block, level=2) for block in blocks)
    return f"# Blocks\n\n{NOTICE}\n\n{_BLOCKS_INTRODUCTION}\n\n{pages}"


_BLOCKS_INTRODUCTION = """\
The library's blocks need no import. They are written in the language, as shown; a file that
declares a block of the same name uses its own."""


def blocks_index(blocks: Iterable[tree.BlockDecl]) -> str:
    """One line a block."""
    rows = "\n".join(f"| `{b.name.id}` | {summary(b.doc.text if b.doc else '')} |" for b in blocks)
    return f"| block | |\n|---|---|\n{rows}\n"


def block_page(block: tree.BlockDecl, *, level: int = 1) -> str:
    """One block's documentation and source."""
    text = block.doc.text if block.doc else ""
    parts = [f"{'#' * level} {block.name.id}", text, f"```arch\n{_source(block)}\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _source(block: tree.BlockDecl) -> str:
    """The block as written, without the docstring, which stands above it."""
    text = block.span.text.rstrip()
    if block.doc is None:
        return text
    start, end = (at - block.span.start for at in (block.doc.span.start, block.doc.span.end))
    return text[:start].rstrip() + text[end:]


# --- codes -----------------------------------------------------------------------------------


ABOUT_CODES = """\
Each message of archdsl has a code, and each code has a page with an example and its repair.
`archdsl explain CODE` prints this page. A code keeps its meaning from version to version."""
CODES_ABOUT = {
    "E01": "Reading: characters, brackets, indentation, grammar",
    "E02": "Names and arguments",
    "E03": "Shapes",
    "E04": "Values, taps and layers",
    "E05": "Limits",
    "E06": "Imports",
    "E07": "Expectations",
    "E08": "Names of steps, and the lines of a network",
    "W01": "Warnings: what a reviewer would ask about",
    "W02": "Warnings on request: what published networks do as well",
}


def errors_document(pages: Mapping[str, str], renamed: Mapping[str, str]) -> str:
    """The index of the diagnostics' pages, by what they are about."""
    parts = ["# Errors", NOTICE, ABOUT_CODES]
    for begins, about in CODES_ABOUT.items():
        rows = [_code_row(code, pages[code]) for code in sorted(pages) if code.startswith(begins)]
        parts += [f"## {about}", "\n".join(["| code | |", "|---|---|", *rows])]
    earlier = ", ".join(f"{before} is {now}" for before, now in renamed.items())
    return "\n\n".join([*parts, f"Codes of earlier versions are understood too: {earlier}."]) + "\n"


def _code_row(code: str, page: str) -> str:
    title = page.partition("\n")[0].removeprefix(f"# {code}: ")
    return f"| [{code}](../archdsl/codes/{code}.md) | {title} |"


# --- words -----------------------------------------------------------------------------------


def summary(doc: str | None) -> str:
    """The first sentence or line of a docstring, for a list."""
    first = (doc or "").strip().split("\n\n")[0]
    return " ".join(first.split()).replace("|", "\\|")
