"""Versions of a text as somebody types at random: insertions, deletions, undone ones."""

import random
from collections.abc import Iterator

PIECES = (
    *'()[]{},:=.-#"\n',
    "\n\n",
    "    ",
    " -> ",
    '"""',
    "é",
    "𝒳",
    "\t",
    "conv(",
    "block b(k):\n    conv(k, 1)\n",
    "network ",
    "relu",
    "for i in range(2):",
    "x",
    "1",
    ":: 3x4",
)


def versions(text: str, count: int, seed: int) -> Iterator[str]:
    """Texts, each an edit away from the one before; every few the first one again."""
    draw = random.Random(seed)
    before, now = text, text
    for number in range(count):
        kind = draw.random()
        if kind < 0.25:
            before, now = now, before  # undone, or done again
        elif kind < 0.3 or number % 12 == 11:
            before, now = now, text
        else:
            start = draw.randrange(len(now) + 1)
            end = min(len(now), start + draw.choice([0, 0, 0, 1, 1, 4, 30]))
            before, now = now, now[:start] + draw.choice(["", *PIECES]) + now[end:]
        yield now
