"""`archdsl serve FILE`: a page on this machine that shows the file as it was saved last."""

import webbrowser
from argparse import Namespace
from pathlib import Path

from archdsl.cli.terminal import Stop, say
from archdsl.preview.server import Preview


def run(arguments: Namespace) -> int:
    path = Path(arguments.file)
    if not path.is_file():
        raise Stop(
            f"there is no file {arguments.file}; a network of the list is printed by `archdsl show`"
        )
    try:
        preview = Preview(path, arguments.port)
    except OSError as error:
        raise Stop(f"cannot serve on port {arguments.port}: {error.strerror}") from None
    print(preview.address, flush=True)
    say("archdsl: Ctrl-C ends it")
    if arguments.open:
        webbrowser.open(preview.address)
    preview.run()
    return 0
