"""A text with a place marked by `‸`, analysed."""

from pathlib import Path

from archdsl import driver
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis

MARK = "‸"


def marked(text: str) -> tuple[str, int]:
    """The text without its mark, and where that stood."""
    assert text.count(MARK) == 1
    return text.replace(MARK, ""), text.index(MARK)


def analysed(text: str, folder: Path | None = None, trace: bool = True) -> Analysis:
    """A text as it stands in a file of the folder, with all its networks looked at."""
    spec = driver.Spec(Source("typed.arch", text), folder or Path.cwd(), None, "typed")
    analysis = Analysis(spec)
    if trace:
        for network in analysis.networks:
            analysis.trace(network)
    return analysis


def asked(text: str) -> tuple[Analysis, int]:
    plain, offset = marked(text)
    return analysed(plain), offset
