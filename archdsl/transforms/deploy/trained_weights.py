"""The origins of all weights, from the network's root: what `from_trained` has to do."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from archdsl.ir.graph import Scope
from archdsl.transforms.deploy.form import Form, Origins, origins_of
from archdsl.transforms.deploy.origin import KeptWeight, Origin, Path, moved, paths, under


class WeightRule(Struct, frozen=True):
    """The origin of the weights (`names`) of a layer of the deploy form."""

    path: Path
    origin: Origin
    names: tuple[str, ...]


class BlockRules(Struct, frozen=True):
    """Rules that hold below each of the `blocks`; their paths are relative to these."""

    blocks: tuple[Path, ...]
    rules: tuple[WeightRule, ...]


def weight_rules(form: Form) -> tuple[BlockRules, ...]:
    """The layers whose weights are not simply those of the same key, alike ones together."""
    blocks_of: dict[WeightRule, list[Path]] = {}
    for rule in _rules(form.program.root, (), (), form.origins):
        block = _block(rule)
        blocks_of.setdefault(_below(block, rule), []).append(block)
    together: dict[tuple[Path, ...], list[WeightRule]] = {}
    for rule, blocks in blocks_of.items():
        for part in ([b for b in blocks if not b], [b for b in blocks if b]):
            if part:
                together.setdefault(tuple(part), []).append(rule)
    return tuple(BlockRules(blocks, tuple(rules)) for blocks, rules in together.items())


def _rules(
    scope: Scope, here: Path, trained: Path, known: Mapping[Scope, Origins]
) -> Iterator[WeightRule]:
    """`here` and `trained` are the paths of the scope in both forms."""
    origins = origins_of(scope, known)
    for name, step in scope.first_uses().items():
        path, origin = (*here, name), under(trained, origins.by_name[name])
        if isinstance(step.target, Scope):
            assert isinstance(origin, KeptWeight)
            yield from _rules(step.target, path, origin.path, known)
            continue
        weights = step.target.weights(scope.types_of(step.inputs))
        if weights and origin != KeptWeight(path):
            yield WeightRule(path, origin, tuple(weight.name for weight in weights))


def _block(rule: WeightRule) -> Path:
    """The common beginning of the paths of a layer and its sources."""
    block = rule.path[:-1]
    for path in paths(rule.origin):
        while path[: len(block)] != block or len(path) == len(block):
            block = block[:-1]
    return block


def _below(block: Path, rule: WeightRule) -> WeightRule:
    """The rule with its paths seen from the block."""
    start = len(block)
    return WeightRule(rule.path[start:], moved(rule.origin, lambda path: path[start:]), rule.names)
