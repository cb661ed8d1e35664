"""argparse as the commands use it: the nearest word in complaints, exceptions and no exits, and the
arguments that several commands have."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from archdsl.base.version import __version__
from archdsl.cli.terminal import Stop

SPEC_HELP = "FILE.arch, FILE.arch:NETWORK, a name from `archdsl list`, or - for standard input"


class Parser(argparse.ArgumentParser):
    """argparse with the nearest word in its complaints, and exceptions instead of exits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        raise Stop(f"{message}\n(`{self.prog} --help` tells more)")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Called by argparse for an argument with choices."""
        if action.choices is None or value in action.choices:
            return
        what = "command" if action.dest == "command" else f"value for {_name_of(action)}"
        self.error(f"there is no {what} {value!r}{meant(str(value), action.choices)}")

    def _parse_optional(self, arg_string: str) -> Any:
        """Called by argparse to tell options from other words: `-:NETWORK` is a SPEC."""
        return None if arg_string.startswith("-:") else super()._parse_optional(arg_string)

    def flags(self) -> list[str]:
        return [flag for flag in self._option_string_actions if flag.startswith("--")]

    def choices(self) -> dict[str, tuple[str, ...]]:
        """The words that a flag takes, where it takes only a few."""
        return {_name_of(a): tuple(a.choices) for a in self._actions if a.choices is not None}

    # --- arguments that several commands have --------------------------------------------------

    def add_spec(self) -> None:
        """A SPEC, what varies it, and how its diagnostics are told."""
        self.add_argument("spec", metavar="SPEC", help=SPEC_HELP)
        self.add_variation()
        self.add_diagnostics()

    def add_output(self) -> None:
        """A file for the result."""
        self.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
        self.add_argument(
            "--force", action="store_true", help="replace a FILE that archdsl did not write"
        )

    def add_watch(self) -> None:
        self.add_argument(
            "--watch",
            action="store_true",
            help="write FILE again whenever the spec was saved, until Ctrl-C",
        )

    def add_variation(self) -> None:
        """Parameters, inputs and limits of a network."""
        self.add_argument(
            "-p",
            action="append",
            default=[],
            dest="parameters",
            metavar="NAME=VALUE",
            help="a parameter of the network, written as in the language; may be repeated",
        )
        self.add_argument(
            "--input",
            action="append",
            default=[],
            metavar="SHAPE",
            help="the input's shape, such as 3x320x320 (NAME=SHAPE for one of several)",
        )
        self.add_argument(
            "--limit",
            action="append",
            default=[],
            dest="limits",
            metavar="NAME=N",
            help="how much a spec may ask for, such as steps=500_000; may be repeated",
        )

    def add_stdin_filename(self) -> None:
        self.add_argument(
            "--stdin-filename",
            metavar="FILE",
            help="what - is called in messages; its imports are in FILE's folder",
        )

    def add_diagnostics(self) -> None:
        self.add_argument(
            "--json",
            action="store_true",
            help="diagnostics as JSON, one a line, and results in tables as JSON too",
        )


class ExampleLines(argparse.HelpFormatter):
    """argparse's own, but for the example: that is to be copied, and so a line."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("example: "):
            return text
        return super()._fill_text(text, width, indent)


class Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"archdsl {__version__}")
        parser.exit()


def _name_of(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else str(action.metavar)


def meant(word: str, known: Iterable[str]) -> str:
    """The nearest known word as the end of a sentence, or all of them."""
    from archdsl.base.suggest import nearest  # for complaints alone

    words = list(known)
    near = nearest(word, words)
    return f"; did you mean {near}?" if near else f"; there are {', '.join(words)}"


# --- values -----------------------------------------------------------------------------------


def names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
