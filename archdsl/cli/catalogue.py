"""`archdsl list` and `show`: the networks that ship with archdsl, and their specs."""

import sys
from argparse import Namespace
from collections.abc import Iterator

from msgspec.structs import asdict, replace

from archdsl import catalogue, driver
from archdsl.base.escape import cut, json_text, visible
from archdsl.base.quantities import scaled
from archdsl.base.suggest import did_you_mean
from archdsl.catalogue import Listed, ListedFile
from archdsl.cli.parser import Parser
from archdsl.cli.terminal import Stop, columns

Shelves = tuple[ListedFile, ...]


def declare(parser: Parser) -> None:
    if parser.get_default("command") == "list":
        parser.add_argument("word", nargs="?", metavar="WORD", help="a family, or a part of names")
        parser.add_argument("--json", action="store_true", help="as JSON, one object a line")
    else:
        parser.add_argument("name", metavar="NAME", help="a network from `archdsl list`")
        parser.add_diagnostics()


def run(arguments: Namespace) -> int:
    if arguments.command == "list":
        _list(arguments.word or "", arguments.json)
    else:
        _show(arguments.name)
    return 0


def _list(word: str, as_json: bool) -> None:
    shown, others = _matching(word)
    if not shown:
        names = [s.stem for s in catalogue.shelves()] + [n.name for n in _networks()]
        near = did_you_mean(word, names) or "`archdsl list` has them all"
        raise Stop(f"no network or family has {word!r} in its name; {near}")
    if as_json:
        for shelf in shown:
            for network in shelf.networks:
                print(json_text({"family": shelf.stem, **asdict(network)}))
        return
    width = columns(sys.stdout)
    print("\n\n".join("\n".join(_cut(line, width) for line in _lines(s)) for s in shown))
    if others:
        print(f"\n{word} in other families: {', '.join(shelf.stem for shelf in others)}")


def _networks() -> Iterator[Listed]:
    return (network for shelf in catalogue.shelves() for network in shelf.networks)


def _matching(word: str) -> tuple[Shelves, Shelves]:
    """The family of that name, and others that have the word; or else all that has it."""
    shelves, wanted = catalogue.shelves(), _folded(word)
    own = tuple(s for s in shelves if word and wanted in (_folded(s.stem), _folded(s.name)))
    having = tuple(having_it for shelf in shelves if (having_it := _having(shelf, wanted)).networks)
    if not own:
        return having, ()
    return own, tuple(s for s in having if s.stem not in {shelf.stem for shelf in own})


def _having(shelf: ListedFile, wanted: str) -> ListedFile:
    """A family with those of its networks whose names have a word, all if its own has it."""
    if any(wanted in _folded(name) for name in (shelf.stem, shelf.name)):
        return shelf
    return replace(shelf, networks=tuple(n for n in shelf.networks if wanted in _folded(n.name)))


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _lines(shelf: ListedFile) -> Iterator[str]:
    """The family and what is special about it, then its networks with their figures."""
    yield f"{shelf.name} · {shelf.line}"
    widths = [max(map(len, column)) for column in zip(*map(_cells, shelf.networks), strict=True)]
    for network in shelf.networks:
        name, params, macs, said = _cells(network)
        figures = f"{params:>{widths[1]}} params  {macs:>{widths[2]}} MACs"
        yield f"  {name:<{widths[0]}}  {figures}  {said}".rstrip()


def _cells(network: Listed) -> tuple[str, str, str, str]:
    """Name, figures, and what the spec says, unless that is its name once more (`Swin V2-T.`)."""
    said = network.summary if len(network.summary.split()) > 2 else ""
    return network.name, scaled(network.params), scaled(network.macs), said


def _cut(line: str, width: int) -> str:
    """A line for a terminal of this width; 0: as it is."""
    return cut(line, width) if width else line


def _show(name: str) -> None:
    try:
        text = driver.source_of(name)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
