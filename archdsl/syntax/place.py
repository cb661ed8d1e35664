"""The place where reading stopped: the tokens around the one that no rule can take."""

from collections.abc import Sequence

from lark import Token
from msgspec import Struct

from archdsl.base.source import Source, Span
from archdsl.syntax.mistakes import short
from archdsl.syntax.words import CLOSING, OPENING

CONSTANTS = {"NUMBER", "SHAPE", "STRING", "TRUE", "FALSE", "NONE"}
BEGINS_VALUE = CONSTANTS | {"NAME", "TEMPLATE_OPEN", "LPAR", "LSQB"}
ENDS_VALUE = CONSTANTS | {"NAME", *CLOSING}


def span_of(source: Source, token: Token) -> Span:
    """The text of one token."""
    return Span(source, token.start_pos or 0, token.end_pos or 0)


def over(source: Source, tokens: Sequence[Token]) -> Span:
    """The text from the first to the last of some tokens."""
    return span_of(source, tokens[0]).to(span_of(source, tokens[-1]))


class StoppingPlace(Struct, frozen=True):
    """The place where reading stopped: a line, the index of its token, and the possible kinds."""

    source: Source
    tokens: list[Token]
    index: int
    accepts: set[str]

    @property
    def at_end(self) -> bool:
        return self.index == len(self.tokens)

    @property
    def kind(self) -> str:
        return "_NEWLINE" if self.at_end else str(self.tokens[self.index].type)

    @property
    def text(self) -> str:
        return "the end of the line" if self.at_end else f"`{short(self.tokens[self.index])}`"

    @property
    def span(self) -> Span:
        """The token, or the place behind the line's last one."""
        if self.at_end:
            end = span_of(self.source, self.tokens[-1]).end
            return Span(self.source, end, end)
        return span_of(self.source, self.tokens[self.index])

    @property
    def head(self) -> str:
        return str(self.tokens[0].type)

    @property
    def before(self) -> Token | None:
        return self.tokens[self.index - 1] if self.index else None

    @property
    def depth(self) -> int:
        """The number of brackets that are open before the token."""
        kinds = [token.type for token in self.tokens[: self.index]]
        return sum((kind in OPENING) - (kind in CLOSING) for kind in kinds)

    def kind_at(self, index: int) -> str:
        return str(self.tokens[index].type) if 0 <= index < len(self.tokens) else ""

    def between_values(self) -> bool:
        """True where a value has just ended and another begins."""
        return self.kind_at(self.index - 1) in ENDS_VALUE and self.kind in BEGINS_VALUE
