"""Did you mean …? The nearest known word to an unknown one."""

from collections.abc import Iterable

PREFIX = 3  # letters that are enough to be the beginning of a word


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a typing slip most likely meant, or None if none is near."""
    candidates = sorted(set(known), key=lambda name: (len(name), name))
    wanted = _folded(word)
    begun = [name for name in candidates if _folded(name).startswith(wanted)]
    if begun and len(wanted) >= PREFIX:
        return begun[0]
    slips = {name: _slips(wanted, _folded(name)) for name in candidates}
    close = min(candidates, key=slips.__getitem__, default=None)
    most = max(1, len(wanted) // 3) if len(wanted) > 1 else 0  # a letter is near every letter
    near = close is not None and slips[close] <= most
    return close if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint sentence for the nearest known word; empty if none is near."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else ""


def _folded(word: str) -> str:
    return word.lower().replace("_", "")


def _slips(a: str, b: str) -> int:
    """The number of letters to put in, leave out, change, or swap with the next one to get b."""
    if abs(len(a) - len(b)) > max(len(a), 3) // 3:
        return len(a) + len(b)
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
