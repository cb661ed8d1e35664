"""The diagnostics' codes: a Markdown page each, `CODE.md`."""

from functools import cache
from pathlib import Path


@cache
def pages() -> dict[str, str]:
    """Every code's page, in the order of the codes."""
    folder = Path(__file__).parent
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("E*.md"))}
