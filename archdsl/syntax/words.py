"""The names that open a statement, and for words of other languages the ones of this language.

The words in `OPENERS` are keywords only where they open a line that reads as their statement; in
every other place they are names, so that a step may be called `output` and an argument `block`.
"""

from lark import Token

LANGUAGE = 1  # the version that a first line may name
DECLARED = ("network", "block", "fn")
DECLARATIONS = ("block", "network", "fn", "from")
OPENERS = (*DECLARATIONS, "layer", "let", "input", "output", "aux", "init", "expect")
HARD = ("if", "elif", "else", "for", "in", "and", "or", "not", "true", "false", "none")
KEYWORDS = (*OPENERS, *HARD, "import", "as")

OPENING, CLOSING = ("LPAR", "LSQB", "TEMPLATE_OPEN"), ("RPAR", "RSQB", "TEMPLATE_CLOSE")

_AFTER_A_NAME = {"ASSIGN", "ARROW", "ANNOTATION", "COMMA", "DOT", "COLON", "LSQB", "STAR", "IF"}
CALLED = ("input", "output", "expect", "let")  # statements that may have parentheses behind them

PYTHON = {
    "def": "declare a stack of layers with `block NAME(…):`, a function with `fn NAME(…) = …`",
    "class": "declare a stack of layers with `block NAME(…):` or `network NAME(…):`",
    "return": "write no `return`: the flow's end is the result, or name it with `output`",
    "lambda": "declare a function at the top of the file: `fn NAME(…) = …`",
    "while": "repeat with `for NAME in …:` or `step * n`",
    "pass": "write `identity` for a step that does nothing",
    "is": "compare with `==`",
    "assert": "state what must hold with `expect …`",
    "with": "write the steps one below the other",
    "try": "leave it out: nothing here raises",
    "raise": "state what must hold with `expect …`",
    "del": "leave it out: values are never changed",
    "global": "leave it out: parameters and `let` bind names",
    "nonlocal": "leave it out: parameters and `let` bind names",
    "yield": "name the results with `output a, b`",
    "break": "choose the loop's range or an `if` so that it need not stop early",
    "continue": "put the rest of the loop's body under an `if`",
    "async": "leave it out",
    "await": "leave it out",
    "True": "write `true`",
    "False": "write `false`",
    "None": "write `none`",
    "self": "write the step's name alone: every name of the body is in reach",
}


def promote(line: list[Token], first_of_file: bool) -> list[Token]:
    """The line with its opening word, if it has one, turned into a keyword."""
    if first_of_file and _is_version(line):
        return [keyword(line[0]), *line[1:]]
    if not opens_statement(line):
        return line
    if line[0] == "from":
        return [keyword(line[0]), *_import_words(line[1:])]
    return [keyword(line[0]), *line[1:]]


def opens_statement(line: list[Token]) -> bool:
    """True where a line starts with a word that is a keyword: `output c3`, not `output = …`."""
    head = line[0]
    if head.type != "NAME" or head not in OPENERS or len(line) == 1:
        return False
    after = line[1].type
    if head in DECLARATIONS and head.column == 1:
        return after not in ("ASSIGN", "ARROW")
    if after == "LPAR":
        return str(head) in CALLED
    if after == "LSQB":
        return head in ("input", "output") and _is_list(line[1:])
    return after not in _AFTER_A_NAME


def _is_list(tokens: list[Token]) -> bool:
    """True where brackets hold something that is no index: several values, or a `for`."""
    depth = 0
    for token in tokens:
        depth += (token.type in ("LSQB", "LPAR")) - (token.type in ("RSQB", "RPAR"))
        if depth == 1 and token.type in ("COMMA", "FOR"):
            return True
        if depth == 0:
            return False
    return False


def keyword(token: Token) -> Token:
    kind = "VERSION" if token == "archdsl" else token.upper()
    return Token.new_borrow_pos(f"_{kind}", str(token), token)


def _is_version(line: list[Token]) -> bool:
    return len(line) > 1 and line[0] == "archdsl" and line[1].type == "NUMBER"


def _import_words(tokens: list[Token]) -> list[Token]:
    """In a line that began with `from`, `import` and `as` are keywords where one can stand."""
    read: list[Token] = []
    for token in tokens:
        seen = any(t.type == "_IMPORT" for t in read)
        after_name = bool(read) and read[-1].type == "NAME"
        if (token == "import" and not seen) or (token == "as" and seen and after_name):
            token = keyword(token)
        read.append(token)
    return read
