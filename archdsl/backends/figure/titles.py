"""Titles of frames where no arrow, box or other words are."""

from collections.abc import Iterator, Mapping
from itertools import islice

from archdsl.backends.figure.room import Room
from archdsl.transforms.picture.drawing_parts import Direction
from archdsl.transforms.picture.geometry import Geometry
from archdsl.transforms.picture.page_layout import Rect, Size

ASIDE, STEP = 8.0, 4.0  # from a frame's border, and on
BELOW = 5.0  # the border


def clear_titles(sheet: Geometry, room: Room, direction: Direction) -> None:
    """Moves each title along the top of its frame, no farther than needed."""
    for name, title in sheet.titles.items():
        free = filter(room.free, _places(sheet.frames[name][0], title, direction))
        sheet.titles[name] = next(free, title)
        room.take(sheet.titles[name])


def title_again(
    sheet: Geometry, room: Room, titles: Mapping[str, Size], direction: Direction
) -> None:
    """Puts a title of a size into each later piece of the frames that were cut, if it has room."""
    for name, size in titles.items():
        repeated: list[Rect] = []
        for piece in sheet.frames[name][1:]:
            top = Rect(piece.across, piece.along + BELOW, size)
            if direction == "LR":
                top = Rect(piece.across + BELOW, piece.along, Size(*size[::-1]))
            repeated += islice(filter(room.free, _places(piece, top, direction)), 1)
        for box in repeated:
            room.take(box)
        sheet.again[name] = tuple(repeated)


def _places(frame: Rect, title: Rect, direction: Direction) -> Iterator[Rect]:
    upright = direction == "TB"
    start, whole = (frame.across, frame.size) if upright else (frame.along, frame.size[::-1])
    room = whole[0] - (title.size if upright else title.size[::-1])[0]
    aside = ASIDE
    while aside <= room - ASIDE:
        at = start + aside
        yield Rect(at, title.along, title.size) if upright else Rect(title.across, at, title.size)
        aside += STEP
