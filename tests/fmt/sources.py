"""Sources for the formatter's laws: syntactically sound, and laid out as nobody would."""

from hypothesis import strategies as st

Tokens = list[str]  # of one logical line; brackets are tokens of their own
Line = tuple[int, Tokens]  # how deep it stands

NAMES = st.sampled_from(["conv", "x", "enc1", "output", "block", "bn", "squeeze_excite", "let"])
ATOMS = st.sampled_from(
    [*("64", "1e-5", "4.1G", "11_689_512", "3x224x224", "true", "none", "relu", "c", "input")]
    + ['"plain"', "'single'", "'it\\'s'", '"say \\"hi\\""', "'both \" and \\''", "'\\\\'"]
)


def flat(parts: list[Tokens], between: str) -> Tokens:
    tokens: Tokens = []
    for part in parts:
        tokens += [between, *part] if tokens else part
    return tokens


@st.composite
def calls(draw: st.DrawFn, inner: st.SearchStrategy[Tokens]) -> Tokens:
    arguments = [
        [draw(NAMES), "=", *value] if draw(st.booleans()) else value
        for value in draw(st.lists(inner, max_size=4))
    ]
    comma = [","] if arguments and draw(st.booleans()) else []
    return [draw(NAMES), "(", *flat(arguments, ","), *comma, ")"]


@st.composite
def tuples(draw: st.DrawFn, inner: st.SearchStrategy[Tokens]) -> Tokens:
    opening, closing = draw(st.sampled_from(["()", "[]"]))
    items = draw(st.lists(inner, max_size=4))
    single = len(items) == 1 and opening == "("
    comma = [","] if items and (single or draw(st.booleans())) else []
    return [opening, *flat(items, ","), *comma, closing]


@st.composite
def indexed(draw: st.DrawFn, inner: st.SearchStrategy[Tokens]) -> Tokens:
    bounds = [draw(inner) if draw(st.booleans()) else [] for _ in range(draw(st.integers(2, 3)))]
    index = draw(inner) if draw(st.booleans()) else flat(["(", *b, ")"] and b for b in bounds)
    return [draw(NAMES), "[", *index, "]"]
