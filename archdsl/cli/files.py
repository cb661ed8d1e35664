"""Results go to a file, or to standard output."""

import sys
from pathlib import Path

from archdsl.base.files import Unwritable, write_whole
from archdsl.cli.terminal import Stop


def deliver(result: str | bytes, path: str | None) -> None:
    """Writes a result to the file, or to standard output without one (or for `-`)."""
    if path is not None and path != "-":
        try:
            write_whole(Path(path), result.encode() if isinstance(result, str) else result)
        except Unwritable as error:
            raise Stop(str(error)) from None
    elif isinstance(result, str):
        sys.stdout.write(result)
    else:
        sys.stdout.buffer.write(result)
