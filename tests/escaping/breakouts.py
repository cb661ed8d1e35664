"""Texts that try to break out of what is written, and specs that have them at every place."""

BREAKOUTS = {
    "docstring": '"""); import os; os.abort()  # ',
    "other docstring": "'''); import os; os.abort()  # '''",
    "quote": '"); import os; os.abort(); ("',
    "backslash": "\\",
    "backslashes": "\\\\\\",
    "escapes": "\\N{DIGIT ONE} \\x41 \\u0041 \\G \\l \\n",
    "braces": "{__import__('os').abort()} {{0}} }{",
    "percent": "%s %(x)s %n %0A",
    "script": "</script><script>alert(1)</script>",
    "comment": "--> ]]> <!-- <![CDATA[",
    "tag": "<img src=x onerror=alert(1)> &lt; &amp;",
    "attribute": "' onmouseover='alert(1)",
    "dot": '"]; evil [label="y"]; subgraph cluster_x { } //',
    "mermaid": '"] --> evil["x"]\n  click evil "javascript:alert(1)"',
    "markdown": "`|*_[a](javascript:alert(1))```",
    "fence": "```\n# heading\n| a | b |",
    "formula": "=cmd|' /C calc'!A0",
    "workflow": "\n::error file=a,line=1::x",
    "terminal": "\x1b[31m\x1b]0;title\x07\x08\x9b2J\x7f",
    "bidi": "\u202ecba\u2066x\u2069\u200e",
    "line ends": "a\x0b\x0c\x1c\x85\u2028\u2029b",
    "invisible": "\u200b\ufeff\u00ad\U000e0041",
    "tabs": "a\tb",
    "long word": "w" * 2000,
    "astral": "\U0001f600 \u65e5\u672c\u8a9e e\u0301",
}
HARMLESS = "text"
TELLING = (
    "quote",
    "script",
    "markdown",
    "formula",
    "workflow",
    "terminal",
    "line ends",
)  # a sample


_SPEC = """\
block pick(mode: str, channels: int):
    {doc}
    if mode == {string}:
        conv(channels, 3)
    else:
        conv(channels, 1)

network Net(mode={string}):
    {doc}
    input 3x8x8
    a = pick(mode, 4)  # {comment}
    b = pick("other", 4)
    pick({string}, 5)
"""


def spec(text: str) -> str:
    """A sound spec with the text in docstrings, a default, an argument, a test and a comment."""
    comment = " ".join(text.splitlines())
    return _SPEC.format(doc=docstring(text), string=string(text), comment=comment)


def docstring(text: str) -> str:
    """A docstring with what of the text can stand in it: all but its own quotes."""
    quotes = "'''" if '"' in text else '"""'
    return f"{quotes}{doc_of(text)}{quotes}"


def doc_of(text: str) -> str:
    """What a docstring of the text says; quotes of its own would end it."""
    inside = text.replace("'''", "''") if '"' in text else text
    return f"Says:{inside}."


def string(text: str) -> str:
    """The text as a string of the language."""
    return '"' + "".join(map(_character, text)) + '"'


def _character(c: str) -> str:
    if c in '\\"':
        return f"\\{c}"
    if c.isprintable() or ord(c) > 0xFFFF:
        return c
    return f"\\u{ord(c):04x}"


def unseen(text: str) -> set[str]:
    """The characters of an output that could steer a terminal or an editor."""
    return {c for c in text if not c.isprintable() and c not in "\n\t"}
