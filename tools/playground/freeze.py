"""Run in Pyodide by `freeze.mjs`: installs, compiles, and packs; ends with the function that
answers."""

import os
import py_compile
import sys
import zipfile
from pathlib import Path

PACKAGES = Path("/packages")
MOMENT = 1_000_000_000  # the time of every file: what archdsl remembers holds for files of a time
LEFT_OUT = ".dist-info"  # nothing asks for it; the licences lie beside the archive


def install() -> None:
    for archive in sorted(Path("/wheels").iterdir()):
        with zipfile.ZipFile(archive) as files:
            files.extractall(PACKAGES)
    for source in PACKAGES.rglob("*.py"):
        compiled = source.with_suffix(".pyc")
        name = str(source)
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(name, cfile=str(compiled), doraise=True, invalidation_mode=mode)
        source.unlink()
    for path in [PACKAGES, *PACKAGES.rglob("*")]:
        os.utime(path, (MOMENT, MOMENT))


def pack() -> None:
    """What was installed, and what archdsl remembers: its tables, not the texts that it read."""
    kept = [*PACKAGES.rglob("*"), *Path("/home/archdsl").rglob("*")]
    with zipfile.ZipFile("/packages.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(kept):
            if path.is_file() and LEFT_OUT not in str(path):
                packed.write(path)


install()
sys.path.insert(0, str(PACKAGES))

from archdsl.backends.figure.graphviz import lay_out_by  # noqa: E402
from archdsl.playground.answers import answer  # noqa: E402

lay_out_by(lambda text: str(layout(text)))  # type: ignore[name-defined]  # noqa: F821
lambda message: answer(message.encode()).decode()
