"""Rules about what flows in: a batch in the shape, channels that come last, one value a channel."""

import re
from collections.abc import Iterator

from archdsl.analyses.lints import mistakes
from archdsl.analyses.lints.wiring import OpSite, Wiring, mixes, window_of
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.shape import Shape
from archdsl.ops.base import OpFamily
from archdsl.ops.spatial import SPATIAL_NAMES

PLANES = (1, 3)  # channels of grey and of coloured pictures
SMALLEST = 16  # of a picture's height and width
_OF_INPUT = re.compile(r"\bgroups\s*=\s*input\.channels\s*[,)]")
_ARGUMENT = r"\w+\s*=\s*[\w.]+"  # one more, by its name
_MORE = re.compile(_ARGUMENT)
_SIZES = re.compile(
    rf"\w+\(\s*(?P<before>(?:{_ARGUMENT}\s*,\s*)*)(?P<how>(?:size\s*=\s*)?)"
    r"(?P<sizes>\((?P<owner>[\w{}]+)\.\w+(?:\s*,\s*(?P=owner)\.\w+)*,?\)"
    r"|(?P<other>[\w{}]+)\.\w+(?:\s*,\s*(?P=other)\.\w+)*)"
    rf"(?P<after>(?:\s*,\s*{_ARGUMENT})*)\s*,?\s*\)"
)
_BARE = (OpFamily.ACTIVATION, OpFamily.NORMALISATION)


def shape_of_elsewhere(wiring: Wiring) -> Iterator[Diagnostic]:
    """A picture's shape with a batch before it, or with its channels at its end."""
    for site in wiring.sites:
        shape = site.inputs[0].shape if site.inputs else ()
        if shape not in {x.shape for x in wiring.inputs} or window_of(site) is None:
            continue
        if _with_batch(shape):
            yield mistakes.shape_of_elsewhere(site, "a spec has no batch", shape[1:])
            return
        if _channels_last(shape):
            meant = shape[2], *shape[:2]
            yield mistakes.shape_of_elsewhere(site, "channels come first", meant)
            return


def sequence_in_merge(wiring: Wiring) -> Iterator[Diagnostic]:
    """Layers, norms and activations as branches of one merge look like a sequence."""
    merges = [site for site in wiring.sites if len(site.inputs) > 3]
    makers = wiring.makers() if merges else {}
    for merge in merges:
        ways = [branch for branch in makers[merge] if branch.place == merge.place]
        alike = [b for b in ways if makers[b] == makers[ways[0]]]
        bare = [b for b in alike if b.op.family in _BARE]
        if len(bare) > 1 and any(map(mixes, alike)):
            yield mistakes.sequence_in_merge(merge, bare[0].span)


def groups_of_elsewhere(wiring: Wiring) -> Iterator[Diagnostic]:
    """`groups=input.channels` where what flows in has other channels than the input."""
    for site in wiring.sites:
        groups = getattr(site.op, "groups", None)
        if groups is None or not _OF_INPUT.search(site.span.text):
            continue
        channels = site.inputs[0].shape[0]
        if groups != channels:
            yield mistakes.groups_of_elsewhere(site, groups, channels)


def size_of_the_spec(wiring: Wiring) -> Iterator[Diagnostic]:
    """A size of a tensor that `forward` cannot ask for is that of the spec, whatever comes in."""
    for site in wiring.sites:
        asked = site.op.like and not site.of_the_moment
        written = _SIZES.fullmatch(site.span.text) if asked else None
        if written is not None and _whole(written, site):
            owner = written["owner"] or written["other"]
            more = "".join(
                f", {each}" for each in _MORE.findall(written["before"] + written["after"])
            )
            call = f"{site.op.like}(identity, {owner}{more})"
            yield mistakes.size_of_the_spec(site, owner, call)


def _whole(written: re.Match[str], site: OpSite) -> bool:
    """True for all sizes of a tensor's places, in their order."""
    names = re.findall(r"\.(\w+)", written["sizes"])
    by_place = site.op.positional[:1] == ("scale_factor",) and "size" not in written["how"]
    return tuple(names) == SPATIAL_NAMES[len(site.inputs[0].shape) - 1] and not by_place


def one_value_a_channel(wiring: Wiring) -> Iterator[Diagnostic]:
    """A norm over the batch of a flow of one place has the samples alone."""
    for site in wiring.sites:
        shape = site.inputs[0].shape if site.inputs else ()
        if len(shape) > 1 and site.op.values_of_a_sample(site.inputs) == 1:
            yield mistakes.one_value_a_channel(site)


def _with_batch(shape: Shape) -> bool:
    return len(shape) == 4 and shape[1] in PLANES and min(shape[2:]) >= SMALLEST


def _channels_last(shape: Shape) -> bool:
    return len(shape) == 3 and shape[2] in PLANES and min(shape[:2]) >= SMALLEST
