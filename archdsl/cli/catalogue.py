"""`archdsl list` and `show`: the networks that ship with archdsl, and their specs."""

import sys
from argparse import Namespace

from archdsl import driver
from archdsl.base.escape import json_text, visible
from archdsl.base.suggest import did_you_mean
from archdsl.cli.terminal import Stop


def run(arguments: Namespace) -> int:
    if arguments.command == "list":
        _list(arguments.word or "", arguments.json)
    else:
        _show(arguments.name)
    return 0


def _list(word: str, as_json: bool) -> None:
    entries = driver.listing()
    found = [e for e in entries if word.lower() in e.name.lower()]
    if not found:
        near = did_you_mean(word, [e.name for e in entries])
        raise Stop(f"no network has {word!r} in its name; {near or '`archdsl list` has them all'}")
    if as_json:
        for entry in found:
            print(json_text({"name": entry.name, "file": entry.file, "summary": entry.summary}))
        return
    width = max(len(entry.name) for entry in found)
    for entry in found:
        print(f"{entry.name:<{width}}  {entry.summary}".rstrip())


def _show(name: str) -> None:
    try:
        text = driver.source_of(name)
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
