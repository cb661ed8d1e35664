"""`python -m tools.playground`: collects what the playground of the site needs into
`build/playground`; with `--bundle`, writes the page's CodeMirror and the parser for `.arch` anew.

It needs Node with npm, and pip; the versions are those of `package-lock.json` and of
`constraints.txt`.
"""

import json
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from archdsl import driver
from tools.playground.places import (
    BUILD,
    HERE,
    LANGUAGE,
    NPM,
    PAGE,
    ROOT,
    SITE,
    STAMP,
    sources,
    stamp,
)

WHEELS = BUILD / "wheels"
MODULES = NPM / "node_modules"
BUNDLE = ("--bundle", "--format=esm", "--minify", "--legal-comments=none", "--log-level=warning")
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
BUILT = ("msgspec", "pydantic_core")  # compiled, for the Python of this Pyodide
PURE = ("annotated-types", "lark", "pydantic", "typing_extensions", "typing-inspection")
PLATFORM = (
    "--platform",
    "pyemscripten_2026_0_wasm32",
    "--python-version",
    "3.14",
    "--abi",
    "cp314",
)
FIRST = "resnet18"  # the network that the page begins with


def main() -> None:
    parser = ArgumentParser(prog="python -m tools.playground")
    parser.add_argument(
        "--bundle", action="store_true", help="write the page's CodeMirror and the parser anew"
    )
    install()
    if parser.parse_args().bundle:
        bundle(PAGE)
        build_parser(LANGUAGE)
    else:
        collect()


def install() -> None:
    """The packages of npm, by the lock file."""
    NPM.mkdir(parents=True, exist_ok=True)
    for name in (
        "package.json",
        "package-lock.json",
        ".npmrc",
        "codemirror.js",
        "freeze.mjs",
        "freeze.py",
    ):
        shutil.copyfile(HERE / name, NPM / name)
    subprocess.run(["npm", "ci", "--silent"], cwd=NPM, check=True)


def bundle(folder: Path) -> None:
    """What the page uses of CodeMirror as one module, and the licences of all that is in it."""
    command = ["npx", "esbuild", "codemirror.js", *BUNDLE, f"--metafile={BUILD / 'bundle.json'}"]
    subprocess.run([*command, f"--outfile={folder / 'codemirror.js'}"], cwd=NPM, check=True)
    inputs = json.loads((BUILD / "bundle.json").read_text())["inputs"]
    parts = (Path(name).parts for name in inputs if name.startswith("node_modules/"))
    packages = sorted({"/".join(p[1:3] if p[1].startswith("@") else p[1:2]) for p in parts})
    texts = "\n\n".join(map(_licence, packages))
    (folder / "licences.txt").write_text(f"codemirror.js has in it:\n\n{texts}\n", "utf-8")


def build_parser(folder: Path) -> None:
    """The tables of the Lezer grammar for `.arch`."""
    command = ["npx", "lezer-generator", LANGUAGE / "arch.grammar", "-o", folder / "parser.js"]
    subprocess.run(command, cwd=NPM, check=True, stdout=subprocess.DEVNULL)


def _licence(package: str) -> str:
    folder = MODULES / package
    version = json.loads((folder / "package.json").read_text())["version"]
    text = (folder / "LICENSE").read_text("utf-8").strip()
    return f"{package} {version}\n\n{text}"


def collect() -> None:
    """Pyodide, Graphviz, and archdsl compiled with what it imports, beside each other."""
    shutil.rmtree(SITE, ignore_errors=True)
    (SITE / "pyodide").mkdir(parents=True)
    for name in (*PYODIDE, LOCK):
        shutil.copyfile(MODULES / "pyodide" / name, SITE / "pyodide" / name)
    graphviz = MODULES / "@hpcc-js" / "wasm-graphviz" / "dist" / "index.js"
    shutil.copyfile(graphviz, SITE / "graphviz.js")
    download()
    archive = BUILD / "sources.zip"
    _zip(archive)
    (BUILD / "first.json").write_text(json.dumps(_first()), "utf-8")
    command = ["node", "freeze.mjs", archive, WHEELS, BUILD / "first.json", SITE]
    subprocess.run(command, cwd=NPM, check=True)
    (SITE / "licences-of-the-compiler.txt").write_text(_notices(), "utf-8")
    STAMP.write_text(stamp())


def _notices() -> str:
    """The licences of what is collected: the text of each, or its name where it brings none."""
    texts = [f"{name}: {_named(name)}" for name in ("pyodide", "@hpcc-js/wasm-graphviz")]
    texts.append("CPython, in Pyodide: PSF-2.0. Graphviz, in wasm-graphviz: EPL-2.0.")
    for wheel in sorted(WHEELS.iterdir()):
        with ZipFile(wheel) as files:
            names = [n for n in files.namelist() if "LICENSE" in n.upper() and ".dist-info" in n]
            texts += [f"{wheel.name}\n\n{files.read(name).decode()}" for name in names]
    return "\n\n".join(texts) + "\n"


def _named(package: str) -> str:
    """The licence of a package, as its own description names it."""
    told: str = json.loads((MODULES / package / "package.json").read_text())["license"]
    return told


def download() -> None:
    """The wheels at the versions that are tested together."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    common = ["--no-deps", "--only-binary", ":all:", "--dest", WHEELS]
    subprocess.run([*pip, *common, *PLATFORM, *map(_pinned, BUILT)], check=True)
    subprocess.run([*pip, *common, *map(_pinned, PURE)], check=True)


def _pinned(package: str) -> str:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return next(line for line in lines if line.startswith(f"{package}=="))


def _zip(archive: Path) -> None:
    with ZipFile(archive, "w", ZIP_DEFLATED) as written:
        for name, file in sources().items():
            written.write(file, name)


def _first() -> list[dict[str, object]]:
    """The questions that the page asks at its beginning."""
    common = {"text": driver.source_of(FIRST), "network": FIRST}
    drawn = [{"depth": None, "theme": theme} for theme in ("color", "dark")]
    asked = [("read", {}), *(("draw", one) for one in drawn), ("check", {}), ("emit", {})]
    asked.append(("audit", {"depth": 1}))
    return [{"ask": kind, **common, **more} for kind, more in asked]


if __name__ == "__main__":
    main()
