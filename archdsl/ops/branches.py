"""The refusals of merges whose branches do not fit each other."""

from collections import Counter
from math import prod

from archdsl.ir.shape import Shape, Types, format_shape
from archdsl.ops import mistakes
from archdsl.ops.base import Differ, Misfit

SHOWN = 8  # branches that a message lists one by one
JOINS = ("concat", "stack")  # what lays branches side by side: no element meets another


def check_count(word: str, inputs: Types) -> None:
    if len(inputs) < 2:
        raise mistakes.too_few_branches(word, len(inputs))


def disagreement(
    word: str,
    inputs: Types,
    branches: tuple[int, ...],
    usual: Shape,
    other: Shape,
) -> Misfit:
    """The refusal of branches: one is `usual`, and the first different one is `other`."""
    hint, differ = _hint(word, len(inputs), usual, other)
    how, guilty = f"differ in {_difference(usual, other)}", tuple(sorted(branches))
    return mistakes.branches_clash(word, how, all_shapes(inputs), guilty, hint=hint, differ=differ)


def all_shapes(inputs: Types) -> str:
    """Every branch's; of many branches the different shapes, with how many have each."""
    texts = [format_shape(x.shape) for x in inputs]
    if len(texts) > SHOWN:
        counts = Counter(texts)
        texts = [f"{text} ({count:,} times)" for text, count in counts.most_common(SHOWN)]
        others = len(counts) - SHOWN
        if others > 0:
            texts.append(f"{others:,} other shape{'s' if others > 1 else ''}")
    return " and ".join([", ".join(texts[:-1]), texts[-1]])


def _difference(usual: Shape, other: Shape) -> str:
    if len(usual) != len(other):
        return "the number of dimensions"
    if len(usual) == 1:
        return "features"
    if len(usual) == 2:
        return "shape"
    if usual[0] == other[0]:
        return "size"
    return "channels" if usual[1:] == other[1:] else "channels and size"


def _hint(word: str, count: int, usual: Shape, other: Shape) -> tuple[str, Differ | None]:
    """One thing to do, for the likeliest slip, and what the branches' steps are asked about."""
    if len(usual) != len(other):
        return _rank_hint(word, max(usual, other, key=len), min(usual, other, key=len)), None
    if word not in JOINS and _would_broadcast(usual, other):
        return _expansion(usual, other), None
    if len(usual) < 3:
        return "", None
    small, large = sorted((usual, other), key=lambda shape: prod(shape[1:]))
    if word not in JOINS and set(small[1:]) == {1} != set(large[1:]):
        channels = large[0]
        return f"for a factor per channel, give the gate {channels}: `conv({channels}, 1)`", None
    if usual[1:] != other[1:]:
        return "bring the branches to one size: with `padding`, or a stride in both", Differ.SIZE
    from_, to = sorted((usual[0], other[0])) if count == 2 else (other[0], usual[0])
    return f"project the branch of {from_} channels with `conv({to}, 1)`", Differ.CHANNELS


def _rank_hint(word: str, large: Shape, small: Shape) -> str:
    if word not in JOINS and small == large[:1] and len(large) > 2:
        ones = (1,) * (len(large) - 1)
        return f"for a factor per channel: `reshape({format_shape((*small, *ones))})`"
    return "bring both to the same number of dimensions with `unsqueeze` or `flatten`"


def _expansion(usual: Shape, other: Shape) -> str:
    """The broadcast that PyTorch would make, written out behind the branch that it repeats."""
    wide = tuple(map(max, usual, other))
    small = [shape for shape in (usual, other) if shape != wide]
    if len(small) > 1:
        return f"bring both to {format_shape(wide)} with `expand`"
    sizes = ", ".join("-1" if a == b else str(b) for a, b in zip(small[0], wide, strict=True))
    return f"write `-> expand({sizes})` behind the branch of {format_shape(small[0])}"


def _would_broadcast(usual: Shape, other: Shape) -> bool:
    return all(a == b or 1 in (a, b) for a, b in zip(usual, other, strict=True))
