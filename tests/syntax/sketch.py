"""A tree as a line of text, fully bracketed, for tests to compare with what they expect."""

from archdsl.base.source import Source
from archdsl.syntax import tree
from archdsl.syntax.parse import parse, parse_expression


def expression(text: str) -> str:
    """The sketch of an expression that must be free of mistakes."""
    value, diagnostics = parse_expression(Source("test.arch", text))
    assert value is not None and not diagnostics, diagnostics
    return sketch(value)


def declarations(text: str) -> list[str]:
    """The sketches of a file's declarations; it must be free of mistakes."""
    parsed = parse(Source("test.arch", text))
    assert not parsed.diagnostics, parsed.diagnostics
    return [sketch(declaration) for declaration in parsed.file.declarations]


def statements(*lines: str) -> list[str]:
    """The sketches of statements in the body of a block."""
    text = "block test:\n" + "".join(f"    {line}\n" for line in lines)
    parsed = parse(Source("test.arch", text))
    assert not parsed.diagnostics, parsed.diagnostics
    (block,) = parsed.file.declarations
    assert isinstance(block, tree.BlockDecl)
    return [sketch(statement) for statement in block.body]


def codes(text: str) -> list[str]:
    """The codes of a file's diagnostics, each with its line and column."""
    diagnostics = parse(Source("test.arch", text)).diagnostics
    return [f"{d.code}@{d.primary.span.line}:{d.primary.span.column}" for d in diagnostics]


def sketch(node: object) -> str:
    match node:
        case None:
            return "-"
        case str():
            return repr(node)
        case tuple():
            return f"[{' '.join(map(sketch, node))}]"
        case tree.Constant(value=value):
            return repr(value)
        case tree.Shape(dims=dims):
            return "x".join(map(str, dims))
        case tree.Name(id=name):
            return name
        case tree.Template(parts=parts):
            return _form("template", *parts)
        case tree.Tuple(items=items):
            return _form("tuple", *items)
        case tree.Unary(op=op, operand=operand):
            return _form(op, operand)
        case tree.Binary(op=op, left=left, right=right):
            return _form(op, left, right)
        case tree.Compare(ops=ops, operands=operands):
            return f"(compare {sketch(operands[0])}{''.join(_pairs(ops, operands[1:]))})"
        case tree.IfElse(condition=condition, then=then, otherwise=otherwise):
            return _form("if", condition, then, otherwise)
        case tree.Argument(name=name, value=value):
            return sketch(value) if name is None else f"{name.id}={sketch(value)}"
        case tree.Call(callee=callee, arguments=arguments):
            return _form("call", callee, *arguments)
        case tree.Attribute(value=value, name=name):
            return _form(".", value, name)
        case tree.Index(value=value, index=index):
            return _form("index", value, index)
        case tree.Slice(value=value, start=start, stop=stop, step=step):
            return _form("slice", value, start, stop, step)
        case tree.Comprehension(element=element, targets=targets, iterable=i, condition=c):
            return _form("each", element, targets, i, c)
        case tree.Chain(items=items):
            return _form("->", *items)
        case tree.Suite(head=head, body=body):
            return _form("suite", head, *body)
        case tree.Flow(names=names, value=value, shape=shape):
            return _form("flow", names, value, shape)
        case tree.Layer(name=name, value=value):
            return _form("layer", name, value)
        case tree.Let(targets=targets, value=value):
            return _form("let", targets, value)
        case tree.For(targets=targets, iterable=iterable, body=body):
            return _form("for", targets, iterable, *body)
        case tree.If(arms=arms, otherwise=otherwise):
            return _form("if", *arms, otherwise)
        case tree.Input(name=name, shape=shape, dtype=dtype):
            return _form("input", name, shape, dtype)
        case tree.Output(values=values):
            return _form("output", *values)
        case tree.Aux(name=name, arguments=arguments, value=value):
            return _form("aux", name, arguments, value)
        case tree.Init(selector=selector, tensor=tensor, value=value):
            return _form("init", selector, tensor, value)
        case tree.Expect(condition=condition, when=when):
            return _form("expect", condition, when)
        case tree.Doc(text=text):
            return f"doc:{text!r}"
        case tree.Parameter(name=name, type=type, default=default):
            return _form("parameter", name, type, default)
        case tree.ImportName(name=name, alias=alias):
            return _form("name", name, alias)
        case tree.Import(path=path, names=names):
            return _form("import", path, *names)
        case tree.BlockDecl(name=n, parameters=p, doc=doc, body=body, value=value):
            return _form("block", n, p, doc, body, value)
        case tree.NetworkDecl(name=n, parameters=p, doc=doc, body=body):
            return _form("network", n, p, doc, body)
        case tree.VariantDecl(name=n, base=base, arguments=a, doc=doc, body=body):
            return _form("variant", n, base, a, doc, body)
        case tree.FnDecl(name=name, parameters=parameters, value=value):
            return _form("fn", name, parameters, value)
    raise AssertionError(f"no sketch of {node!r}")


def _form(head: str, *parts: object) -> str:
    return f"({' '.join([head, *map(sketch, parts)])})"


def _pairs(ops: tuple[str, ...], operands: tuple[tree.Expr, ...]) -> list[str]:
    return [f" {op} {sketch(operand)}" for op, operand in zip(ops, operands, strict=True)]
