"""The changes of the deploy form, for people: by transform, with the savings for one sample."""

from functools import reduce
from itertools import groupby

from archdsl.base.quantities import counted, scaled
from archdsl.transforms.deploy import Change, Deployment
from archdsl.transforms.deploy.form import Saving


def explained(deployed: Deployment) -> str:
    """One paragraph for each transform that did something, one line for each place."""
    paragraphs = [
        _paragraph(transform, list(changes))
        for transform, changes in groupby(deployed.changes, lambda change: change.transform)
    ]
    layout = "channels last" if deployed.channels_last else "as in training"
    return "\n\n".join([*paragraphs, f"layout: {layout}"]) + "\n"


def _paragraph(transform: str, changes: list[Change]) -> str:
    total = reduce(Saving.__add__, (change.saving for change in changes))
    width = max(len(change.path) for change in changes)
    head = f"{transform}: {_places(len(changes))}{_saved(total)}"
    lines = [
        f"  {change.path:<{width}}  {change.what}{_saved(change.saving)}" for change in changes
    ]
    return "\n".join([head, *lines])


def _places(number: int) -> str:
    return counted(number, "place")


def _saved(saving: Saving) -> str:
    """`; saves 1.6M elementwise operations`, nothing for nothing."""
    figures = (
        (saving.macs, "MACs"),
        (saving.elementwise, "elementwise operations"),
        (saving.reads, "elements read"),
        (saving.writes, "elements written"),
    )
    listed = ", ".join(f"{scaled(number)} {what}" for number, what in figures if number > 0)
    return f"; saves {listed}" if listed else ""
