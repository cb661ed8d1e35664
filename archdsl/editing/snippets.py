"""Whole lines to begin with: `$1` and `${1:text}` are places to fill, `$0` is the last."""

from msgspec import Struct


class Snippet(Struct, frozen=True):
    label: str
    detail: str
    text: str


DECLARATIONS = (
    Snippet(
        "network",
        "a network",
        "network ${1:Name}(${2:classes=1000}):\n    input ${3:3x224x224}\n    $0",
    ),
    Snippet("block", "a block", "block ${1:name}(${2:channels}):\n    $0"),
    Snippet("fn", "a function", "fn ${1:name}(${2:value}) = $0"),
    Snippet("from", "an import", 'from "${1:file}.arch" import ${2:name}'),
)
STATEMENTS = (
    Snippet("for", "a loop", "for ${1:i} in range(${2:n}):\n    $0"),
    Snippet("if", "a choice", "if ${1:condition}:\n    $0"),
    Snippet("let", "a value", "let ${1:name} = $0"),
    Snippet("layer", "a layer whose weights are shared", "layer ${1:name} = $0"),
    Snippet("input", "an input", "input ${1:3x224x224}"),
    Snippet("output", "the results", "output $0"),
    Snippet("aux", "a head that training alone runs", "aux ${1:head}(weight=${2:0.3}) = $0"),
    Snippet("init", "an initialisation", "init ${1:conv}: ${2:kaiming_normal}"),
    Snippet("expect", "a promise", "expect ${1:params} == $0"),
    Snippet("path", "lines under one name", "${1:name} = path:\n    $0"),
)
MERGES = (
    Snippet("add:", "a sum of branches", "add:\n    identity\n    $0"),
    Snippet("concat:", "branches joined", "concat:\n    identity\n    $0"),
)
