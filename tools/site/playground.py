"""The playground on the site: the page's own files, and what was collected for it."""

import os

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.utils import log

from archdsl.playground.page_files import page_files, worker_file
from tools.playground.places import COMMAND, SITE, STAMP, stamp

FOLDER = "playground"
WITHOUT = "ARCHDSL_SITE_WITHOUT_PLAYGROUND"  # set where the pages alone are wanted
LEFT_OUT = f"The site is built without the playground: `{COMMAND}` collects what it needs."
OLD = f"The playground was collected from other code than this: `{COMMAND}` collects it anew."


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The page's place among the others, where it can be built."""
    if not STAMP.exists():
        log.info(LEFT_OUT)
    elif _wanted():
        if STAMP.read_text() != stamp():
            raise PluginError(OLD)
        assert config.nav is not None
        config.nav.insert(1, {"Playground": f"{FOLDER}/index.html"})
    return config


def _wanted() -> bool:
    return STAMP.exists() and WITHOUT not in os.environ


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The page, the compiler that it runs, and the licences of both."""
    if not _wanted():
        return files
    own = page_files("by_worker.js") | {"worker.js": worker_file()}
    for name, content in own.items():
        files.append(File.generated(config, f"{FOLDER}/{name}", content=content))
    for path in sorted(p for p in SITE.rglob("*") if p.is_file()):
        place = f"{FOLDER}/{path.relative_to(SITE).as_posix()}"
        files.append(File.generated(config, place, abs_src_path=str(path)))
    return files
