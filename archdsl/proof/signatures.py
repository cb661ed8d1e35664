"""The parameters of PyTorch's modules and functions, so that a call is the same however written.

`signatures.txt` holds them as PyTorch declares them; a test compares.
"""

from functools import cache
from importlib.resources import files
from typing import Any

SIZES = {"kernel_size", "stride", "padding", "dilation", "output_padding", "output_size"}


@cache
def signatures() -> dict[str, tuple[tuple[str, str | None], ...]]:
    """For each function its parameters in order, each with its default as text, or None."""
    text = (files("archdsl") / "proof" / "signatures.txt").read_text("utf-8")
    parameters: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for line in text.splitlines():
        name, _, rest = line.removesuffix(")").partition("(")
        pieces = [piece.partition("=") for piece in rest.split(", ") if piece]
        parameters[name] = tuple((key, default if sign else None) for key, sign, default in pieces)
    return parameters


def written(function: str, given: Any, keywords: dict[str, Any]) -> str:
    """A call as text: arguments by name where these are known, those at their defaults left out."""
    known = len(signatures().get(function, ()))
    if not known and not keywords:
        return f"{function}({', '.join(map(repr, given))})"
    if len(given) > known:
        texts = [f"{name}={value!r}" for name, value in sorted(keywords.items())]
        return f"{function}({', '.join([*map(repr, given), *texts])})"
    named = arguments(function, given, keywords)
    return f"{function}({', '.join(f'{name}={text}' for name, text in sorted(named.items()))})"


def arguments(function: str, given: Any, keywords: dict[str, Any]) -> dict[str, str]:
    """The arguments of a known function by name, as text, without those at their defaults."""
    parameters = signatures().get(function, ())
    named = {name: value for (name, _), value in zip(parameters, given, strict=False)}
    texts = {
        name: repr(_one_size(function, name, value)) for name, value in (keywords | named).items()
    }
    if len(texts) < len(given) + len(keywords):
        texts["twice"] = ", ".join(sorted(keywords))
    for name, default in parameters:
        if texts.get(name) == default:
            del texts[name]
    return texts


def _one_size(function: str, name: str, value: object) -> object:
    """One number for a size that is the same along every dimension."""
    if name in SIZES and isinstance(value, tuple) and len(set(map(repr, value))) == 1:
        return value[0] if function[-2:] in ("1d", "2d", "3d") else value
    return value
