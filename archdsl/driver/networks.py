"""The networks that a file declares, and the one that a SPEC means."""

from archdsl.base.exceptions import Misuse
from archdsl.base.suggest import did_you_mean
from archdsl.driver.spec import Spec
from archdsl.semantics.module import Module
from archdsl.syntax import tree


def networks(module: Module) -> list[str]:
    """The networks that a file itself declares, in its order; not one whose name something before
    it has, which is told."""
    return [
        d.name.id
        for d in module.file.declarations
        if isinstance(d, tree.NetworkDecl | tree.VariantDecl) and module.names[d.name.id][0] is d
    ]


def chosen(spec: Spec, module: Module) -> str:
    """The one that is asked for, or the only one, or the one named like the file; or `Misuse`."""
    names = networks(module)
    choices = ", ".join([n for n in names if complete(module, n)] or names)
    where = spec.source.name
    if not names:
        raise Misuse(f"{where} declares no network")
    if spec.network is not None:
        if spec.network in names:
            return spec.network
        hint = did_you_mean(spec.network, names)
        raise Misuse(f"{where} has no network `{spec.network}`; {hint or f'it declares {choices}'}")
    if len(names) == 1:
        return names[0]
    stem = spec.stem.lower().replace("_", "")
    like = [n for n in names if n.lower().replace("_", "") == stem and complete(module, n)]
    if spec.stem in like or len(like) == 1:
        return spec.stem if spec.stem in like else like[0]
    if spec.like in names:
        return spec.like
    raise Misuse(f"{where} declares several networks; {_how_to_name_one(spec)} {choices}")


def _how_to_name_one(spec: Spec) -> str:
    """The text that chooses one of several networks, for the caller."""
    if spec.path is not None:
        return f"name one: {spec.source.name}:NAME with"
    if spec.source.name == "<stdin>":
        return "name one: -:NAME with"
    return "let `network` be one of"


def _lineage(module: Module, name: str) -> tuple[list[tree.VariantDecl], tree.NetworkDecl | None]:
    """The variants that a name stands for, outermost first, and the network at their end."""
    variants: list[tree.VariantDecl] = []
    entry = module.find(name)
    while entry is not None and isinstance(entry[0], tree.VariantDecl):
        if any(entry[0] is variant for variant in variants):
            return variants, None
        variants.append(entry[0])
        entry = entry[1].find(entry[0].base.id)
    network = entry[0] if entry is not None else None
    return variants, network if isinstance(network, tree.NetworkDecl) else None


def declaration(module: Module, name: str) -> tree.NetworkDecl | None:
    """The declaration of a network, through all variants; None for variants of each other."""
    return _lineage(module, name)[1]


def complete(module: Module, name: str) -> bool:
    """True where a network can stand alone: none of its parameters waits for a value."""
    variants, network = _lineage(module, name)
    if network is None:
        return True  # that there is none is told where the name is used
    given = {a.name.id for v in variants for a in v.arguments if a.name is not None}
    places = max((sum(a.name is None for a in v.arguments) for v in variants), default=0)
    later = network.parameters[places:]
    return all(p.default is not None or p.name.id in given for p in later)
