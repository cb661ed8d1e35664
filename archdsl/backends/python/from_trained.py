"""`from_trained` of the deploy form: how trained weights become its own, and what helps with it."""

from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby
from re import fullmatch
from typing import assert_never

from archdsl.backends.python.layout import BODY, INDENT, Generator, Star, laid, quoted
from archdsl.ir.code import Call, Code, Name
from archdsl.transforms.classes.plan import Text
from archdsl.transforms.deploy import BlockRules, Deployment
from archdsl.transforms.deploy.origin import (
    FoldedWeight,
    JoinedWeight,
    KeptWeight,
    Origin,
    PassingWeight,
    Path,
    SummedWeight,
)
from archdsl.transforms.deploy.trained_weights import WeightRule

EPS = 1e-05  # the default of the helpers
HELPERS = {  # each with those that it calls
    "weight_and_bias": (),
    "scale_and_shift": (),
    "fold_batch_norm": ("weight_and_bias", "scale_and_shift"),
    "fold_transposed": ("scale_and_shift",),
    "pass_on": (),
    "pass_on_normalised": ("scale_and_shift",),
    "in_a_row": (),
    "added_up": (),
    "renamed": (),
}


def helpers(deployed: Deployment) -> list[str]:
    """The functions that the method needs, those that others call before them."""
    calls = {word for rules in deployed.weights for rule in rules.rules for word in _calls(rule)}
    needed = calls | {inner for word in calls for inner in HELPERS[word]}
    folder = files("archdsl.backends.python") / "weights"
    return [
        (folder / f"{name}.txt").read_text("utf-8").strip("\n")
        for name in HELPERS
        if name in needed
    ]


def method(name: str, cls: str, deployed: Deployment) -> list[str]:
    """The class method's lines."""
    layers = [line for rules in deployed.weights for line in _block(rules, computed=True)]
    moves = [line for rules in deployed.weights for line in _block(rules, computed=False)]
    some = " if key in trained" if layers or moves else ""
    lines = [
        f"{INDENT}@classmethod",
        f'{INDENT}def {name}(cls, trained: Mapping[str, Tensor]) -> "{cls}":',
        f'{BODY}"""This network with the weights of its training form, on their device."""',
    ]
    if layers:
        lines += [f"{BODY}layers: dict[str, tuple[Tensor, Tensor]] = {{}}", *layers]
    like = f".to(trained[{quoted(deployed.sample)}])" if deployed.sample else ""
    lines.append(f"{BODY}model = cls(){like}")
    lines.append(f"{BODY}state = {{key: trained[key] for key in model.state_dict(){some}}}")
    lines += moves
    if layers:
        lines.append(f"{BODY}for layer, (weight, bias) in layers.items():")
        lines.append(f'{BODY}{INDENT}state[f"{{layer}}.weight"] = weight')
        lines.append(f'{BODY}{INDENT}state[f"{{layer}}.bias"] = bias')
    return [*lines, f"{BODY}model.load_state_dict(state)", f"{BODY}return model.eval()"]


# --- statements ------------------------------------------------------------------------------


def _block(rules: BlockRules, computed: bool) -> list[str]:
    """The statements of some rules: those that compute weights, or those that rename them."""
    wanted = [rule for rule in rules.rules if computed is not isinstance(rule.origin, KeptWeight)]
    if not wanted:
        return []
    if len(rules.blocks) == 1:
        return [line for rule in wanted for line in _statement(rule, BODY, rules.blocks[0])]
    head = laid(BODY, "for block in ", _listed(rules.blocks), ":")
    inside = [line for rule in wanted for line in _statement(rule, BODY + INDENT, None)]
    return [*head, *inside]


def _statement(rule: WeightRule, indent: str, block: Path | None) -> list[str]:
    target = _key(rule.path, block)
    if not isinstance(rule.origin, KeptWeight):
        return laid(indent, f"layers[{target.text}] = ", _value(rule.origin, block))
    source = _key(rule.origin.path, block)
    if rule.names == ("",):
        return [f"{indent}state[{target.text}] = trained[{source.text}]"]
    return laid(indent, "state |= ", Call("renamed", (Name("trained"), source, target)))


def _value(origin: Origin, block: Path | None) -> Code:
    """The call that computes a layer's weight and bias."""
    trained = Name("trained")
    match origin:
        case KeptWeight():
            return Call("weight_and_bias", (trained, _key(origin.path, block)))
        case FoldedWeight():
            paths = (_key(origin.layer, block), _key(origin.norm, block))
            groups = () if origin.groups is None else _unless(groups=(origin.groups, 1))
            return Call(_word(origin), (trained, *paths), (*_eps(origin.eps), *groups))
        case PassingWeight():
            sizes = _unless(groups=(origin.groups, 1), dimensions=(origin.dimensions, 2))
            if origin.norm is None:
                return Call(_word(origin), (origin.channels,), sizes)
            arguments = (trained, _key(origin.norm, block))
            return Call(_word(origin), arguments, (*_eps(origin.eps), *sizes))
        case JoinedWeight() | SummedWeight():
            return Call(_word(origin), tuple(_value(part, block) for part in origin.parts))
    assert_never(origin)


def _calls(rule: WeightRule) -> Iterator[str]:
    """The helpers that a rule's statement calls."""
    if isinstance(rule.origin, KeptWeight):
        yield from () if rule.names == ("",) else ("renamed",)
    else:
        yield from _words(rule.origin)


def _words(origin: Origin) -> Iterator[str]:
    yield _word(origin)
    if isinstance(origin, JoinedWeight | SummedWeight):
        for part in origin.parts:
            yield from _words(part)


def _word(origin: Origin) -> str:
    """The helper that computes it."""
    match origin:
        case KeptWeight():
            return "weight_and_bias"
        case FoldedWeight():
            return "fold_batch_norm" if origin.groups is None else "fold_transposed"
        case PassingWeight():
            return "pass_on" if origin.norm is None else "pass_on_normalised"
        case JoinedWeight():
            return "in_a_row"
        case SummedWeight():
            return "added_up"
    assert_never(origin)


def _eps(eps: float) -> tuple[tuple[str, Code], ...]:
    return _unless(eps=(eps, EPS))


def _unless(**values: tuple[Code, Code]) -> tuple[tuple[str, Code], ...]:
    """The keywords whose value is not the default."""
    return tuple((name, value) for name, (value, default) in values.items() if value != default)


# --- paths -----------------------------------------------------------------------------------


def _key(path: Path, block: Path | None) -> Name:
    """A path below the loop's block, or below a given one, as a string in the source."""
    if block is None:
        return Name(f'f"{{block}}.{".".join(path)}"')
    return Name(quoted(".".join((*block, *path))))


def _listed(blocks: tuple[Path, ...]) -> Code:
    """The blocks' paths; a run of numbers as a generator."""
    items: list[Code] = []
    for _, group in groupby(enumerate(blocks), lambda pair: _row(*pair)):
        run = [".".join(path) for _, path in group]
        items += [_numbered(run)] if len(run) >= RUN else run
    return tuple(items)


RUN = 4  # this many blocks that differ in one number are written as one


def _row(index: int, path: Path) -> tuple[str, int]:
    """The common part of paths that are numbered one after the other."""
    numbered = fullmatch(r"(.*?)(\d+)", ".".join(path))
    if numbered is None or str(int(numbered[2])) != numbered[2]:
        return ".".join(path), 0
    return numbered[1], int(numbered[2]) - index


def _numbered(run: list[str]) -> Star:
    """`*(f"layer{i}" for i in range(1, 7))`."""
    prefix, start = _row(0, tuple(run[:1]))
    ends = (start, start + len(run)) if start else (len(run),)
    return Star(Generator(Text(prefix, ((Name("i"), ""),)), "i", Call("range", ends)))
