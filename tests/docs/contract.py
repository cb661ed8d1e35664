"""What others rely on, by name: `python tests/docs/contract.py` records it for the next release."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import archdsl
from archdsl.cli.command_table import COMMANDS, parser_of
from archdsl.codes import pages, renamed
from archdsl.driver import blocks
from archdsl.ops.registry import ops

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "tests" / "data" / "contract.json"


def contract() -> dict[str, list[str]]:
    """Sorted names by kind; within each, what a user could have written down."""
    return {
        "flags": sorted(_flags()),
        "json": sorted(
            f"{path.stem}: {name}"
            for path in (ROOT / "docs" / "schema").glob("*.json")
            for name in _fields(json.loads(path.read_text(encoding="utf-8")))
        ),
        "python": sorted(_python()),
        "codes": sorted({*pages(), *renamed()}),
        "ops": sorted(
            f"{word}: {name}" for word, op in ops().items() for name in ("", *op.arguments)
        ),
        "blocks": sorted(
            f"{block.name}: {parameter.name.id}"
            for block in blocks()
            for parameter in block.declaration.parameters
        ),
    }


def _flags() -> Iterator[str]:
    for name in COMMANDS:
        yield name
        yield from (f"{name} {flag}" for flag in parser_of(name).flags())


def _fields(schema: Any) -> Iterator[str]:
    """The names of all objects' fields, with their types where they are plain."""
    if isinstance(schema, list):
        for item in schema:
            yield from _fields(item)
    elif isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            kind = field.get("type")
            yield f"{name} {kind}" if isinstance(kind, str) else name
        for item in schema.values():
            yield from _fields(item)


def _python() -> Iterator[str]:
    for name in archdsl.__all__:
        exported = getattr(archdsl, name)
        yield name
        if inspect.isfunction(exported):
            yield from (f"{name}({word})" for word in _given(exported))
    for name, member in vars(archdsl.Network).items():
        if not name.startswith("_"):
            yield f"Network.{name}"
            if inspect.isfunction(member):
                yield from (f"Network.{name}({word})" for word in _given(member)[1:])


def _given(function: Any) -> list[str]:
    """The arguments that a call can name: not what collects all others."""
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


if __name__ == "__main__":
    RECORD.write_text(json.dumps(contract(), indent=1) + "\n", encoding="utf-8")
