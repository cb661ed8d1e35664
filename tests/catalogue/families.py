"""The families of the catalogue as files, beside torchvision's own.

`python -m tests.catalogue.families [FILE…]` prints for each how many networks and how many classes
of networks it has, and how long the file is: its lines when each statement has one, without
docstrings and comments. Of torchvision's files the classes and functions are counted, without the
tables of weights and what registers them. `--verify` compares every network with torchvision's.
"""

import argparse
import ast
import inspect
import sys
from importlib import import_module
from pathlib import Path

from msgspec import Struct

import archdsl
from archdsl.runtime.reference_models import reference

from .references import references

SPECS = Path(__file__).parents[2] / "specs"
FAMILIES = {  # files of the catalogue, and torchvision's modules for the same networks
    "alexnet": "alexnet",
    "vgg": "vgg",
    "resnet": "resnet",
    "densenet": "densenet",
    "googlenet": "googlenet",
    "inception_v3": "inception",
    "mobilenet_v2": "mobilenetv2",
    "mobilenet_v3": "mobilenetv3",
    "efficientnet": "efficientnet",
    "shufflenet_v2": "shufflenetv2",
    "mnasnet": "mnasnet",
    "regnet": "regnet",
    "convnext": "convnext",
    "vit": "vision_transformer",
    "swin": "swin_transformer",
    "maxvit": "maxvit",
    "squeezenet": "squeezenet",
}


class Length(Struct, frozen=True):
    """A family's file: its networks, their classes, and its statements beside torchvision's."""

    file: str
    networks: int
    classes: int
    ours: int
    theirs: int

    def row(self) -> str:
        return f"| {self.file} | {self.networks} | {self.classes} | {self.ours} | {self.theirs} |"


def length(file: str) -> Length:
    family = archdsl.family(SPECS / f"{file}.arch")
    text = family.source()
    reference("torchvision:alexnet")  # imports torchvision the way that always works
    module = import_module(f"torchvision.models.{FAMILIES[file]}")
    made = {_returned(text, maker) for maker in family.makers.values()} or {""}
    return Length(file, len(family), len(made), statements(text), statements(_own(module)))


def _returned(text: str, maker: str) -> str:
    """The class of the network that a function makes."""
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    returns = next(node.returns for node in functions if node.name == maker)
    assert returns is not None
    return ast.unparse(returns)


def _own(module: object) -> str:
    """The classes and functions of a module of torchvision, without its tables of weights."""
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    kept: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.endswith("_Weights"):
            node.decorator_list = []
            kept.append(node)
    return ast.unparse(ast.Module(kept, []))


def statements(text: str) -> int:
    """The lines of code when each statement has one, and docstrings none."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        named = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if named and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return sum(bool(line.strip()) for line in ast.unparse(tree).splitlines())


def differing(file: str) -> list[str]:
    """The networks of a family that are not torchvision's, each with the difference."""
    family = archdsl.family(SPECS / f"{file}.arch")
    known = {r.name for r in references() if r.collection == "torchvision"}
    reports = []
    for name in family:
        if name in known:
            compared = family.verify(name, f"torchvision:{name}")
            reports += [] if compared.ok else [f"{name}: {compared.report()}"]
    return reports


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(FAMILIES))
    parser.add_argument("--verify", action="store_true")
    given = parser.parse_args(arguments)
    troubles: list[str] = []
    for file in given.files:
        print(length(file).row(), flush=True)
        troubles += differing(file) if given.verify else []
    print(*troubles, sep="\n", end="")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
