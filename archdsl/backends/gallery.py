"""The gallery as Markdown: a page for each family of the catalogue, and the list of them."""

from collections.abc import Iterable

from msgspec import Struct

from archdsl.base.quantities import count, scaled

NOTICE = "<!-- Printed from the specs by `python -m archdsl.cli.gallery`; do not edit. -->"
INTRODUCTION = """\
Every network of the catalogue, by the file that holds it: its spec, a diagram, and its figures as
the compiler counts them ([what is counted](../costs.md))."""


class Publication(Struct, frozen=True):
    """The publication of an architecture."""

    citation: str
    address: str


class Exhibit(Struct, frozen=True):
    """One network: shapes and the field as text; `field` empty without a map."""

    name: str
    summary: str
    input: str
    output: str
    params: int
    macs: int
    field: str
    depth: int


class GalleryPage(Struct, frozen=True):
    """The networks of one spec file; `pictured` is the one whose diagram stands for all."""

    stem: str
    name: str
    line: str
    pictured: str
    papers: tuple[Publication, ...]
    networks: tuple[Exhibit, ...]
    spec: str


def family_page(family: GalleryPage) -> str:
    """Papers, figures, diagram and spec."""
    rows = "\n".join(map(_row, family.networks))
    parts = [
        f"# {family.name}",
        NOTICE,
        f"{family.line[0].upper()}{family.line[1:]}.",
        _papers(family.papers),
        "| network | input | output | params | MACs | receptive field | depth | |\n"
        f"|---|---|---|---|---|---|---|---|\n{rows}",
        f'<img src="{family.stem}.svg" alt="{family.pictured}, drawn" width="760">',
        f"`archdsl draw {family.pictured}` draws it. The spec, `specs/{family.stem}.arch`:",
        f"```arch whole {family.stem}.arch\n{family.spec.rstrip()}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def gallery_index(families: Iterable[GalleryPage]) -> str:
    """Every family with its networks."""
    rows = [
        f"| {_picture(f)} | [{f.name}]({f.stem}.md) | {f.line} | "
        f"{', '.join(f'`{n.name}`' for n in f.networks)} |"
        for f in families
    ]
    table = "\n".join(["| | family | | networks |", "|---|---|---|---|", *rows])
    return f"# Gallery\n\n{NOTICE}\n\n{INTRODUCTION}\n\n{table}\n"


def _picture(family: GalleryPage) -> str:
    """The diagram, small, which leads to the page."""
    alt = f"{family.pictured}, drawn"
    image = f'<img src="{family.stem}.svg" alt="{alt}" height="120" loading="lazy">'
    return f"[{image}]({family.stem}.md)"


def _papers(papers: tuple[Publication, ...]) -> str:
    return "\n".join(f"- [{paper.citation}]({paper.address})" for paper in papers)


def _row(shown: Exhibit) -> str:
    cells = (
        f"`{shown.name}`",
        shown.input,
        shown.output,
        count(shown.params),
        scaled(shown.macs),
        shown.field,
        str(shown.depth),
        shown.summary,
    )
    return f"| {' | '.join(cells)} |"
