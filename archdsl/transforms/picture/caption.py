"""The words in a box: ops and blocks as short captions, counts with three digits."""

import re
from collections.abc import Iterable

from archdsl.analyses.figures.costs import Cost
from archdsl.base.quantities import scaled
from archdsl.ir.code import Call, Emission, Fold, Infix
from archdsl.ir.graph import Scope, ScopeKind, Step
from archdsl.ir.reach import Window, window
from archdsl.ir.shape import Types
from archdsl.ops.base import Op

DOT = " · "
RANGE = " … "
WIDTH = 48  # characters in a line before a caption is wrapped
NARROW = 28  # … where boxes stand side by side
LONG, FEW = 4, 2  # items of a tuple that is shown, and of one with fractions
SIGNS = {"*": "×", "-": "−", "/": "÷"}
# Arguments that rarely matter to a reader of the figure, but for those that an op is about; the
# tooltip and the spec have them.
QUIET = frozenset(
    {
        *("kernel_size", "stride", "padding", "dilation", "output_padding", "padding_mode"),
        *("bias", "eps", "momentum", "affine", "track_running_stats", "approximate"),
        *("ceil_mode", "count_include_pad", "divisor_override", "align_corners"),
        *("init", "learned", "mean", "std", "batch_dim"),
    }
)


def op_caption(op: Op, inputs: Types) -> str:
    """`conv 7x7/2 64`: the word, the window, then what was said of it but for long tuples, a
    dilation last."""
    words = [op.word]
    fields = op.arguments
    moving = window(op.reach(inputs)) if "kernel_size" in fields else None
    if moving is not None:
        words.append(_window(moving))
    gap = False
    for name, field in fields.items():
        value, positional = getattr(op, name), name in (*op.positional, op.variadic)
        if name in QUIET and not (positional and moving is None):
            continue
        if name == op.variadic and op.inputs[0] == 0:
            continue  # a tensor's shape is told as what leaves it
        if value == field.default or _is_long(value):
            gap = gap or positional
            continue
        words.append(_argument(name, value, positional and not gap, inputs))
    if moving is not None and _factor(moving.dilation):
        words.append(f"dilation {_factor(moving.dilation)}")
    return " ".join(word for word in words if word)


def _window(window: Window) -> str:
    """`7x7/2`, `2x2 ↑2`: the kernel and the stride."""
    words = ["x".join(map(str, window.kernel)), _factor(window.stride)]
    if window.transposed:
        words[1] = f" ↑{words[1]}" if words[1] else ""
    elif words[1]:
        words[1] = f"/{words[1]}"
    return "".join(words)


def _factor(values: tuple[int, ...]) -> str:
    """A number per dimension in one: empty if all are 1."""
    if len(set(values)) == 1:
        return "" if values[0] == 1 else str(values[0])
    return "x".join(map(str, values))


def _argument(name: str, value: object, positional: bool, inputs: Types) -> str:
    if name == "groups" and inputs and value == inputs[0].shape[0]:
        return "depthwise"
    if value is True or value is False:
        return name if value else f"no {name}"
    text = plain(value[0] if isinstance(value, tuple) and len(value) == 1 else value)
    return text if positional else f"{name} {text}"


def plain(value: object) -> str:
    """A value as the language writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.3g}"
        case tuple():
            return f"({', '.join(map(plain, value))})"
        case _:
            return str(value)


def _is_long(value: object) -> bool:
    """True where a tuple is too long for a caption; fractions say least."""
    if not isinstance(value, tuple):
        return False
    return len(value) > (FEW if any(isinstance(item, float) for item in value) else LONG)


def merge_sign(op: Op, emission: Emission) -> str:
    """`+` for a sum, `cat` for `torch.cat(…)`: what PyTorch writes says it shortest."""
    forward = emission.forward
    match forward:
        case Infix(sign, operands) if not any(isinstance(o, Infix | int) for o in operands):
            return SIGNS.get(sign, sign)
        case Call(str() as function) | Fold(function) if function.startswith("torch."):
            return function.rpartition(".")[2]
        case _:
            return op.word


def step_name(scope: Scope, step: Step) -> str:
    """The name to show: one that the user wrote, or the number in a sequence."""
    return step.name if step.named or scope.kind is ScopeKind.SEQUENTIAL else ""


def own_name(step: Step) -> str:
    """The name that the user gave to an op, if it says more than the op's word: `stem`, not
    `conv1`, `bn1` or `maxpool`."""
    op = step.target
    letters = re.sub(r"[\d_]", "", step.name)
    if not step.named or not isinstance(op, Op) or letters in op.word.replace("_", ""):
        return ""
    return "" if op.family.name.lower().startswith(letters) else step.name


def titled(name: str, caption: str) -> str:
    """`name: caption`, or one of them where the other says nothing more."""
    if not name or re.match(rf"{re.escape(name)}\b(?!:)", caption):
        return caption
    return f"{name}: {caption}" if caption else name


def title_lines(name: str, caption: str, width: int = WIDTH) -> tuple[str, ...]:
    """A block's title, on two lines where one is too short for it."""
    whole = titled(name, caption)
    if name.isdecimal() and whole != caption:  # a number stands on no line of its own
        head = whole.removesuffix(caption)
        first, *more = _pieces(caption, width) if caption else [""]
        return wrapped((head + first, *more), " ", len(head) + width)
    if len(whole) <= width or whole in (name, caption):
        return wrapped(_pieces(whole, width), " ", width)
    return (name, *wrapped(_pieces(caption, width), " ", width))


def named(name: str, words: list[str]) -> list[str]:
    """Words of which the first has the name before it."""
    return [titled(name, words[0]), *words[1:]]


def box_lines(spoken: list[tuple[str, list[str]]], main: int, width: int) -> tuple[str, ...]:
    """The words for the steps of a box, with their names. The `main` step has its own line if one
    line is too short for all."""
    parts = [named(*step) for step in spoken]
    whole = wrapped((word for part in parts for word in part), width=width)
    name, words = spoken[main]
    fits = len(whole) == 1 and len(whole[0]) <= width
    if fits or parts[main] == words or name.isdecimal():
        return whole
    parts[main] = words
    return (name, *wrapped((word for part in parts for word in part), width=width))


def _pieces(caption: str, width: int) -> list[str]:
    """A caption cut at spaces, but for those around a `×`; within brackets only where a piece is
    too long, and never within two."""
    whole = _cut(caption, 0)
    return [piece for part in whole for piece in (_cut(part, 1) if len(part) > width else [part])]


def _cut(caption: str, depth: int) -> list[str]:
    """Text cut at the spaces that stand in at most `depth` brackets."""
    pieces, level = [""], 0
    for c, after in zip(caption, [*caption[1:], ""], strict=True):
        level += (c == "(") - (c == ")")
        if c == " " and level <= depth and "×" not in (after, *pieces[-1][-1:]):
            pieces.append("")
        else:
            pieces[-1] += c
    return pieces


def figures(cost: Cost) -> tuple[str, ...]:
    """`9.41K params`, `118M MACs`; nothing of nothing."""
    words = []
    if cost.params:
        words.append(f"{short(cost.params)} params")
    if cost.macs:
        words.append(f"{short(cost.macs)} MACs")
    return tuple(words)


def sized(shape: str, figures: tuple[str, ...], width: int = NARROW) -> tuple[str, ...]:
    """Below a box's words: `64x112x112 · 9.41K params · 118M MACs`, on more lines if too long."""
    pieces = wrapped(shape.split(", "), ", ", width) if shape else ()
    return wrapped(filter(None, (*pieces, DOT.join(figures))), width=width)


def short(count: int) -> str:
    """A count with three digits: `9.41K`, `118M`, `1.81G`; `0` is told."""
    return scaled(count) or "0"


def wrapped(words: Iterable[str], separator: str = DOT, width: int = WIDTH) -> tuple[str, ...]:
    """Words joined into lines of about `width` characters, broken only between words."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(separator) + len(word) <= width:
            lines[-1] += separator + word
        else:
            lines.append(word)
    return tuple(lines)


def shapes(types: Types) -> str:
    """`64x56x56`, or each shape once where there are several."""
    return ", ".join(dict.fromkeys(str(t) for t in types))
