"""The commands, and the arguments that one was given.

Each command declares its own beside its `run`: only the module of the command that is named is
imported. `archdsl --help` needs none of them.
"""

from argparse import Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, NoReturn

from archdsl.cli.parser import ExampleLines, Parser, Version, meant

PLAIN = ("table", "text")  # the formats of results that are read by people
OVERVIEW = """examples:
  archdsl audit resnet18                    what a network of the catalogue costs
  archdsl compile net.arch -o net.py        your own as PyTorch source

archdsl help COMMAND tells more of one."""


class Command(NamedTuple):
    """The module that declares its arguments and runs it, what it does, a command line of it."""

    module: str
    help: str
    example: str


COMMANDS: dict[str, Command] = {
    "check": Command(
        "check",
        "Find the mistakes in a spec and test what it expects",
        "archdsl check net.arch",
    ),
    "compile": Command(
        "compile",
        "Write a spec as PyTorch source",
        "archdsl compile resnet18 -o resnet18.py",
    ),
    "audit": Command(
        "audit",
        "Count parameters, MACs, memory and receptive fields",
        "archdsl audit resnet50 --depth 2",
    ),
    "draw": Command(
        "draw", "Draw a network as a diagram", "archdsl draw googlenet -o googlenet.svg"
    ),
    "diff": Command(
        "diff",
        "Say what changed between two networks, and which weights still fit",
        "archdsl diff resnet50 wide_resnet50_2",
    ),
    "bench": Command(
        "bench",
        "Measure time and memory of a network, beside others",
        "archdsl bench lenet5 --form deploy --rounds 3",
    ),
    "sizes": Command(
        "sizes",
        "Say which input sizes a network accepts, and which lose pixels",
        "archdsl sizes unet_padded --up-to 128",
    ),
    "sweep": Command(
        "sweep",
        "Audit many variants of a network and find the best",
        "archdsl sweep net.arch -p width=0.5:2:0.25 --pareto macs,receptive_field:max",
    ),
    "verify": Command(
        "verify",
        "Compare the emitted module with a reference",
        "archdsl verify resnet18 --against torchvision:resnet18",
    ),
    "fmt": Command("fmt", "Write specs in their canonical layout", "archdsl fmt --check specs"),
    "lsp": Command(
        "lsp",
        "Serve an editor: mistakes, shapes, completion while a spec is typed",
        "archdsl lsp",
    ),
    "editor": Command(
        "editor",
        "Set an editor up for specs: colours, mistakes, shapes while typing",
        "archdsl editor vscode",
    ),
    "serve": Command(
        "serve",
        "Show a file in the browser as it is saved",
        "archdsl serve net.arch --open",
    ),
    "list": Command("catalogue", "List the networks that ship with archdsl", "archdsl list resnet"),
    "show": Command(
        "catalogue", "Print the spec of a network from the list", "archdsl show resnet18"
    ),
    "ops": Command(
        "reference",
        "List the ops, or print the page of one",
        "archdsl ops conv",
    ),
    "blocks": Command(
        "reference",
        "List the library's blocks, or print one",
        "archdsl blocks inception",
    ),
    "explain": Command("reference", "Explain a diagnostic's code", "archdsl explain E0302"),
}


def parse(argv: Sequence[str]) -> Namespace | None:
    """The arguments; None when a help text or the version was all that was asked for."""
    if not argv or argv[0] == "help":
        argv = [*argv[1:], "--help"]
    named = argv[0] in COMMANDS
    if not named and not argv[0].startswith("-"):
        _unknown_command(argv[0])
    parser = parser_of(argv[0]) if named else _overview()
    try:
        arguments, unknown = parser.parse_known_args(argv[1:] if named else argv)
    except SystemExit:  # argparse's --help and --version have printed and are done
        return None
    if unknown:
        _refuse(unknown[0], argv, parser)
    if not named:
        parser.error("which command?")
    if getattr(arguments, "json", False) and getattr(arguments, "format", "") in PLAIN:
        arguments.format = "json"  # the result too
    return arguments


# what others call the commands
_CALLED: dict[str, str] = {
    "audit": "summary summarize summarise info stats count profile flops params",
    "check": "validate lint run test",
    "compile": "build export generate codegen emit convert torch pytorch",
    "draw": "plot visualize visualise viz graph render diagram",
    "fmt": "format",
    "serve": "watch preview",
}


def _unknown_command(word: str) -> NoReturn:
    parser = _overview()
    if word.endswith(".arch") or ".arch:" in word:
        parser.error(f"a command stands before the file: archdsl check {word}")
    for command, names in _CALLED.items():
        if word.lower() in names.split():
            parser.error(f"there is no command {word!r}; did you mean {command}?")
    parser.error(f"there is no command {word!r}{meant(word, COMMANDS)}")


def _refuse(word: str, argv: Sequence[str], parser: Parser) -> NoReturn:
    if not word.startswith("-"):
        parser.error(f"there is nothing that {word!r} could be{_place_of(word, argv, parser)}")
    flag = word.split("=")[0]
    parser.error(f"there is no option {flag}{_as_parameter(word, argv, parser)}")


def _place_of(word: str, argv: Sequence[str], parser: Parser) -> str:
    """The place of a word that stands alone, if the words before it tell."""
    before = list(argv[: argv.index(word)]) if word in argv else []
    if before[-2:-1] == ["-p"] and "=" not in before[-1]:
        return f"; write -p {before[-1]}={word}"
    if "--output" in parser.flags() and "." in word and not word.endswith(".arch"):
        return f"; for a file to write, -o {word}"
    if before and before[-1].endswith(".arch") and word.isidentifier():
        return f"; for a network of the file, {before[-1]}:{word}"
    return ""


def _as_parameter(word: str, argv: Sequence[str], parser: Parser) -> str:
    """The nearest option, or a network's parameter that was written like one."""
    from archdsl.base.suggest import nearest  # for complaints alone

    flag, _, value = word.partition("=")
    if nearest(flag, parser.flags()) or "--input" not in parser.flags():
        return meant(flag, parser.flags())
    behind = list(argv[argv.index(word) + 1 :])[:1] if word in argv else []
    value = value or next((v for v in behind if not v.startswith("-")), "VALUE")
    name = flag.lstrip("-").replace("-", "_")
    return f"; a parameter of the network is given by -p {name}={value}"


def parser_of(name: str) -> Parser:
    """The parser of one command."""
    command = COMMANDS[name]
    parser = Parser(
        prog=f"archdsl {name}",
        description=f"{command.help}.",
        epilog=f"example: {command.example}",
        formatter_class=ExampleLines,
    )
    parser.set_defaults(command=name, module=command.module)
    import_module(f"archdsl.cli.{command.module}").declare(parser)
    return parser


def _overview() -> Parser:
    """The parser where no command is named first: it knows their names alone."""
    parser = Parser(
        prog="archdsl",
        description="Neural-network architectures, written down.",
        epilog=OVERVIEW,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=Version, help="print the version and exit")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help)
    return parser
