"""More values without a name than an op takes so: what to write for them.

PyTorch's layers take the size of what flows in first, and further values by their order. Here the
size needs no argument, and further values have their names.
"""

from collections.abc import Container, Sequence
from typing import Any

from archdsl.base.labels import Remedy, replaced
from archdsl.ops.argument import Described
from archdsl.ops.foreign import KNOWN_SIZES, argument_meant
from archdsl.semantics.evaluate.types_in_words import describe, words_of
from archdsl.syntax import tree

_SIZES = ("channels", "features")
_LARGEST_KERNEL = 15


def instead(op: type[Described], given: Sequence[tree.Argument], call: tree.Node) -> Remedy:
    """The call as it should be, where the values tell which arguments they are."""
    unnamed = [a.value for a in given if a.name is None]
    if not op.positional:
        return _bare(op, given, unnamed, call)
    named = {a.name.id for a in given if a.name is not None}
    rest = [w for w in op.arguments if w not in op.positional and w not in named]
    text = _as_named(op, unnamed, rest)
    if text is None:
        return Remedy(f"it takes {', '.join(op.arguments)}")
    hint = f"write `{op.word}({text})`"
    if any(a.name is not None for a in given[: len(unnamed)]):
        return Remedy(hint)
    return replaced(unnamed[0].span.to(unnamed[-1].span), text, hint)


def as_call(op: type[Described], given: Sequence[tree.Argument]) -> str | None:
    """A call of PyTorch's layer in this language; None where an argument has no place here."""
    named = {_word(op, a.name.id): _text(a.value) for a in given if a.name is not None}
    if None in named:
        return None
    values = [a.value for a in given if a.name is None]
    if values and not op.positional and not op.variadic and _text(values[0]).isdigit():
        values = values[1:]  # the width of a norm
    if _begins_with_input(op, values, named):
        values = values[1:]
    words = () if op.variadic else op.positional[: len(values)]
    lacking = {word for word, a in op.arguments.items() if a.required} - {*words, *named}
    if lacking and not (op.variadic in lacking and values):
        return None
    rest = [w for w in op.arguments if w not in op.positional and w not in named]
    texts: str | None = ", ".join(map(_text, values))
    if len(values) > len(op.positional) and not op.variadic:
        texts = _as_named(op, values, rest) if op.positional else None
    if texts is None:
        return None
    said = [f"{word}={text}" for word, text in named.items() if word]
    inside = ", ".join(part for part in (texts, *said) if part)
    return f"{op.word}({inside})" if inside else op.word


def behind_input(op: type[Described], given: Sequence[tree.Argument], call: tree.Node) -> Remedy:
    """For `conv(3, 16, kernel_size=3)`: the call without the size of what flows in."""
    named = {a.name.id for a in given if a.name is not None}
    sized = bool(op.positional) and op.positional[0] not in named
    values = [a.value for a in given if a.name is None]
    if not sized or not _begins_with_input(op, values, named):
        return Remedy()
    text = as_call(op, given)
    hint = f"write `{text}`: it reads the sizes from its input"
    return Remedy() if text is None else replaced(call.span, text, hint)


def _begins_with_input(
    op: type[Described], values: Sequence[tree.Expr], named: Container[str | None]
) -> bool:
    """True for the arguments of `Conv2d(3, 16, 3)` and `Conv2d(3, 16, kernel_size=3)`."""
    if not op.positional or op.positional[0] not in _SIZES:
        return False
    unsaid = [word for word in op.positional if word not in named]
    return len(values) > len(unsaid)


def _word(op: type[Described], word: str) -> str | None:
    """An argument's name here: empty where it is left out, None where there is none."""
    if word in op.arguments:
        return word
    return "" if word in KNOWN_SIZES else argument_meant(word, tuple(op.arguments))


def _bare(
    op: type[Described],
    given: Sequence[tree.Argument],
    unnamed: Sequence[tree.Expr],
    call: tree.Node,
) -> Remedy:
    """For an op none of whose arguments stands without a name."""
    sized = _text(unnamed[0]).isdigit()
    named = ", ".join(f"`{word}=…`" for word in op.arguments)
    hint = f"write `{op.word}`" + (": it reads the sizes from its input" if sized else "")
    if sized and len(given) == 1 and isinstance(call, tree.Call):
        return replaced(call.span, call.callee.span.text, hint)
    return Remedy(hint + (f", or name the argument: {named}" if named else ""))


def _as_named(op: type[Described], values: Sequence[tree.Expr], rest: list[str]) -> str | None:
    """The values as this language has them; None where they are none of the op's arguments."""
    if len(op.positional) > 1 and _text(values[1]).isidentifier():
        return None  # a kernel, or the channels behind those of the input
    if op.positional[0] in _SIZES:
        whole = None if _names_input(values) else _named(op, values, rest)
        return whole or _named(op, values[1:], rest)
    counts = [_text(value) for value in values]
    pair = len(counts) == 2 and all(count.isdigit() for count in counts)
    smallest = min(counts, key=int) if pair else None
    return _named(op, values, rest) or smallest  # heads of a width, groups of channels


def _names_input(values: Sequence[tree.Expr]) -> bool:
    """True where the second value looks like channels, after those of the input, and not like a
    kernel: larger than one or than the first value, or even where an odd kernel follows."""
    first, second, third = (_count(value) for value in (*values, None, None)[:3])
    if second is None:
        return False
    odd_behind_even = second % 2 == 0 and third is not None and third > 1 and third % 2 == 1
    return odd_behind_even or second > min(first or _LARGEST_KERNEL, _LARGEST_KERNEL)


def _count(value: tree.Expr | None) -> int | None:
    text = "" if value is None else _text(value)
    return int(text) if text.isdigit() else None


def _named(op: type[Described], values: Sequence[tree.Expr], rest: Sequence[str]) -> str | None:
    count = len(op.positional)
    texts = [_text(value) for value in values[:count]]
    waiting = list(rest)
    for value in values[count:]:
        word = _argument_for(op, value, waiting)
        if word is None:
            return None
        texts.append(f"{word}={_text(value)}")
        del waiting[: waiting.index(word) + 1]
    return ", ".join(texts)


def _argument_for(op: type[Described], value: tree.Expr, waiting: list[str]) -> str | None:
    """The next argument for a number, switches aside; the first that knows it for a word."""
    searched = waiting
    if not isinstance(_constant(value), str | bool):
        kinds = {word: describe(op.arguments[word].annotation) for word in waiting}
        searched = [word for word in waiting if kinds[word] != "true or false"][:1]
    return next((w for w in searched if _fits(value, op.arguments[w].annotation)), None)


def _fits(value: tree.Expr, annotation: Any) -> bool:
    constant, kinds = _constant(value), describe(annotation)
    match constant:
        case bool():
            return "true or false" in kinds
        case str():
            return constant in words_of(annotation)
        case int():
            return "whole number" in kinds
    return "number" in kinds


def _constant(value: tree.Expr) -> object:
    return value.value if isinstance(value, tree.Constant) else None


def _text(value: tree.Expr) -> str:
    return " ".join(value.span.text.split())
