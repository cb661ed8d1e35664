"""Did you mean …? The nearest known word to an unknown one."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a typing slip most likely meant, or None if none is near."""
    import difflib

    candidates = sorted(set(known))
    folded: dict[str, str] = {}
    for name in candidates:
        folded.setdefault(name.lower().replace("_", ""), name)
    exact = folded.get(word.lower().replace("_", ""))
    if exact is not None:
        return exact
    close: list[str] = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint sentence for the nearest known word; empty if none is near."""
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found else ""
