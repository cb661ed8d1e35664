"""The size of words and boxes: a node or lines of text → points, in the font of the drawing."""

from msgspec import Struct

from archdsl.base.font import Face, Font, standard
from archdsl.transforms.picture.drawing_parts import Node, Role
from archdsl.transforms.picture.page_layout import LETTERS, Size

HEADING = 14.0  # the size of a drawing's name
LEADING = 1.2  # from line to line, in parts of the letters' size
SIDE, END = 7.2, 3.3  # from a box's words to its border
PILL = 10.0  # … where the border is round
LEAST = Size(24.0, 21.6)  # of a box
CIRCLE = 24.0  # of a merge with a sign
SIGN = 3  # letters of a sign at most
BELOW = 9.0  # between a drawing's title and what is drawn


class Ruler(Struct, frozen=True):
    """Sizes in one font, to the right and down."""

    font: Font

    def box(self, node: Node) -> Size:
        """A box or circle with its lines."""
        if is_sign(node):
            return Size(CIRCLE, CIRCLE)
        words = self.words(node.lines)
        if node.role is Role.HEADER:
            words = Size(
                max(words.across, self.words(node.lines[:1], bold=True).across), words.along
            )
        side = PILL if node.role is Role.MERGE else SIDE
        wide, high = words.across + 2 * side, words.along + 2 * END
        return Size(round(max(wide, LEAST.across), 1), round(max(high, LEAST.along), 1))

    def words(self, lines: tuple[str, ...], bold: bool = False) -> Size:
        """Lines one below the other."""
        face = self.font.bold if bold else self.font.regular
        return Size(_widest(face, lines, LETTERS), len(lines) * LETTERS * LEADING)

    def title(self, lines: tuple[str, ...]) -> Size:
        """A drawing's name and facts, with the room below them; nothing without lines."""
        if not lines:
            return Size(0, 0)
        facts = self.words(lines[1:])
        wide = max(_widest(self.font.bold, lines[:1], HEADING), facts.across)
        return Size(wide, HEADING * LEADING + facts.along + BELOW)


STANDARD = Ruler(standard())


def is_sign(node: Node) -> bool:
    """True where a merge is a circle with a sign in it."""
    return node.role is Role.MERGE and len(node.lines) == 1 and len(node.lines[0]) <= SIGN


def _widest(face: Face, lines: tuple[str, ...], size: float) -> float:
    return max((face.width(line, size) for line in lines), default=0.0)
