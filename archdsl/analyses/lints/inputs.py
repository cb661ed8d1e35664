"""Rules about what flows in: a batch in the shape, channels that come last, one value a channel."""

import re
from collections.abc import Iterator
from math import prod

from archdsl.analyses.lints.finding import at, brief, mixes, window
from archdsl.analyses.lints.wiring import Site, Wiring
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Label
from archdsl.ir.shape import Shape, format_shape
from archdsl.ops.base import Family

PLANES = (1, 3)  # channels of grey and of coloured pictures
SMALLEST = 16  # of a picture's height and width
_OF_INPUT = re.compile(r"\bgroups\s*=\s*input\.channels\s*[,)]")
_BARE = (Family.ACTIVATION, Family.NORMALISATION)


def shape_of_elsewhere(wiring: Wiring) -> Iterator[Diagnostic]:
    """W0111: a picture's shape with a batch before it, or with its channels at its end."""
    for site in wiring.sites:
        shape = site.inputs[0].shape if site.inputs else ()
        if shape not in {x.shape for x in wiring.inputs} or window(site) is None:
            continue
        if _with_batch(shape):
            yield _as_written(site, "a spec has no batch", shape[1:])
            return
        if _channels_last(shape):
            yield _as_written(site, "channels come first", (shape[2], *shape[:2]))
            return


def sequence_in_merge(wiring: Wiring) -> Iterator[Diagnostic]:
    """W0112: layers, norms and activations as branches of one merge look like a sequence."""
    merges = [site for site in wiring.sites if len(site.inputs) > 3]
    makers = wiring.makers() if merges else {}
    for merge in merges:
        ways = [branch for branch in makers[merge] if branch.place == merge.place]
        alike = [b for b in ways if makers[b] == makers[ways[0]]]
        bare = [b for b in alike if b.op.family in _BARE]
        if len(bare) > 1 and any(map(mixes, alike)):
            yield at(
                merge,
                "W0112",
                f"`{merge.op.word}` joins {len(merge.inputs)} branches that all begin with its "
                f"input, and `{brief(bare[0].span)}` alone is one of them",
                f"where lines follow one another, indent them below a `path:` in `{merge.op.word}`",
                others=(Label(bare[0].span, "a branch of its own"),),
            )


def groups_of_elsewhere(wiring: Wiring) -> Iterator[Diagnostic]:
    """W0114: `groups=input.channels` where what flows in has other channels than the input."""
    for site in wiring.sites:
        groups = getattr(site.op, "groups", None)
        if groups is None or not _OF_INPUT.search(site.span.text):
            continue
        channels = site.inputs[0].shape[0]
        if groups != channels:
            yield at(
                site,
                "W0114",
                f"`{brief(site.span)}` has {groups} groups for {channels} channels: `input` is "
                "what the body was given, not what flows in here",
                "make a block of these lines, whose `input` is what flows into them",
            )


def one_value_a_channel(wiring: Wiring) -> Iterator[Diagnostic]:
    """W0205: a norm over the batch of a flow of one place has the samples alone."""
    for site in wiring.sites:
        shape = site.inputs[0].shape if site.inputs else ()
        if len(shape) > 1 and site.op.channel_map() is not None and prod(shape[1:]) == 1:
            yield at(
                site,
                "W0205",
                f"`{brief(site.span)}` has one value a channel of each sample: a batch of 1 "
                "cannot train",
                "train with batches of 2 or more, and drop a last batch of 1",
            )


def _with_batch(shape: Shape) -> bool:
    return len(shape) == 4 and shape[1] in PLANES and min(shape[2:]) >= SMALLEST


def _channels_last(shape: Shape) -> bool:
    return len(shape) == 3 and shape[2] in PLANES and min(shape[:2]) >= SMALLEST


def _as_written(site: Site, why: str, meant: Shape) -> Diagnostic:
    channels, *rest = site.inputs[0].shape
    taken = f"{channels} channel{'s' * (channels > 1)} of {format_shape(tuple(rest))}"
    return at(
        site,
        "W0111",
        f"`{brief(site.span)}` takes the input for {taken}: {why}",
        f"write `input {format_shape(meant)}`",
    )
