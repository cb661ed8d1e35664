"""Sources for the formatter's laws: soundly written, and laid out as nobody would."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

Tokens = list[str]  # of one logical line, brackets apart from what they hold


@dataclass(frozen=True)
class Line:
    level: int
    tokens: Tokens


# --- expressions -----------------------------------------------------------------------------

NAMES = st.sampled_from(["conv", "bn", "x", "enc1", "squeeze_excite", "block", "output", "let"])
STRINGS = ['"plain"', "'single'", "'it\\'s'", '"say \\"hi\\""', "'both \" and \\''", "'\\\\'"]
TEMPLATES = ["x{i}", "{i}", "x{i+1}_{j  }y"]
NUMBERS = ["64", "1e-5", "4.1G", "11_689_512", "3x224x224"]
ATOMS = st.sampled_from([*NUMBERS, *STRINGS, *TEMPLATES, "true", "none", "c", "input", "i"])
ARITHMETIC = st.sampled_from(["+", "-", "*", "/", "//", "%", "**"])
COMPARISONS = st.sampled_from(["==", "!=", "<", ">=", "in", "not in"])


def joined(parts: list[Tokens], between: str) -> Tokens:
    tokens: Tokens = []
    for place, part in enumerate(parts):
        tokens += [between, *part] if place else part
    return tokens


@st.composite
def infix(
    draw: st.DrawFn, operand: st.SearchStrategy[Tokens], operator: st.SearchStrategy[str]
) -> Tokens:
    tokens = list(draw(operand))
    for _ in range(draw(st.integers(0, 2))):
        tokens += [*draw(operator).split(), *draw(operand)]
    return tokens


@st.composite
def call(draw: st.DrawFn, value: st.SearchStrategy[Tokens]) -> Tokens:
    arguments: list[Tokens] = []
    for given in draw(st.lists(value, max_size=4)):
        arguments.append([draw(NAMES), "=", *given] if draw(st.booleans()) else given)
    comma = [","] if arguments and draw(st.booleans()) else []
    return [draw(NAMES), "(", *joined(arguments, ","), *comma, ")"]


@st.composite
def bracketed(draw: st.DrawFn, value: st.SearchStrategy[Tokens]) -> Tokens:
    """A tuple, a list, an expression in parentheses."""
    opening, closing = draw(st.sampled_from(["()", "[]"]))
    items = draw(st.lists(value, max_size=4))
    comma = [","] if items and draw(st.booleans()) else []
    return [opening, *joined(items, ","), *comma, closing]


@st.composite
def comprehension(draw: st.DrawFn, value: st.SearchStrategy[Tokens]) -> Tokens:
    targets = draw(st.sampled_from([["i"], ["i", ",", "n"]]))
    condition = ["if", "i", ">", "0"] if draw(st.booleans()) else []
    source = [draw(NAMES), "(", *draw(value), ")"]
    opening = draw(st.sampled_from([["["], ["sum", "("]]))
    closing = "]" if opening == ["["] else ")"
    return [*opening, *draw(value), "for", *targets, "in", *source, *condition, closing]


@st.composite
def subscript(draw: st.DrawFn, value: st.SearchStrategy[Tokens]) -> Tokens:
    if draw(st.booleans()):
        return [draw(NAMES), "[", *draw(value), "]"]
    bounds = draw(st.lists(st.just([]) | value, min_size=2, max_size=3))
    return [draw(NAMES), "[", *joined(bounds, ":"), "]"]


def _values(value: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    postfix = st.one_of(call(value), bracketed(value), comprehension(value), subscript(value))
    signed = st.tuples(st.sampled_from([[], ["-"]]), postfix | ATOMS.map(lambda a: [a]))
    arithmetic = infix(signed.map(lambda pair: [*pair[0], *pair[1]]), ARITHMETIC)
    truth = infix(arithmetic, COMPARISONS) | arithmetic.map(lambda t: ["not", *t])
    logic = infix(truth, st.sampled_from(["and", "or"]))
    choice = st.tuples(logic, logic, logic).map(lambda t: [*t[0], "if", *t[1], "else", *t[2]])
    links = infix(call(value) | st.just(["bn"]), st.just("->"))
    return arithmetic | logic | choice | links


VALUES = st.recursive(ATOMS.map(lambda atom: [atom]), _values, max_leaves=12)
CONDITIONS = VALUES.map(lambda value: ["(", *value, ")"]) | st.just(["i", ">", "0"])


@st.composite
def steps(draw: st.DrawFn) -> Tokens:
    """A chain."""
    parts: list[Tokens] = []
    for _ in range(draw(st.integers(1, 5))):
        step = draw(st.one_of(call(VALUES), st.just(["bn"]), st.just(["relu"])))
        parts.append([*step, "*", "3"] if draw(st.booleans()) and "(" in step else step)
    return joined(parts, "->")


# --- lines -----------------------------------------------------------------------------------

DOCSTRINGS = st.sampled_from(
    [
        '"""One line."""',
        "'''Single quotes.'''",
        "'''He said \"no\".'''",
        '"""Ends in blanks.   """',
        '"""He said "no" """',
        '"""Two lines,\n          the second deeper.\n    And less deep.   \n\n  """',
        '"""\n    Begins below.\n\n      Deep.\n    """',
        '""""""',
    ]
)


@st.composite
def simple(draw: st.DrawFn) -> Tokens:
    """A line without a body."""
    chain = draw(steps())
    if draw(st.integers(0, 5)) == 0:  # a bare choice, which begins its line
        return ["bn", "if", *draw(CONDITIONS), "else", *draw(call(VALUES))]
    match draw(st.integers(0, 9)):
        case 0:
            return ["let", "a", "=", *draw(VALUES)]
        case 1:
            return ["let", "a", ",", "b", "=", *draw(VALUES), ",", *draw(VALUES)]
        case 2:
            return ["layer", "shared", "=", *chain]
        case 3:
            return ["x", ",", "x{i}", "=", *chain]
        case 4:
            return [*chain, "::", *draw(st.sampled_from([["3x4x5"], ["(", "c", ",", "4", ")"]]))]
        case 5:
            return ["expect", *draw(CONDITIONS), "if", *draw(CONDITIONS)]
        case 6:
            return ["output", *draw(NAMES.map(lambda n: [n])), ",", "b", "=", *chain]
        case 7:
            return ["init", "conv", ".", "bias", ":", *draw(call(VALUES))]
    return ["y", "=", *chain] if draw(st.booleans()) else ["x", "->", *chain]


@st.composite
def body(draw: st.DrawFn, level: int) -> list[Line]:
    lines: list[Line] = []
    for _ in range(draw(st.integers(1, 3))):
        if level > 2 or draw(st.integers(0, 3)):
            lines.append(Line(level, draw(simple())))
        else:
            lines += draw(compound(level))
    return lines


@st.composite
def compound(draw: st.DrawFn, level: int) -> list[Line]:
    """A line with a body; of an `if` all its arms."""
    inner = body(level + 1)
    match draw(st.integers(0, 2)):
        case 0:
            return [Line(level, ["for", "i", ",", "n", "in", *draw(VALUES), ":"]), *draw(inner)]
        case 1:
            arms = [Line(level, ["if", *draw(CONDITIONS), ":"]), *draw(inner)]
            arms += [Line(level, ["elif", *draw(CONDITIONS), ":"]), *draw(inner)]
            return [*arms, Line(level, ["else", ":"]), *draw(inner)]
    return [Line(level, [*draw(steps()), "->", *draw(call(VALUES)), ":"]), *draw(inner)]


@st.composite
def parameters(draw: st.DrawFn) -> Tokens:
    drawn: list[Tokens] = []
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        default = ["=", *draw(VALUES)] if draw(st.booleans()) else []
        drawn.append([name, *([":", "int"] if draw(st.booleans()) else []), *default])
    comma = [","] if drawn and draw(st.booleans()) else []
    return ["(", *joined(drawn, ","), *comma, ")"]


@st.composite
def declaration(draw: st.DrawFn) -> list[Line]:
    match draw(st.integers(0, 4)):
        case 0:
            return [Line(0, ["from", "'a.arch'", "import", "x", "as", "y", ",", "z"])]
        case 1:
            return [Line(0, ["fn", "f", *draw(parameters()), "=", *draw(VALUES)])]
        case 2:
            return [Line(0, ["network", "V", "=", *draw(call(VALUES))])]
        case 3:
            return [Line(0, ["block", "s", *draw(parameters()), "=", *draw(steps())])]
    header = [draw(st.sampled_from(["block", "network"])), "b", *draw(parameters()), ":"]
    doc = [Line(1, [draw(DOCSTRINGS)])] if draw(st.booleans()) else []
    return [Line(0, header), *doc, *draw(body(1))]


# --- their layout ----------------------------------------------------------------------------

COMMENTS = st.sampled_from(["# one", "#two", "#   three  ", '# a "quote', "# 3 -> (x"])
TIGHT = set("()[],")


@st.composite
def sources(draw: st.DrawFn) -> str:
    lines = [
        line for part in draw(st.lists(declaration(), min_size=1, max_size=3)) for line in part
    ]
    step = draw(st.sampled_from([" ", "  ", "    ", "\t"]))
    text = draw(st.sampled_from(["", "\ufeff", "\n\n", "# head\n", "archdsl 1\n"]))
    for line in lines:
        text += draw(_line(line, step))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@st.composite
def _line(draw: st.DrawFn, line: Line, step: str) -> str:
    indent = step * line.level
    above = ""
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 2]))):
        own = draw(st.integers(0, line.level + 1)) * step + draw(COMMENTS)
        above += draw(st.sampled_from(["\n", "\n\n\n", own + "\n"]))
    behind = draw(st.sampled_from(["", "", "", "   ", "# behind", "   #behind  "]))
    return above + indent + _spread(line.tokens, indent, draw) + behind + "\n"


def _spread(tokens: Tokens, indent: str, draw: st.DrawFn) -> str:
    """A line's tokens with blanks, and where a line may end, also with comments, between."""
    text, depth = tokens[0], 0
    for before, token in pairwise(tokens):
        depth += (before in "([") - (before in ")]")
        text += _gap(before, token, depth, indent, draw) + token
    return text


def _gap(
    before: str, token: str, depth: int, indent: str, draw: Callable[[st.SearchStrategy[str]], str]
) -> str:
    gaps = [" ", " ", " ", "  ", "\t"]
    if before in TIGHT or token in TIGHT:
        gaps += ["", "", ""]
    if depth or token == "->":
        newline = f"\n{indent}   "
        gaps += [newline, f"  {draw(COMMENTS)}{newline}", f"{newline}{draw(COMMENTS)}{newline}"]
    return draw(st.sampled_from(gaps))
