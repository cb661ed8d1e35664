"""The largest drawings that are laid out: the time that Graphviz takes grows faster than they."""

from collections import Counter

from archdsl.backends.figure.graphviz import NotLaidOut
from archdsl.transforms.picture.drawing_parts import Picture, nodes

MOST_ABREAST = 1_000  # boxes beside each other
MOST_PASSED = 10_000  # boxes that the arrows pass, all together
TANGLED = 4_500  # boxes that arrows pass, from which on Graphviz is told to stop early


class TooLarge(NotLaidOut):
    """A drawing that would take minutes to lay out."""


def refuse_too_large(picture: Picture) -> None:
    """Raises `TooLarge`."""
    rows = _rows(picture)
    abreast = max(Counter(rows.values()).values(), default=0)
    if abreast > MOST_ABREAST:
        raise _refusal(f"{abreast:,} boxes beside each other", MOST_ABREAST)
    if (passed := _passed(picture, rows)) > MOST_PASSED:
        raise _refusal(f"arrows that pass {passed:,} boxes", MOST_PASSED)


def is_tangled(picture: Picture) -> bool:
    """True where Graphviz without limits may move boxes about for a minute."""
    return _passed(picture, _rows(picture)) > TANGLED


def _passed(picture: Picture, rows: dict[str, int]) -> int:
    return sum(max(0, rows[e.head] - rows[e.tail] - 1) for e in picture.edges)


def _rows(picture: Picture) -> dict[str, int]:
    """The row of each box: the longest way that leads to it."""
    rows = {node.id: 0 for node in nodes(picture.items)}
    readers: dict[str, list[str]] = {id_: [] for id_ in rows}
    for edge in picture.edges:
        readers[edge.tail].append(edge.head)
    for id_ in rows:  # in running order, so all that leads to a box stands before it
        for reader in readers[id_]:
            rows[reader] = max(rows[reader], rows[id_] + 1)
    return rows


def _refusal(what: str, most: int) -> TooLarge:
    return TooLarge(
        f"the drawing is too large to lay out: {what}, and at most {most:,} are possible; "
        "`--format mermaid` and `--format dot` write the drawing as text"
    )
