"""The difference of two networks as text: figures by block, changes folded, keys of weights."""

from collections.abc import Callable, Iterable, Iterator

from archdsl.analyses.difference.folding import Folded
from archdsl.analyses.difference.report import BlockChange, Difference
from archdsl.backends.audit.row_words import WIDTH
from archdsl.backends.report_json import as_json
from archdsl.base.escape import cut
from archdsl.base.quantities import plural, scaled
from archdsl.ir.shape import Shape, format_shape

SHOWN = 3  # paths, keys or numbers of a kind that are listed
MOST = 40  # characters of a path, and of an op or block, in the table of figures
GREEN, RED, FAINT, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">", "same": " "}
COLOURS = {"added": GREEN, "removed": RED, "moved": FAINT}
HEADINGS = ("path", "op or block", "params", "now", "change", "MACs", "now", "change")


FORMATS: dict[str, Callable[[Difference, int, bool], str]] = {
    "table": lambda difference, depth, colour: as_table(difference, depth, colour=colour),
    "json": lambda difference, *_: as_json(difference),
    "md": lambda difference, depth, _: as_markdown(difference, depth),
}


def render(difference: Difference, format: str, *, depth: int = 1, colour: bool = False) -> str:
    """The difference in one of `FORMATS`; `depth` folds the blocks below in the figures."""
    if format not in FORMATS:
        raise ValueError(f"no format {format!r} of a difference")
    return FORMATS[format](difference, depth, colour)


def as_table(difference: Difference, depth: int = 1, *, colour: bool = False) -> str:
    """For a terminal, 120 characters wide."""
    parts = [
        [title(difference)],
        list(_figures(difference, depth)),
        _changes(difference, colour),
        _keys(difference),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def as_markdown(difference: Difference, depth: int = 1) -> str:
    """For a pull request."""
    rows = _cells(difference, depth)
    rule = ["---", "---", *["---:"] * (len(HEADINGS) - 2)]
    table = [f"| {' | '.join(row)} |" for row in [list(HEADINGS), rule, *map(_escaped, rows)]]
    changes = ["```text", *_changes(difference, colour=False), "```"]
    parts = [
        [f"### {title(difference)}"],
        table if rows else [],
        changes if difference.folded else [],
    ]
    keys = [f"- {line.strip()}" for line in _keys(difference)]
    return "\n\n".join("\n".join(lines) for lines in [*parts, keys] if lines) + "\n"


def _escaped(row: list[str]) -> list[str]:
    return [cell.replace("|", "\\|").replace("*", "\\*") for cell in row]


def title(difference: Difference) -> str:
    """Both networks with their shapes, and whether anything differs."""
    old, new = difference.old, difference.new
    names = old.network if old.network == new.network else f"{old.network} → {new.network}"
    if difference.equal:
        return f"{names}: equal, {_count(new.keys, 'key')} and all steps the same"
    return f"{names}: {_shapes(new.input)} -> {_shapes(new.output)}"


def _shapes(shapes: tuple[Shape, ...]) -> str:
    return " ".join(map(format_shape, shapes))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {plural(number, noun)}"


# --- figures ----------------------------------------------------------------------------------


def _figures(difference: Difference, depth: int) -> Iterator[str]:
    rows = _cells(difference, depth)
    if not rows:
        return
    widths = [max(map(len, cells)) for cells in zip(HEADINGS, *rows, strict=True)]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(row, widths) for row in (list(HEADINGS), *rows)]
    yield from [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def _line(row: list[str], widths: list[int]) -> str:
    cells = [
        cell.ljust(width) if k < 2 else cell.rjust(width)
        for k, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _cells(difference: Difference, depth: int) -> list[list[str]]:
    """A row for each block down to `depth` whose figures differ, and the networks' own."""
    if difference.equal:
        return []
    blocks = [
        row for row in difference.blocks if (row.new_path or row.path or "").count(".") < depth
    ]
    rows = [[*_named(row), *_numbers(row)] for row in blocks]
    total = BlockChange(
        path="",
        new_path="",
        old="",
        new="",
        params=difference.old.params,
        new_params=difference.new.params,
        macs=difference.old.macs,
        new_macs=difference.new.macs,
    )
    return [*rows, ["total", "", *_numbers(total)]]


def _named(row: BlockChange) -> tuple[str, str]:
    path = row.new_path if row.path is None else row.path
    if None not in (row.path, row.new_path) and row.path != row.new_path:
        path = f"{row.path} → {row.new_path}"
    what = " → ".join(dict.fromkeys(filter(None, (row.old, row.new))))
    sign = SIGNS["added"] if row.path is None else SIGNS["removed"] if row.new_path is None else ""
    return cut(f"{sign} {path}".strip(), MOST), cut(what, MOST)


def _numbers(row: BlockChange) -> Iterator[str]:
    yield from (f"{row.params:,}", f"{row.new_params:,}", _change(row.params, row.new_params))
    yield from (scaled(row.macs) or "0", scaled(row.new_macs) or "0")
    yield _change(row.macs, row.new_macs)


def _change(old: int, new: int) -> str:
    """`+12.3%`; the number itself where that says nothing."""
    if old == new:
        return "="
    share = f"{100 * (new - old) / old:+,.1f}%" if old and new else ""
    if share and share not in ("+0.0%", "-0.0%"):
        return share
    return f"{'+' if new > old else '-'}{scaled(abs(new - old))}"


# --- changes ----------------------------------------------------------------------------------


def _changes(difference: Difference, colour: bool) -> list[str]:
    network = [f"~ {_value(v.name, [(v.old, v.new)])}" for v in difference.network]
    return [*network, *_folds(difference.folded, "", colour)]


def _folds(folds: tuple[Folded, ...], indent: str, colour: bool) -> Iterator[str]:
    """A line for each change, those of a block's steps below it."""
    heads = [_head(fold) for fold in folds]
    names = min(max((len(head[0]) for head in heads), default=0), MOST)
    whats = min(max((len(head[1]) for head in heads), default=0), MOST)
    for fold, (name, what, values) in zip(folds, heads, strict=True):
        line = f"{indent}{SIGNS[fold.change]} {name:<{names}}  {what:<{whats}}  {values}".rstrip()
        shade = COLOURS.get(fold.change, "") if colour else ""
        yield f"{shade}{cut(line, WIDTH)}{PLAIN if shade else ''}"
        yield from _folds(fold.inside, f"{indent}    ", colour)


def _head(fold: Folded) -> tuple[str, str, str]:
    """The paths, what they are, and what differs."""
    values = "; ".join(_value(value.name, value.pairs) for value in fold.values)
    if fold.change == "moved":
        count = f"{len(fold.paths)} steps" if len(fold.paths) > 1 else fold.old
        return _listed(fold.paths), count, f"now {_listed(fold.new_paths)}"
    paths = fold.paths if fold.change == "removed" else fold.new_paths
    what = " → ".join(dict.fromkeys(filter(None, (fold.old, fold.new))))
    if fold.change in ("changed", "same") and fold.paths != fold.new_paths:
        values = "; ".join(filter(None, (values, f"was {_listed(fold.paths)}")))
    return _listed(paths), f"{len(paths)} × {what}" if len(paths) > 1 else what, values


def _listed(paths: tuple[str, ...]) -> str:
    """All of a few paths, else the first and the last."""
    return ", ".join(paths) if len(paths) < SHOWN else f"{paths[0]} … {paths[-1]}"


def _value(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    shown = [f"{old or 'none'} → {new or 'none'}" for old, new in pairs]
    more = ["…"] if len(shown) > SHOWN else []
    return f"{name} {', '.join([*shown[:SHOWN], *more])}"


# --- keys -------------------------------------------------------------------------------------


def _keys(difference: Difference) -> list[str]:
    """The fate of a checkpoint of the old network in the new one."""
    keys = difference.keys
    if difference.equal:
        return []
    if keys.loads:
        return [f"state_dict: {_count(keys.same, 'key')}, all the same: a checkpoint still loads"]
    head = f"state_dict: of {_count(difference.old.keys, 'key')} {keys.same:,} still fit"
    kinds = (
        ("moved, same shape", [f"{k.key} → {k.new_key}" for k in keys.moved]),
        (
            "other shape",
            [
                f"{k.new_key} {format_shape(k.shape)} → {format_shape(k.new_shape)}"
                for k in keys.reshaped
            ],
        ),
        ("gone", list(keys.removed)),
        ("new", list(keys.added)),
        ("fit by chance, another step's", list(keys.mistaken)),
    )
    lines = (f"  {len(items):>5,} {what}: {_some(items)}" for what, items in kinds if items)
    return [head, *(cut(line, WIDTH) for line in lines)]


def _some(items: list[str]) -> str:
    return ", ".join([*items[:2], *(["…"] if len(items) > 2 else [])])
