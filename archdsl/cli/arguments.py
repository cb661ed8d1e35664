"""The arguments of every command. `parse` gives them with `module`, the room that runs them.

argparse and nothing heavier: a command starts in a few hundredths of a second.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, NoReturn

from archdsl import __version__
from archdsl.base.suggest import nearest
from archdsl.cli.terminal import Stop

AUDIT_FORMATS = ("table", "json", "csv", "md", "html")
AUDIT_COLUMNS = (
    "path", "op", "input", "output", "params", "of_params", "weights", "biases", "norms", "aux",
    "macs", "share", "flops", "elementwise", "activation", "memory", "field", "jump", "centre",
    "intensity", "line",
)  # fmt: skip
COUNTS = ("torchvision", "fvcore", "thop", "torchinfo")
DTYPES = ("float64", "float32", "float16", "bfloat16", "int8")
DRAWINGS = ("svg", "png", "pdf", "html", "dot", "mermaid")
HEATS = ("macs", "params", "memory")
PLAIN = ("table", "text")  # the formats of results that are read by people
THEMES = ("color", "paper", "mono", "dark")
PAGES = ("none", "a4", "letter", "slide")
OVERVIEW = """examples:
  archdsl audit resnet18                    what a network of the catalogue costs
  archdsl compile net.arch -o net.py        your own as PyTorch source

archdsl help COMMAND tells more of one."""
SPEC_HELP = "FILE.arch, FILE.arch:NETWORK, a name from `archdsl list`, or - for standard input"


class Parser(argparse.ArgumentParser):
    """argparse with the nearest word in its complaints, and exceptions instead of exits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        raise Stop(f"{message}\n(`{self.prog} --help` tells more)")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """What argparse calls for an argument with choices."""
        if action.choices is None or value in action.choices:
            return
        what = "command" if action.dest == "command" else f"value for {_name_of(action)}"
        self.error(f"there is no {what} {value!r}{_meant(str(value), action.choices)}")

    def _parse_optional(self, arg_string: str) -> Any:
        """What argparse calls to see whether a word is an option: `-:NETWORK` is a SPEC."""
        return None if arg_string.startswith("-:") else super()._parse_optional(arg_string)

    def flags(self) -> list[str]:
        return [flag for flag in self._option_string_actions if flag.startswith("--")]


def parse(argv: Sequence[str]) -> argparse.Namespace | None:
    """The arguments; None when a help text or the version was all that was asked for."""
    if not argv or argv[0] == "help":
        argv = [*argv[1:], "--help"]
    named = argv[0] in COMMANDS
    parser = _command(argv[0]) if named else _overview()
    try:
        arguments, unknown = parser.parse_known_args(argv[1:] if named else argv)
    except SystemExit:  # argparse's --help and --version have printed and are done
        return None
    if unknown:
        _refuse(unknown[0], parser)
    if not named:
        parser.error("which command?")
    if getattr(arguments, "json", False) and getattr(arguments, "format", "") in PLAIN:
        arguments.format = "json"  # the result too
    return arguments


def _refuse(word: str, parser: Parser) -> NoReturn:
    if not word.startswith("-"):
        parser.error(f"there is nothing that {word!r} could be")
    flag = word.split("=")[0]
    parser.error(f"there is no option {flag}{_meant(flag, parser.flags())}")


def _name_of(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else str(action.metavar)


def _meant(word: str, known: Iterable[str]) -> str:
    """The nearest known word as the end of a sentence, or all of them."""
    words = list(known)
    found = nearest(word, words)
    return f"; did you mean {found}?" if found else f"; there are {', '.join(words)}"


# --- the commands ----------------------------------------------------------------------------


def _command(name: str) -> Parser:
    """The parser of one command; those of the others would take longer than to parse."""
    command = COMMANDS[name]
    parser = Parser(
        prog=f"archdsl {name}",
        description=f"{command.help}.",
        epilog=f"example: {command.example}",
        formatter_class=_Lines,
    )
    parser.set_defaults(command=name, module=command.module)
    command.declare(parser)
    return parser


def _overview() -> Parser:
    """The parser where no command is named first: it knows their names alone."""
    parser = Parser(
        prog="archdsl",
        description="Neural-network architectures, written down.",
        epilog=OVERVIEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, help="print the version and exit")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help)
    return parser


class _Lines(argparse.HelpFormatter):
    """argparse's own, but for the example: that is to be copied, and so a line."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("example: "):
            return text
        return super()._fill_text(text, width, indent)


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"archdsl {__version__}")
        parser.exit()


def _check(parser: Parser) -> None:
    parser.add_argument(
        "specs", nargs="*", metavar="SPEC", help=f"{SPEC_HELP}; or a folder (this one)"
    )
    parser.add_argument(
        "--all", action="store_true", help="every network of a file, with -p or --input too"
    )
    parser.add_argument(
        "--lints",
        choices=("default", "all", "none"),
        default="default",
        help="which warnings: those told by default, also W02…, or none",
    )
    parser.add_argument(
        "--watch", action="store_true", help="check again whenever a file was saved, until Ctrl-C"
    )
    _stdin_filename(parser)
    _variation(parser)
    _diagnostics(parser)
    parser.add_argument(
        "--format", choices=("text", "json", "github"), default="text", help="of the diagnostics"
    )


def _compile(parser: Parser) -> None:
    _spec(parser)
    _output(parser)
    parser.add_argument(
        "--form", choices=("train", "deploy"), default="train", help="for training or for inference"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say what the form deploy does where, and what it saves",
    )
    parser.add_argument(
        "--format", choices=("python", "onnx"), default="python", help="of the result"
    )
    parser.add_argument(
        "--weights", metavar="FILE", help="a checkpoint of the form train, for the format onnx"
    )
    parser.add_argument(
        "--dynamic",
        type=_names,
        default=(),
        metavar="NAMES",
        help="dimensions that the format onnx leaves open: batch (always), height,width, …",
    )
    parser.add_argument(
        "--recompute",
        action="append",
        default=[],
        metavar="BLOCK",
        help="compute this block again in the backward pass instead of keeping what it holds; "
        "`concat`: those that a concatenation grows by (may be repeated)",
    )


def _audit(parser: Parser) -> None:
    _spec(parser)
    _output(parser)
    parser.add_argument("--format", choices=AUDIT_FORMATS, default="table")
    parser.add_argument(
        "--depth",
        type=_depth,
        metavar="N",
        help="fold blocks below level N: 0 or more, or all (default: by work, 1 in general)",
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        default=(),
        metavar="NAMES",
        help=f"of table, md and html: all, or some, joined by commas: {', '.join(AUDIT_COLUMNS)}",
    )
    parser.add_argument(
        "--batch", type=_positive, default=1, metavar="N", help="samples, for the memory"
    )
    parser.add_argument(
        "--dtype", choices=DTYPES, default="float32", help="element type, for the memory"
    )
    parser.add_argument(
        "--count", choices=COUNTS, default="torchvision", help="the tool whose MACs are counted"
    )


def _draw(parser: Parser) -> None:
    _spec(parser)
    _output(parser)
    parser.add_argument("--format", choices=DRAWINGS, help="default: by FILE's ending, or svg")
    parser.add_argument(
        "--depth",
        type=_levels,
        default="auto",
        metavar="N",
        help="fold blocks below level N: 0 or more, all, or auto (default: by size)",
    )
    parser.add_argument("--heat", choices=HEATS, help="colour by the share of the network's")
    parser.add_argument(
        "--direction", choices=("TB", "LR"), default="TB", help="top to bottom, or left to right"
    )
    parser.add_argument("--title", metavar="TEXT", help="in the place of the name; '' for none")
    parser.add_argument("--no-legend", action="store_true", help="leave the legend out")
    parser.add_argument("--theme", choices=THEMES, help="the colours (default: color)")
    parser.add_argument(
        "--color",
        action="append",
        default=[],
        type=_painted,
        metavar="KIND=#RRGGBB",
        help="the fill of a kind of box, as the legend calls it (may be repeated)",
    )
    parser.add_argument("--font", metavar="FILE", help="a TrueType font (.ttf) for all words")
    parser.add_argument("--page", choices=PAGES, help="the page to print on (default: none)")
    pixels = parser.add_mutually_exclusive_group()
    pixels.add_argument(
        "--scale",
        type=_factor,
        metavar="F",
        help="of a png: 1 is 96 pixels an inch (default: 2)",
    )
    pixels.add_argument("--dpi", type=_factor, metavar="N", help="pixels to an inch of a png")


def _diff(parser: Parser) -> None:
    parser.add_argument("specs", nargs=2, metavar="SPEC", help=SPEC_HELP)
    _variation(parser)
    for side in ("old", "new"):
        parser.add_argument(
            f"--{side}",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"a parameter of the {'first' if side == 'old' else 'second'} SPEC alone",
        )
    _diagnostics(parser)
    _output(parser)
    parser.add_argument("--format", choices=("table", "json", "md"), default="table")
    parser.add_argument(
        "--depth",
        type=_positive,
        default=1,
        metavar="N",
        help="fold blocks below level N in the figures (default: 1)",
    )


def _sizes(parser: Parser) -> None:
    _spec(parser)
    _output(parser)
    parser.add_argument(
        "--vary",
        metavar="NAME",
        help="the one input that varies (default: all that have the sizes of the first)",
    )
    parser.add_argument(
        "--up-to",
        type=_positive,
        metavar="N",
        help="the largest size to try (default: 256, or somewhat beyond the network's own)",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _sweep(parser: Parser) -> None:
    parser.add_argument("spec", metavar="SPEC", help=SPEC_HELP)
    _variation(parser)
    _diagnostics(parser)
    _output(parser)
    parser.add_argument(
        "--where", default="", metavar="CONDITION", help="of the variants to keep, as in `expect`"
    )
    parser.add_argument(
        "--pareto", default="", metavar="NAMES", help="mark the front of these; NAME:max for large"
    )
    parser.add_argument(
        "--figures",
        type=_names,
        default=(),
        metavar="NAMES",
        help="figures of `expect` to list (default: params,macs)",
    )
    parser.add_argument("--plot", metavar="FILE", help="a scatter plot, as .svg")
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes (default: one a core)"
    )


def _verify(parser: Parser) -> None:
    _spec(parser)
    parser.add_argument(
        "--against",
        required=True,
        metavar="REFERENCE",
        help="torchvision:NAME, timm:NAME, or module.path:callable",
    )
    parser.add_argument(
        "--weights", metavar="FILE", help="a checkpoint for both, in the place of random weights"
    )
    parser.add_argument(
        "--seed", type=_natural, default=0, metavar="N", help="of the weights and inputs"
    )
    parser.add_argument(
        "--by",
        choices=("name", "order"),
        default="name",
        help="how keys are matched; order: those of the same shapes, whatever their names",
    )
    parser.add_argument(
        "--inputs", metavar="FILE", help="tensors to run both on, in the place of random ones"
    )
    parser.add_argument(
        "--values",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="what an input is drawn from: LOW:HIGH or numbers with commas between",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="of the comparison"
    )


def _fmt(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="FILE.arch, a folder, or - for standard input"
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; list the files that would change"
    )
    parser.add_argument(
        "--shapes", action="store_true", help="write the shapes behind the lines of networks"
    )
    _stdin_filename(parser)
    _diagnostics(parser)


def _list(parser: Parser) -> None:
    parser.add_argument("word", nargs="?", metavar="WORD", help="a family, or a part of names")
    parser.add_argument("--json", action="store_true", help="as JSON, one object a line")


def _show(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="a network from `archdsl list`")
    _diagnostics(parser)


def _serve(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="FILE.arch")
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="of this machine; default: a free one"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, not {text!r}")
    return int(text)


def _lsp(parser: Parser) -> None:
    parser.add_argument("--stdio", action="store_true", help="what it always does")


def _word(metavar: str, nargs: str | None) -> Callable[[Parser], None]:
    def declare(parser: Parser) -> None:
        parser.add_argument("name", metavar=metavar, nargs=nargs)
        _diagnostics(parser)

    return declare


def _spec(parser: Parser) -> None:
    parser.add_argument("spec", metavar="SPEC", help=SPEC_HELP)
    _variation(parser)
    _diagnostics(parser)


def _output(parser: Parser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    parser.add_argument(
        "--force", action="store_true", help="replace a FILE that archdsl did not write"
    )


def _variation(parser: Parser) -> None:
    parser.add_argument(
        "-p",
        action="append",
        default=[],
        dest="parameters",
        metavar="NAME=VALUE",
        help="a parameter of the network, written as in the language; may be repeated",
    )
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="SHAPE",
        help="the input's shape, such as 3x320x320 (NAME=SHAPE for one of several)",
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        dest="limits",
        metavar="NAME=N",
        help="how much a spec may ask for, such as steps=500_000; may be repeated",
    )


def _stdin_filename(parser: Parser) -> None:
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help="what - is called in messages; its imports are in FILE's folder",
    )


def _diagnostics(parser: Parser) -> None:
    parser.add_argument(
        "--json",
        action="store_true",
        help="diagnostics as JSON, one a line, and results in tables as JSON too",
    )


def _names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _columns(text: str) -> tuple[str, ...]:
    """Names with commas between; the path leads if it is not named."""
    if text == "all":
        return AUDIT_COLUMNS
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in AUDIT_COLUMNS:
            raise argparse.ArgumentTypeError(f"no column {name!r}{_meant(name, AUDIT_COLUMNS)}")
    return names if "path" in names else ("path", *names)


def _levels(text: str) -> int | str | None:
    """Levels of blocks, `auto`, or None for `all`."""
    if text in ("all", "auto"):
        return None if text == "all" else text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number, all or auto")
    return int(text)


def _depth(text: str) -> int:
    """Levels of blocks; `all` is more than there can be."""
    if text == "all":
        return sys.maxsize
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number, or all")
    return int(text)


def _painted(text: str) -> tuple[str, str]:
    """A kind of box and its colour."""
    kind, sign, colour = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r} has no `=`; write convolution=#d3e5f5")
    return kind.strip(), colour.strip()


def _factor(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _bench(parser: Parser) -> None:
    _spec(parser)
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="REFERENCE",
        help="put it beside torchvision:NAME, timm:NAME or module.path:callable (may be repeated)",
    )
    parser.add_argument(
        "--form", choices=("train", "deploy"), default="train", help="for training or for inference"
    )
    parser.add_argument("--device", default="cpu", help="as torch calls it (default: cpu)")
    parser.add_argument(
        "--batch", type=_positive, default=1, metavar="N", help="samples (default: 1)"
    )
    parser.add_argument(
        "--rounds", type=_positive, default=9, metavar="N", help="turns of each (default: 9)"
    )
    parser.add_argument(
        "--threads", type=_positive, metavar="N", help="of a CPU (default: torch's own choice)"
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


class Command(NamedTuple):
    """The room that runs it, what it does, its arguments, and a command line of it."""

    module: str
    help: str
    declare: Callable[[Parser], None]
    example: str


COMMANDS: dict[str, Command] = {
    "check": Command(
        "check",
        "Find the mistakes in a spec and test what it expects",
        _check,
        "archdsl check net.arch",
    ),
    "compile": Command(
        "compile",
        "Write a spec as PyTorch source",
        _compile,
        "archdsl compile resnet18 -o resnet18.py",
    ),
    "audit": Command(
        "audit",
        "Count parameters, MACs, memory and receptive fields",
        _audit,
        "archdsl audit resnet50 --depth 2",
    ),
    "draw": Command(
        "draw", "Draw a network as a diagram", _draw, "archdsl draw googlenet -o googlenet.svg"
    ),
    "diff": Command(
        "diff",
        "Say what changed between two networks, and which weights still fit",
        _diff,
        "archdsl diff resnet50 wide_resnet50_2",
    ),
    "bench": Command(
        "bench",
        "Measure time and memory of a network, beside others",
        _bench,
        "archdsl bench lenet5 --form deploy --rounds 3",
    ),
    "sizes": Command(
        "sizes",
        "Say which input sizes a network accepts, and which lose pixels",
        _sizes,
        "archdsl sizes unet_padded --up-to 128",
    ),
    "sweep": Command(
        "sweep",
        "Audit many variants of a network and find the best",
        _sweep,
        "archdsl sweep net.arch -p width=0.5:2:0.25 --pareto macs,receptive_field:max",
    ),
    "verify": Command(
        "verify",
        "Compare the emitted module with a reference",
        _verify,
        "archdsl verify resnet18 --against torchvision:resnet18",
    ),
    "fmt": Command(
        "fmt", "Write specs in their canonical layout", _fmt, "archdsl fmt --check specs"
    ),
    "lsp": Command(
        "lsp",
        "Serve an editor: mistakes, shapes, completion while a spec is typed",
        _lsp,
        "archdsl lsp",
    ),
    "serve": Command(
        "serve",
        "Show a file in the browser as it is saved",
        _serve,
        "archdsl serve net.arch --open",
    ),
    "list": Command(
        "catalogue", "List the networks that ship with archdsl", _list, "archdsl list resnet"
    ),
    "show": Command(
        "catalogue", "Print the spec of a network from the list", _show, "archdsl show resnet18"
    ),
    "ops": Command(
        "reference",
        "List the ops, or print the page of one",
        _word("NAME", "?"),
        "archdsl ops conv",
    ),
    "blocks": Command(
        "reference",
        "List the library's blocks, or print one",
        _word("NAME", "?"),
        "archdsl blocks inception",
    ),
    "explain": Command(
        "reference", "Explain a diagnostic's code", _word("CODE", None), "archdsl explain E0302"
    ),
}
