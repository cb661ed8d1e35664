"""A drawing as a file of the user's: what archdsl did not write is replaced only on request."""

from pathlib import Path

from archdsl.backends.diagram_formats import ENDINGS
from archdsl.base.files import Unwritable
from archdsl.base.written_files import Taken, write_result
from archdsl.editing.analysis import Analysis
from archdsl.editing.commands import CannotShow, exported


def export(analysis: Analysis, network: str, path: Path, replace: bool) -> dict[str, str]:
    """Draws a network into a file: empty, or why not, under `taken` or `refused`."""
    if _read(analysis, path):
        return {"refused": f"{path} is read for the drawing, so it cannot be its result too"}
    try:
        drawing = exported(analysis, network, path)
        format = ENDINGS[path.suffix.lower()]
        write_result(path, drawing, format, force=replace, forced_by="Replace")
    except Taken as taken:
        return {"taken": str(taken)}
    except (CannotShow, Unwritable) as why:
        return {"refused": str(why)}
    return {}


def _read(analysis: Analysis, path: Path) -> bool:
    """True for the text's own file and what it imports, however they are called."""
    own = () if analysis.spec.path is None else (analysis.spec.path,)
    return path.resolve() in {place.resolve() for place in (*own, *analysis.asked)}
