"""Pixels that a division rounds away: rows at the end of an input that no window reaches."""

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Scope, Step
from archdsl.ir.reach import Window, window
from archdsl.ops.brief import brief
from archdsl.ops.spatial import SPATIAL_NAMES, Slide


class Unread(Struct, frozen=True):
    """A step that leaves `count` rows of its input unread, in these dimensions."""

    path: str
    step: str
    line: int
    dimensions: tuple[str, ...]
    count: int
    arithmetic: str


class UnreadPixels:
    """Looks through scopes; each only once."""

    def __init__(self) -> None:
        self._by_scope: dict[Scope, tuple[Unread, ...]] = {}

    def of(self, scope: Scope, dimensions: tuple[str, ...] | None) -> tuple[Unread, ...]:
        """The steps of a scope and below that leave something unread, in running order.

        Only the dimensions named are looked at, all of them where none are; steps that only
        training runs are not.
        """
        everywhere = self._all(scope)
        if dimensions is None:
            return everywhere
        return tuple(u for u in everywhere if set(u.dimensions) & set(dimensions))

    def _all(self, scope: Scope) -> tuple[Unread, ...]:
        if scope not in self._by_scope:
            unread = [u for s in scope.steps if not s.training_only for u in self._below(scope, s)]
            self._by_scope[scope] = tuple(unread)
        return self._by_scope[scope]

    def _below(self, scope: Scope, step: Step) -> tuple[Unread, ...]:
        if isinstance(step.target, Scope):
            inside = self._all(step.target)
            return tuple(replace(u, path=f"{step.name}.{u.path}") for u in inside)
        return _of_op(scope, step)


def _of_op(scope: Scope, step: Step) -> tuple[Unread, ...]:
    """One entry for each number of rows that some of the dimensions leave."""
    assert not isinstance(step.target, Scope)
    inputs = scope.types_of(step.inputs)
    moving = window(step.target.reach(inputs))
    if moving is None or moving.transposed or set(moving.stride) == {1}:
        return ()
    slides = _slides(moving, inputs[0].shape[1:])
    names = SPATIAL_NAMES.get(len(slides), ())
    unread: dict[int, list[int]] = {}
    for k, (slide, length) in enumerate(zip(slides, step.outputs[0].shape[1:], strict=False)):
        unread.setdefault(left_over(slide, length), []).append(k)
    return tuple(
        Unread(
            step.name,
            f"{step.target.word} {brief(step.target, inputs)}",
            step.span.line,
            tuple(names[k] for k in places),
            count,
            slides[places[0]].arithmetic,
        )
        for count, places in unread.items()
        if count > 0
    )


def _slides(window: Window, sizes: tuple[int, ...]) -> list[Slide]:
    """The window along each dimension; none where the input has other dimensions."""
    if len(window.kernel) != len(sizes) or len(sizes) not in SPATIAL_NAMES:
        return []
    numbers = zip(sizes, window.kernel, window.stride, window.padding, window.dilation, strict=True)
    return [Slide(n, k, s, (p, p), d) for n, k, s, p, d in numbers]


def left_over(slide: Slide, length: int) -> int:
    """Rows behind the last of `length` windows; what a stride skips belongs to its window.

    A window that moves by one element reaches all: it divides nothing.
    """
    if slide.stride == 1:
        return 0
    end = (length - 1) * slide.stride - slide.margins[0] + max(slide.extent, slide.stride)
    return slide.size - end
