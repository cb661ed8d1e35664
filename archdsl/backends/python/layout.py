"""Expressions and statements as text, laid out as `ruff format` lays them out (88 columns)."""

from msgspec import Struct

from archdsl.base.escape import python_text
from archdsl.ir.code import Attr, Call, Code, CodeForm, Fold, Index, Infix, List, Name, Slice
from archdsl.transforms.classes import plan

WIDTH = 88
INDENT = "    "
BODY = INDENT * 2  # of a method
PRECEDENCE = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"), 4),
    **dict.fromkeys("|^&", 5),
    **dict.fromkeys("+-", 9),
    **dict.fromkeys(("*", "/", "//", "%", "@"), 10),
    "-x": 11,
    "**": 12,
}
ATOM = 20
FOLDS = ("sum", "min", "max")  # functions of one iterable, for which no tuple need be made
FLUENT_FROM = 2  # method calls behind a call that ruff writes below each other


class Star(CodeForm, frozen=True):
    """`*value` among arguments."""

    value: Code


class Generator(CodeForm, frozen=True):
    """`element for targets in iterable if condition`; without a condition that is True."""

    element: Code
    targets: str
    iterable: Code
    condition: Code = True


class Brackets(Struct, frozen=True):
    """Something with brackets that can be opened over several lines: `before(items)`."""

    before: str
    items: tuple[Code, ...]
    after: str
    comma: bool = True


def flat(code: Code, around: int = 0) -> str:
    """The expression on one line; in parentheses where it binds less than what is around it."""
    text, binding = _flat(code)
    return f"({text})" if binding < around else text


def _flat(code: Code) -> tuple[str, int]:
    match code:
        case Call() | tuple() | List() | Index() | plan.Comprehension():
            return _in_brackets(code), ATOM
        case Name():
            return code.text, ATOM
        case bool() | None:
            return str(code), ATOM
        case int() | float():  # as ruff writes it: `1e-05` stays, and so does everything else
            return repr(code), ATOM if code >= 0 else PRECEDENCE["-x"]
        case str():
            return quoted(code), ATOM
        case Attr():
            return f"{flat(code.value, ATOM)}.{code.name}", ATOM
        case Infix():
            return _infix(code), PRECEDENCE[code.op]
        case Fold():
            first, *rest = map(flat, code.operands)
            ends = "".join(f", {operand})" for operand in rest)
            return f"{f'{code.func}(' * len(rest)}{first}{ends}", ATOM
        case plan.Unary(op="not"):
            return f"not {flat(code.operand, PRECEDENCE['not'])}", PRECEDENCE["not"]
        case plan.Unary():
            return f"{code.op}{flat(code.operand, PRECEDENCE['-x'])}", PRECEDENCE["-x"]
        case plan.IfElse():
            parts = flat(code.then, 1), flat(code.test, 1), flat(code.otherwise)
            return "{} if {} else {}".format(*parts), 0
        case plan.Text():
            numbers = "".join(f"{{{flat(number)}}}{behind}" for number, behind in code.rest)
            return f'f"{code.prefix}{numbers}"', ATOM
        case Star():
            return f"*{flat(code.value, 5)}", 0
        case Generator():
            return " ".join((flat(code.element), *_clauses(code))), -1
    return _in_brackets(code), ATOM


def _in_brackets(code: Code) -> str:
    brackets = open_brackets(code)
    inside = ", ".join(map(_flat_item, brackets.items))
    if isinstance(code, tuple) and len(code) == 1:
        inside += ","
    return f"{brackets.before}{inside}{brackets.after}"


def _clauses(code: Generator) -> list[str]:
    """`for … in …`, and the condition if there is one."""
    condition = [] if code.condition is True else [f"if {flat(code.condition, 1)}"]
    return [f"for {code.targets} in {flat(code.iterable)}", *condition]


def _generator(code: plan.Comprehension) -> Generator:
    return Generator(code.element, ", ".join(code.targets), code.iterable, code.condition)


def quoted(text: str) -> str:
    """A string in double quotes, unless that needs more backslashes."""
    body = repr(text)[1:-1]
    if repr(text)[0] == "'":
        plain = body.replace("\\'", "'")
        return f'"{plain}"' if '"' not in plain else repr(text)
    return repr(text)


def _infix(code: Infix) -> str:
    binding = PRECEDENCE[code.op]
    right = binding if code.op in ("and", "or") else binding + 1
    first, *rest = code.operands
    if code.op == "**":
        left, exponent = flat(first, binding + 1), flat(rest[0], PRECEDENCE["-x"])
        return f"{left}**{exponent}" if _simple(code) else f"{left} ** {exponent}"
    return f" {code.op} ".join([flat(first, binding), *(flat(o, right) for o in rest)])


def _simple(code: Infix) -> bool:
    """True where ruff hugs a power operator: names, numbers and attributes on both sides."""
    return all(isinstance(o, int | float | Name) for o in code.operands)


def open_brackets(code: Code) -> Brackets:
    """The outermost brackets of a call, tuple, list or index."""
    match code:
        case Call():
            function = code.func if isinstance(code.func, str) else flat(code.func, ATOM)
            strict = (("strict", True),) if code.func == "zip" else ()  # as the language has it
            keywords = tuple(_Keyword(name, value) for name, value in (*code.kwargs, *strict))
            items = (*code.args, *keywords)
            if code.func in FOLDS and len(items) == 1 and isinstance(items[0], plan.Comprehension):
                items = (_generator(items[0]),)
            if len(items) > 1:
                items = tuple(_Grouped(i) if isinstance(i, Generator) else i for i in items)
            comma = not (len(items) == 1 and isinstance(items[0], Generator))
            return Brackets(f"{function}(", items, ")", comma)
        case _Grouped():
            return Brackets("(", (code.value,), ")", comma=False)
        case Star(value=Generator() as generator):
            return Brackets("*(", (generator,), ")", comma=False)
        case tuple():
            return Brackets("(", code, ")")
        case plan.Comprehension():
            return Brackets("tuple(", (_generator(code),), ")", comma=False)
        case List():
            comma = not any(isinstance(item, Generator) for item in code.items)
            return Brackets("[", code.items, "]", comma)
        case Index():
            return Brackets(f"{flat(code.value, ATOM)}[", tuple(map(_part, code.items)), "]")
    raise TypeError(f"no text for {code!r}")


REST = "**"  # the keyword of a call for all that it is given beside


class _Keyword(CodeForm, frozen=True):
    name: str
    value: Code

    @property
    def sign(self) -> str:
        """The text in front of the value."""
        return REST if self.name == REST else f"{self.name}="


class _Grouped(CodeForm, frozen=True):
    """A generator beside other arguments, which needs parentheses of its own."""

    value: Code


def _part(item: Code | Slice) -> Code:
    if not isinstance(item, Slice):
        return item
    bounds = [item.start, item.stop] + ([] if item.step is None else [item.step])
    texts = ["" if bound is None else flat(bound) for bound in bounds]
    plainly = all(
        isinstance(bound, int | None) or (isinstance(bound, Name) and "." not in bound.text)
        for bound in bounds
    )
    return Name(":".join(texts) if plainly else " : ".join(texts).strip(" "))


def laid(indent: str, before: str, code: Code, after: str = "") -> list[str]:
    """`before code after` in as few lines as ruff would use."""
    text = _flat_item(code)
    line = f"{indent}{before}{text}{after}"
    if len(line) <= WIDTH:
        return [line]
    deeper = indent + INDENT
    match code:
        case Infix() if len(deeper + text) <= WIDTH:
            return [f"{indent}{before}(", deeper + text, f"{indent}){after}"]
        case Infix():
            return _delimited(indent, before, _operands(code), after, PRECEDENCE["=="] + 1)
        case Fold():
            *inner, last = code.operands
            first = Fold(code.func, tuple(inner)) if len(inner) > 1 else inner[0]
            return laid(indent, before, Call(code.func, (first, last)), after)
        case plan.IfElse():
            arms = _arms(code)
            return _delimited(indent, before, arms, after, 1)
        case Generator():
            head, *condition = _clauses(code)
            ends = [f"{indent}{clause}" for clause in condition]
            loop = laid(indent, head.removesuffix(flat(code.iterable)), code.iterable)
            *lines, last = [*laid(indent, before, code.element), *loop, *ends]
            return [*lines, f"{last}{after}"]
        case _Keyword():
            return laid(indent, f"{before}{code.sign}", code.value, after)
        case Name() | Attr() | bool() | int() | float() | str() | None | plan.Text():
            return [line]
        case plan.Unary():
            return [line]
    links = _links(code)
    if len(links) > FLUENT_FROM:
        return _fluent(indent, before, links, after)
    if len(links) == 2 and len(f"{indent}{before}{flat(links[0])}") > WIDTH:
        return laid(indent, before, links[0], f"{flat(links[1])}{after}")
    brackets = open_brackets(code)
    if not brackets.items:
        return [line]
    inside = text[len(brackets.before) : len(text) - len(brackets.after)]
    head, tail = f"{indent}{before}{brackets.before}", f"{indent}{brackets.after}{after}"
    if len(head) > WIDTH and before.endswith(" = "):
        return [f"{indent}{before}(", *laid(deeper, "", code), f"{indent}){after}"]
    if len(deeper + inside) <= WIDTH and not _collection(code):
        return [head, deeper + inside, tail]
    lines = [head]
    for item in brackets.items:
        lines += laid(deeper, "", item, "," if brackets.comma else "")
    return [*lines, tail]


def _links(code: Code) -> list[Code]:
    """A chain of method calls, a call each; what it starts from comes first, with its own call
    where it is but a name."""
    links: list[Code] = []
    while isinstance(code, Call) and isinstance(code.func, Attr):
        links.insert(0, Call(f".{code.func.name}", code.args, code.kwargs))
        code = code.func.value
    if links and isinstance(code, Name):
        first = links.pop(0)
        assert isinstance(first, Call)
        code = Call(f"{code.text}{first.func}", first.args, first.kwargs)
    return [code, *links]


def _fluent(indent: str, before: str, links: list[Code], after: str) -> list[str]:
    """A method call a line; in parentheses where it does not stand in brackets already."""
    deeper = indent + INDENT if before else indent
    lines = [line for link in links for line in laid(deeper, "", link)]
    if not before:
        return [*lines[:-1], f"{lines[-1]}{after}"]
    return [f"{indent}{before}(", *lines, f"{indent}){after}"]


def _collection(code: Code) -> bool:
    """True where ruff gives every item its own line as soon as one line is too short for all."""
    if isinstance(code, List):
        return not any(isinstance(item, Generator) for item in code.items)
    return isinstance(code, tuple)


def _flat_item(code: Code) -> str:
    if isinstance(code, _Keyword):
        return f"{code.sign}{flat(code.value)}"
    return _flat(code)[0] if isinstance(code, Generator) else flat(code)


def _operands(code: Infix) -> list[tuple[str, Code]]:
    """The operands, each behind its sign; in brackets those that bind less than the sign does."""
    binding = PRECEDENCE[code.op]
    right = binding if code.op in ("and", "or") else binding + 1
    rest = code.operands[1:]
    signs = ["", *(f"{code.op} " for _ in rest)]
    needs = [binding, *(right for _ in rest)]
    return [
        (sign, Name(f"({flat(operand)})") if _flat(operand)[1] < need else operand)
        for sign, operand, need in zip(signs, code.operands, needs, strict=True)
    ]


def _arms(code: plan.IfElse) -> list[tuple[str, Code]]:
    """The parts of a conditional expression, each behind its word; in one row with those of the
    expression behind its `else`."""
    arms: list[tuple[str, Code]] = []
    word = ""
    rest: Code = code
    while isinstance(rest, plan.IfElse):
        arms += [(word, rest.then), ("if ", rest.test)]
        word, rest = "else ", rest.otherwise
    return [*arms, (word, rest)]


def _delimited(
    indent: str, before: str, parts: list[tuple[str, Code]], after: str, around: int
) -> list[str]:
    """Too long for a line: in parentheses, on one line if that is enough, else a part a line.

    Parts that bind less than `around` stand in parentheses of their own.
    """
    deeper = indent + INDENT
    inside = " ".join(lead + flat(part, around) for lead, part in parts)
    if len(deeper + inside) <= WIDTH:
        return [f"{indent}{before}(", deeper + inside, f"{indent}){after}"]
    lines = [f"{indent}{before}("]
    for lead, part in parts:
        line = f"{deeper}{lead}{flat(part, around)}"
        inner = isinstance(part, plan.IfElse)  # in parentheses, be it on one line or on several
        lines += [line] if inner and len(line) <= WIDTH else laid(deeper, lead, part)
    return [*lines, f"{indent}){after}"]


def docstring(text: str, indent: str) -> list[str]:
    """A docstring as ruff leaves it."""
    doubled = text.strip().expandtabs(4).replace("\\", "\\\\").replace('"""', r"\"\"\"")
    if not doubled:
        return []
    plain = python_text(doubled).split("\n")
    lines = [line.strip() and indent + line.rstrip() for line in plain]
    lines[0] = f'{indent}"""{lines[0].strip()}'
    if len(lines) > 1:
        return [*lines, f'{indent}"""']
    space = " " if lines[0].endswith('"') and lines[0] != f'{indent}"""' else ""
    return [f'{lines[0]}{space}"""']
