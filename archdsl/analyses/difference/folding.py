"""Changes told once: steps that changed in the same way together, with how many they are.

Two changes are the same if they are of the same kind, to the same op or block, and concern the
same arguments; the numbers may differ, as those of stages do. Blocks must also have changed in
the same way inside.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.difference.alignment import kind_of
from archdsl.analyses.difference.pairing import Change, Match, label
from archdsl.ir.graph import Scope


class FoldedValue(BaseModel):
    """The differences, each with its value before and after, in the order of the steps."""

    model_config = ConfigDict(frozen=True)

    name: str
    pairs: tuple[tuple[str, str], ...]


class Folded(BaseModel):
    """Steps with the same change; inside a block, the paths begin at the block."""

    model_config = ConfigDict(frozen=True)

    change: Change = Field(description="`same`: only steps inside have changed")
    paths: tuple[str, ...] = Field(description="where they were; of added steps, where they are")
    new_paths: tuple[str, ...]
    old: str = Field(description="op or block; in a few words where all have the same")
    new: str
    values: tuple[FoldedValue, ...]
    inside: tuple["Folded", ...]


class _Column(Struct, frozen=True):
    """The same step of every block in a group: one node for each, and its path in the block."""

    nodes: tuple[Match, ...]
    path: str
    new_path: str


def fold(nodes: Iterable[Match]) -> tuple[Folded, ...]:
    """The changes among the nodes and below, those of the same form together."""
    return _fold(_Column((n,), _path(n), _new_path(n)) for n in _shown(nodes))


def _fold(columns: Iterable[_Column]) -> tuple[Folded, ...]:
    groups: dict[object, list[_Column]] = {}
    for column in columns:
        groups.setdefault(_form(column.nodes[0]), []).append(column)
    return tuple(map(_folded, groups.values()))


def _folded(group: list[_Column]) -> Folded:
    nodes = [node for column in group for node in column.nodes]
    first = nodes[0]
    return Folded(
        change=first.change,
        paths=tuple(column.path for column in group),
        new_paths=tuple(column.new_path for column in group),
        old=_common([label(n.old) for n in nodes], _kind(first, new=False)),
        new=_common([label(n.new) for n in nodes], _kind(first, new=True)),
        values=tuple(_values(nodes)) if first.change == "changed" else (),
        inside=_fold(_columns(nodes)),
    )


def _columns(blocks: Sequence[Match]) -> Iterator[_Column]:
    """The steps inside blocks of one form, each with its counterparts."""
    for nodes in zip(*(_shown(block.inside) for block in blocks), strict=True):
        old, new = blocks[0].old, blocks[0].new
        path = _path(nodes[0]).removeprefix(f"{old.path}." if old is not None else "")
        new_path = _new_path(nodes[0]).removeprefix(f"{new.path}." if new is not None else "")
        yield _Column(nodes, path, new_path)


def _shown(nodes: Iterable[Match]) -> Iterator[Match]:
    """The nodes that have changed or have changes below; chains make room for their steps."""
    for node in nodes:
        if node.change == "same" and _is_chain(node):
            yield from _shown(node.inside)
        elif any(below.change != "same" for below in node.walk()):
            yield node


def _form(node: Match) -> object:
    """The part that two changes must share to be told together."""
    if node.change == "moved" and not any(_shown(node.inside)):
        return "moved"
    names = tuple(value.name for value in node.values)
    inside = tuple((_name(below, node), _form(below)) for below in _shown(node.inside))
    return node.change, _kind(node, new=False), _kind(node, new=True), names, inside


def _name(node: Match, block: Match) -> str:
    """A step's path in its block."""
    place, outer = (node.new, block.new) if node.new is not None else (node.old, block.old)
    assert place is not None
    return place.path.removeprefix(f"{outer.path}." if outer is not None else "")


def _values(nodes: Sequence[Match]) -> Iterator[FoldedValue]:
    for k, value in enumerate(nodes[0].values):
        pairs = dict.fromkeys((node.values[k].old, node.values[k].new) for node in nodes)
        yield FoldedValue(name=value.name, pairs=tuple(pairs))


def _common(labels: list[str], kind: str) -> str:
    """The label that all have, or what is common to them."""
    return labels[0] if len(set(labels)) == 1 else kind


def _kind(node: Match, *, new: bool) -> str:
    place = node.new if new else node.old
    if place is None:
        return ""
    return kind_of(place.step.target) or "path"


def _is_chain(node: Match) -> bool:
    places = (node.old, node.new)
    targets = [place.step.target for place in places if place is not None]
    return all(isinstance(t, Scope) and not t.block for t in targets)


def _path(node: Match) -> str:
    place = node.old or node.new
    assert place is not None
    return place.path


def _new_path(node: Match) -> str:
    place = node.new or node.old
    assert place is not None
    return place.path
