"""Remedies for branches that do not fit, found in the steps that made them.

A padding, stride or rounding is told only if it was tried: the sizes are inferred anew with it and
come out equal. Where nothing is found, the merge's own hint stands.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from math import ceil
from shlex import quote

from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.labels import Edit, Remedy, replaced
from archdsl.base.source import Span
from archdsl.ir.graph import Ref, Scope, Step
from archdsl.ir.reach import Window, window
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops.base import Differ, Misfit, Op
from archdsl.ops.spatial import collapse
from archdsl.semantics.elaborate.body import Body, DraftStep
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.reporter import Exhausted, Reporter
from archdsl.semantics.values import UNKNOWN, excerpt
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

IMAGE = 3  # the rank of channels x height x width
NAMED = 3  # steps that one hint names
MOST = 10_000  # steps of a branch that are read; a longer one keeps the merge's own hint


class OpOnTheWay(Struct, frozen=True):
    """An op on the way to a branch's end, with the types that it met there."""

    op: Op
    before: Types
    after: TensorType
    span: Span
    node: tree.Node

    @property
    def window(self) -> Window | None:
        return window(self.op.reach(self.before)) if len(self.before) == 1 else None

    @property
    def place(self) -> str:
        return f"`{excerpt(self.span)}` (line {self.span.line})"


class BranchSide(Struct, frozen=True):
    """One side of a disagreement: its own steps in running order, after what the sides share."""

    span: Span
    end: Ref
    start: TensorType
    result: TensorType
    drafts: tuple[DraftStep, ...]
    moves: tuple[OpOnTheWay, ...]

    @property
    def sizes(self) -> Shape:
        return self.result.shape[1:]

    @property
    def passes(self) -> bool:
        """True where it gives the very input that the other side starts from."""
        return not self.drafts


Change = Callable[[OpOnTheWay], Op]  # a step's op as it would be
Pair = tuple[BranchSide, BranchSide]


def remedy(
    differ: Differ, body: Body, refs: tuple[Ref, ...], spans: tuple[Span, ...], file: str
) -> Remedy | str | None:
    """One thing to do about two branches that differ; None where the steps do not tell. `file` is
    that of the network."""
    pair = _branches(body, refs, spans) if len(refs) == 2 else None
    if pair is None:
        return _enlarged(body, refs, file) if differ is Differ.SIZE else None
    if differ is Differ.CHANNELS:
        return _projection(body, pair)
    return _padding(body, pair) or _stride(body, pair) or _rounding(body, pair, file)


# --- the branches' steps ---------------------------------------------------------------------


def _branches(body: Body, refs: tuple[Ref, ...], spans: tuple[Span, ...]) -> Pair | None:
    """Both sides from where they part; None where they do not come from one tensor."""
    left, right = (_way(body, ref) for ref in refs)
    others = set(right)
    shared = next((ref for ref in left if ref in others), None)
    if shared is None:
        return None
    start = body.type_of(shared)
    first, second = (
        _branch(body, way[: way.index(shared)], end, start, span)
        for way, end, span in zip((left, right), refs, spans, strict=True)
    )
    longest = max(len(first.moves), len(second.moves))
    return (first, second) if longest <= MOST else None


def _branch(body: Body, way: list[Ref], end: Ref, start: TensorType, span: Span) -> BranchSide:
    drafts = [body.drafts[ref.step] for ref in way]
    steps = zip(way, drafts, strict=True)
    moves = chain.from_iterable(
        _backward(draft, body.types_of(draft.inputs), ref.output) for ref, draft in steps
    )
    read = list(islice(moves, MOST + 1))
    return BranchSide(span, end, start, body.type_of(end), tuple(drafts[::-1]), tuple(read[::-1]))


def _way(body: Body, ref: Ref) -> list[Ref]:
    """A tensor and those that it was made of, by the first input of each step."""
    way = [ref]
    while ref.step >= 0 and body.drafts[ref.step].inputs:
        ref = body.drafts[ref.step].inputs[0]
        way.append(ref)
    return way


def _backward(step: DraftStep | Step, before: Types, output: int) -> Iterator[OpOnTheWay]:
    """The ops of a step, last first, those inside a block included."""
    if isinstance(step.target, Op):
        yield OpOnTheWay(step.target, before, step.outputs[output], step.span, step.trail[-1].node)
        return
    assert isinstance(step.target, Scope)
    scope, ref = step.target, step.target.results[output]
    while ref.step >= 0:
        inner = scope.steps[ref.step]
        yield from _backward(inner, scope.types_of(inner.inputs), ref.output)
        if not inner.inputs:
            break
        ref = inner.inputs[0]


# --- channels --------------------------------------------------------------------------------


def _projection(body: Body, pair: Pair) -> Remedy | str:
    """A 1x1 convolution for the side that passes its input on, else for the narrower one."""
    here, there = sorted(pair, key=lambda b: (not b.passes, b.result.shape[0]))
    channels = _channels(body, there)
    if here.span.text == "identity" and not channels.isdigit() and here.end == Ref(-1, 0):
        conv = f"conv({channels}, 1) if input.channels != {channels} else identity"
        return replaced(here.span, conv, f"write `{conv}` in place of `identity`")
    whose = f"project the branch of {here.result.shape[0]} channels"
    if here.result.rank != IMAGE or "\n" in here.span.text or not _is_own(body, here.span):
        return f"{whose} with `conv({channels}, 1)`"
    behind = Span(here.span.source, here.span.end, here.span.end)
    edit = Edit(behind, f" -> conv({channels}, 1)")
    return Remedy(f"{whose}: write `-> conv({channels}, 1)` behind it", (edit,))


def _channels(body: Body, branch: BranchSide) -> str:
    """The channels of a branch's result as its last step that sets them was told, or the number."""
    for draft in reversed(branch.drafts):
        before = body.types_of(draft.inputs)
        if before and before[0].shape[:1] != draft.outputs[0].shape[:1]:
            given = [argument.value for argument in _arguments(draft.trail[-1].node)]
            return _written(body, given, branch.result.shape[0])
    return str(branch.result.shape[0])


def _arguments(node: tree.Node) -> tuple[tree.Argument, ...]:
    return node.arguments if isinstance(node, tree.Call) else ()


def _written(body: Body, given: Sequence[tree.Expr], number: int) -> str:
    """The first of the expressions that has this value in this body and a name in it, as it is
    written there; else the number itself."""
    for expr in given:
        names = [n for n in (expr, *descendants(expr)) if isinstance(n, tree.Name)]
        text = excerpt(expr.span)
        here = text == expr.span.text and _is_own(body, expr.span)
        if names and here and _value(expr, body) == number:
            return text
    return str(number)


def _is_own(body: Body, span: Span) -> bool:
    """True where a place lies in the definition that the body belongs to."""
    whole = body.owner().definition
    if whole is None or whole.span.source is not span.source:
        return False
    return whole.span.start <= span.start and span.end <= whole.span.end


def _value(expr: tree.Expr, body: Body) -> object:
    try:
        return Evaluator(Reporter()).value(expr, body.env.inner())
    except Exhausted:
        return UNKNOWN


# --- sizes -----------------------------------------------------------------------------------


def _padding(body: Body, pair: Pair) -> str | None:
    """The paddings that kernels lack, in one branch or in both."""
    for guilty in (pair[:1], pair[1:], pair):
        bare = [move for branch in guilty for move in branch.moves if _margin(move) is not None]
        sizes = {
            _replayed(branch, _padded) if branch in guilty else branch.sizes for branch in pair
        }
        if bare and len(sizes) == 1 and None not in sizes and _visible(body, bare):
            return _paddings(bare)
    return None


def _margin(move: OpOnTheWay) -> int | Shape | None:
    """The padding with which an odd kernel would keep the size; None where it has that."""
    moving = move.window
    if moving is None or moving.transposed or "padding" not in move.op.arguments:
        return None
    extents = [d * (k - 1) + 1 for k, d in zip(moving.kernel, moving.dilation, strict=True)]
    margins = tuple((extent - 1) // 2 for extent in extents)
    odd = all(extent % 2 for extent in extents)
    return collapse(margins) if odd and margins != moving.padding and any(margins) else None


def _padded(move: OpOnTheWay) -> Op:
    margin = _margin(move)
    return move.op if margin is None else replace(move.op, padding=margin)


def _stride(body: Body, pair: Pair) -> Remedy | None:
    """The stride that one branch has and the other lacks."""
    for strided, other in (pair, pair[::-1]):
        total = _total_stride(strided)
        before = other.start.shape[1:]
        even = tuple(ceil(size / part) for size, part in zip(before, total, strict=False))
        if other.sizes != before or even != strided.sizes or set(total) <= {1}:
            continue
        stride = _written_stride(body, strided, collapse(total))
        what, edits = _strided_projection(body, strided, other, stride)
        if not other.passes:
            slid = [move for move in other.moves if "stride" in move.op.arguments][:1]
            fits = [
                m for m in slid if _replayed(other, _changed(m, stride=collapse(total))) == even
            ]
            if not fits or not _visible(body, fits):
                continue
            what, edits = _instruction(fits[0], f"stride={stride}"), ()
        return Remedy(f"give the other branch the same stride: {what}", edits)
    return None


def _total_stride(branch: BranchSide) -> Shape:
    """The strides of a branch's windows multiplied, by dimension."""
    total = (1,) * len(branch.sizes)
    for moving in (move.window for move in branch.moves):
        if moving is not None and not moving.transposed and len(moving.stride) == len(total):
            total = tuple(a * b for a, b in zip(total, moving.stride, strict=True))
    return total


def _strided_projection(
    body: Body, strided: BranchSide, other: BranchSide, stride: str
) -> tuple[str, tuple[Edit, ...]]:
    """The 1x1 convolution that takes an identity's place, or follows a branch without a step."""
    conv = f"conv({_channels(body, strided)}, 1, stride={stride})"
    text = excerpt(other.span)
    if text == "identity":
        return f"`{conv}` in place of `identity`", (Edit(other.span, conv),)
    return f"`{text} -> {conv}`", ()


def _written_stride(body: Body, strided: BranchSide, total: int | Shape) -> str:
    """A branch's stride as its steps were told, or the number."""
    given = [
        argument.value
        for draft in strided.drafts
        for argument in _arguments(draft.trail[-1].node)
        if argument.name is not None and argument.name.id == "stride"
    ]
    return _written(body, given, total) if isinstance(total, int) else str(total)


def _rounding(body: Body, pair: Pair, file: str) -> str | None:
    """The step whose division had a remainder, if the sizes differ because of it."""
    for branch, other in (pair, pair[::-1]):
        for move in branch.moves:
            rounded = _rounded(move)
            if rounded is None or not _visible(body, (move,)):
                continue
            pooling = "ceil_mode" in move.op.arguments
            if pooling and _replayed(branch, _changed(move, ceil_mode=True)) == other.sizes:
                return f"{move.place} makes {rounded}: add `ceil_mode=true`"
            if any(_enlarges(m) for m in branch.moves):
                return f"{move.place} makes {rounded}: {_sizes(file)}"
    return None


def _enlarged(body: Body, refs: tuple[Ref, ...], file: str) -> str | None:
    """For a map that was enlarged beside one that was handed in: what was halved before was odd."""
    sides = [body.type_of(ref).shape[1:] for ref in refs]
    near = len(sides) == 2 and all(abs(a - b) < min(a, b) for a, b in zip(*sides, strict=True))
    drafts = (body.drafts[ref.step] for end in refs for ref in _way(body, end) if ref.step >= 0)
    moves = (m for d in drafts for m in _backward(d, body.types_of(d.inputs), 0))
    return _sizes(file) if near and any(map(_enlarges, islice(moves, MOST))) else None


def _sizes(file: str) -> str:
    return f"`archdsl sizes {quote(file)}` lists the inputs that fit"


def _rounded(move: OpOnTheWay) -> str | None:
    """`17 of 35 (35 / 2, rounded down)`, where a window's stride leaves a remainder."""
    moving = move.window
    if moving is None or moving.transposed:
        return None
    sizes = zip(move.before[0].shape[1:], move.after.shape[1:], moving.stride, strict=False)
    for before, after, stride in sizes:
        if stride > 1 and before % stride and after == before // stride:
            return f"{after} of {before} ({before} / {stride}, rounded down)"
    return None


def _enlarges(move: OpOnTheWay) -> bool:
    before, after = move.before[0] if move.before else move.after, move.after
    return before.rank == after.rank and before.shape[1:] < after.shape[1:]


# --- trying a remedy -------------------------------------------------------------------------


def _replayed(branch: BranchSide, change: Change) -> Shape | None:
    """The sizes of a branch with other ops; None where they cannot be told."""
    flow = branch.start
    for move in branch.moves:
        if len(move.before) == 1:
            try:
                flow = change(move).infer((flow,))[0]
            except Misfit:
                return None
        elif move.before and move.before[0].shape[1:] == move.after.shape[1:]:
            flow = TensorType((move.after.shape[0], *flow.shape[1:]), flow.dtype)
        else:
            return None
    return flow.shape[1:]


def _changed(step: OpOnTheWay, **arguments: object) -> Change:
    """The change that gives one step other arguments."""

    def change(move: OpOnTheWay) -> Op:
        return replace(move.op, **arguments) if move is step else move.op

    return change


# --- words -----------------------------------------------------------------------------------


def _visible(body: Body, moves: Sequence[OpOnTheWay]) -> bool:
    """True where the steps stand in the merge's own file, where the user can change them."""
    whole = body.owner().definition
    return whole is not None and all(m.span.source is whole.span.source for m in moves)


def _paddings(moves: Sequence[OpOnTheWay]) -> str:
    """``add `padding=1` to `conv(c, 3)` (line 4)``, for the first few of the steps."""
    places = {move.span: move for move in moves}
    texts = [_instruction(move, f"padding={_margin(move)}") for move in places.values()]
    return " and ".join(texts[:NAMED]) + (", and so on" if len(texts) > NAMED else "")


def _instruction(move: OpOnTheWay, argument: str) -> str:
    name = argument.partition("=")[0]
    given = any(a.name is not None and a.name.id == name for a in _arguments(move.node))
    return f"write `{argument}` in {move.place}" if given else f"add `{argument}` to {move.place}"
