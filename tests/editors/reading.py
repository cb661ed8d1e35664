"""The compiler's own reading of a text, for what colours it to be compared with."""

from collections.abc import Iterator
from pathlib import Path

from archdsl.base.source import Source
from archdsl.syntax.grammar import tokens
from archdsl.syntax.logical_lines import lay_out
from archdsl.syntax.words import HARD

ROOT = Path(__file__).parents[2]
SPECS = sorted([*(ROOT / "specs").glob("*.arch"), *(ROOT / "archdsl" / "std").glob("*.arch")])
TRAPS = '''\
archdsl 1
from "a.arch" import b as c, d

block x(a: int = 3, as: block = relu):
    """words that open
    nothing: input 3x3"""
    output = conv(3, 1, bias=false)  # input
    output -> relu
    input
    let (a, b), c = value
    a{i + 1}_b{k}.0 -> c3.1 -> input.channels
    input (8,)
    input image: 3x32x32
    layer{i} = relu
    layer shared = conv(3, 1)
    expect params == 10M and macs < 1.5G if a
    block = relu if "a#b" == 'it\\'s' else gelu
    concat(dim=1):
        identity
    conv(
        output=3,
        input
    )
    aux = relu
    aux head(weight=0.3) = linear(3)
    init conv.bias: zeros
    init -> relu

fn f(x) = [x * k for k in range(3) if not k]
network small = x(3)
'''


def role(kind: str) -> str:
    """What a token of the compiler is for its reader."""
    if kind.startswith("_") or kind.lower() in HARD:
        return "keyword"
    if kind.startswith("TEMPLATE") or kind == "NAME":
        return "name"
    return {
        "NUMBER": "number",
        "SHAPE": "number",
        "STRING": "string",
        "DOCSTRING": "docstring",
    }.get(kind, "sign")


def read_by_the_compiler(text: str) -> Iterator[tuple[int, str, str]]:
    """Every token that a text's lines consist of: where it begins, itself, its role."""
    for line in lay_out(Source("colours.arch", text), tokens(text)).lines:
        for token in line.tokens:
            if token.type == "PLACE":  # `.0`: a sign and a number
                yield token.start_pos, ".", "sign"
                yield token.start_pos + 1, token[1:], "number"
            elif token:
                yield token.start_pos, str(token), role(token.type)
