"""Arguments that several commands have, and how their values are read."""

import argparse

from archdsl.cli.parser import Parser

SPEC_HELP = "FILE.arch, FILE.arch:NETWORK, a name from `archdsl list`, or - for standard input"


def spec(parser: Parser) -> None:
    parser.add_argument("spec", metavar="SPEC", help=SPEC_HELP)
    variation(parser)
    diagnostics(parser)


def output(parser: Parser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    parser.add_argument(
        "--force", action="store_true", help="replace a FILE that archdsl did not write"
    )


def variation(parser: Parser) -> None:
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


def stdin_filename(parser: Parser) -> None:
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help="what - is called in messages; its imports are in FILE's folder",
    )


def diagnostics(parser: Parser) -> None:
    parser.add_argument(
        "--json",
        action="store_true",
        help="diagnostics as JSON, one a line, and results in tables as JSON too",
    )


# --- values -----------------------------------------------------------------------------------


def names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
