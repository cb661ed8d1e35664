"""Comments put at random places of the catalogue's specs: `fmt` leaves each by its neighbour."""

import re
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from archdsl.base.source import Source
from archdsl.syntax.fmt import fmt
from archdsl.syntax.fmt.ownership import led_by_comments
from archdsl.syntax.grammar import tokens
from archdsl.syntax.logical_lines import lay_out
from archdsl.syntax.parse import parse

SPECS = sorted((Path(__file__).resolve().parents[2] / "specs").glob("*.arch"))
SHARE = 0.1  # of the gaps between tokens
DEEPER = " " * 60  # than any line stands, for one that goes on


def with_comments(text: str, random: Random) -> str:
    """The text with numbered comments where a line may end: between lines, in brackets, behind."""
    words = list(tokens(text))
    depth, places = 0, []
    for before, token in pairwise(words):
        depth += (before.type in ("LPAR", "LSQB")) - (before.type in ("RPAR", "RSQB"))
        inside = depth > 0 and token.type not in ("LINE_END", "COMMENT")
        inside = inside or token.type == "ARROW"
        if (inside or token.type == "LINE_END") and random.random() < SHARE:
            places.append((before.end_pos, inside))
    for number, (place, inside) in reversed(list(enumerate(places))):
        rows = [f"# allow: N{number:04d}{letter}" for letter in "abc"[: random.randint(1, 3)]]
        comments = f"\n{DEEPER}".join(rows)
        begins = f"\n{DEEPER}" if random.random() < 0.3 else "  "
        ends = f"\n{DEEPER}" if inside else ""
        text = f"{text[:place]}{begins}{comments}{ends}{text[place:]}"
    return text


def lines_of_comments(text: str) -> list[tuple[str, str]]:
    """Each comment, in order, with what its line says, blanks and commas aside."""
    source = Source("spec.arch", text)
    pairs = led_by_comments(source, lay_out(source, tokens(text)))
    said = [(c.start, c.text.rstrip(), _plain(line.text)) for c, line in pairs]
    return [(comment, line) for _, comment, line in sorted(said)]


def _plain(line: str) -> str:
    bare = re.sub(r"#[^\n]*", "", line)
    return re.sub(r"[\s,()]", "", bare)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("seed", range(60))
def test_comments_stay_with_their_lines_and_in_order(seed: int) -> None:
    random = Random(seed)
    text = with_comments(random.choice(SPECS).read_text(encoding="utf-8"), random)
    parsed = parse(Source("spec.arch", text))
    assert parsed.ok, parsed.diagnostics[0].message
    assert lines_of_comments(fmt(parsed)) == lines_of_comments(text)
