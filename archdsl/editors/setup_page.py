"""The part of the editors' page that says how each is set up, printed from the set-ups."""

import re
from collections.abc import Iterator
from pathlib import Path

from archdsl.editors.machine import Machine
from archdsl.editors.setups import EDITORS, Editor

BEGIN = "<!-- Printed by `python -m archdsl.editors` from here on; do not edit. -->"
END = "<!-- Printed up to here. -->"
LINUX = Machine("linux", Path("~"), {})
FENCES = {"lua": "lua", "vim": "vim", "elisp": "elisp", "toml": "toml", "json": "json"}


def printed(page: str) -> str:
    """The page with the set-ups of today between its two marks."""
    inside = "\n\n".join((BEGIN, *_sections(), END))
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: inside, page, flags=re.DOTALL)


def _sections() -> Iterator[str]:
    for name, editor in EDITORS.items():
        yield f"### {editor.title}"
        yield _told(name, editor)


def _told(name: str, editor: Editor) -> str:
    setup = editor.setup(LINUX, "archdsl")
    lines = setup.lines
    where = f"into `{lines.path.as_posix()}`" + (", which stays yours" if lines.shared else "")
    colours = f", and the colours into `{setup.colours.path.as_posix()}`" if setup.colours else ""
    fence = FENCES.get(lines.format, "text")
    return (
        f"{editor.works}\n\n`archdsl editor {name} --write` puts this {where}{colours}:\n\n"
        f"```{fence}\n{lines.text}```"
    )
