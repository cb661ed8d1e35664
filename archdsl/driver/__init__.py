"""The pipeline: a SPEC is found, read, parsed, elaborated and held to its promises.

Knows files, the rooms below in their order, and what is given to a spec.
Gives a `Loaded`: program and diagnostics.
Must not know formats, colours or exit codes.
"""

from archdsl.base.exceptions import Misuse
from archdsl.driver.family import LoadedFamily, family, names_several
from archdsl.driver.nearest_input import resized
from archdsl.driver.networks import complete, networks
from archdsl.driver.overrides import Inputs
from archdsl.driver.pipeline import (
    Loaded,
    load,
    loads,
    run,
    siblings,
    sizes,
)
from archdsl.driver.shipped import CatalogueEntry, LibraryBlock, blocks, listing, source_of
from archdsl.driver.spec import (
    MAX_BYTES,
    Imports,
    Read,
    Spec,
    decoded,
    files,
    files_behind,
    files_of,
    find,
    read_text,
    stdin_bytes,
)
from archdsl.driver.variants import REMEMBERED, Prepared
from archdsl.driver.whole import Change, TracedFile, Whole, parts, trace, whole

__all__ = [
    "MAX_BYTES",
    "REMEMBERED",
    "CatalogueEntry",
    "Change",
    "Imports",
    "Inputs",
    "LibraryBlock",
    "Loaded",
    "LoadedFamily",
    "Misuse",
    "Prepared",
    "Read",
    "Spec",
    "TracedFile",
    "Whole",
    "blocks",
    "complete",
    "decoded",
    "family",
    "files",
    "files_behind",
    "files_of",
    "find",
    "listing",
    "load",
    "loads",
    "names_several",
    "networks",
    "parts",
    "read_text",
    "resized",
    "run",
    "siblings",
    "sizes",
    "source_of",
    "stdin_bytes",
    "trace",
    "whole",
]
