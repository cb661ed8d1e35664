"""argparse as the commands use it: the nearest word in complaints, and exceptions, not exits."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from archdsl import __version__
from archdsl.base.suggest import nearest
from archdsl.cli.terminal import Stop


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
        self.error(f"there is no {what} {value!r}{meant(str(value), action.choices)}")

    def _parse_optional(self, arg_string: str) -> Any:
        """What argparse calls to see whether a word is an option: `-:NETWORK` is a SPEC."""
        return None if arg_string.startswith("-:") else super()._parse_optional(arg_string)

    def flags(self) -> list[str]:
        return [flag for flag in self._option_string_actions if flag.startswith("--")]

    def choices(self) -> dict[str, tuple[str, ...]]:
        """The words that a flag takes, of those that take a few."""
        return {_name_of(a): tuple(a.choices) for a in self._actions if a.choices is not None}


class Lines(argparse.HelpFormatter):
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
    words = list(known)
    found = nearest(word, words)
    return f"; did you mean {found}?" if found else f"; there are {', '.join(words)}"
