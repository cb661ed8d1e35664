"""Mutants of a source file: cosmic-ray's operators, without those that only repeat each other."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

from .same import ROOT, changes_nothing

RULES = (
    *("archdsl/ops/*.py", "archdsl/ops/families/*.py", "archdsl/analyses/reach/*.py"),
    *("archdsl/ir/shape.py", "archdsl/ir/footprint.py"),
    *(f"archdsl/analyses/figures/{name}.py" for name in ("costs", "memory", "tape")),
    "archdsl/analyses/figures/receptive_field.py",
)
WORDS = {"brief.py", "foreign.py", "registry.py", "__init__.py"}  # of ops: names, no rules
OPERATORS = (
    *(f"ReplaceBinaryOperator_{a}_{b}" for a, b in (
        ("Add", "Sub"), ("Sub", "Add"), ("Mul", "FloorDiv"), ("Div", "Mul"), ("FloorDiv", "Mul"),
        ("Mod", "FloorDiv"), ("Pow", "Mul"))),
    *(f"ReplaceComparisonOperator_{a}_{b}" for a, b in (
        ("Eq", "NotEq"), ("NotEq", "Eq"), ("Lt", "LtE"), ("Lt", "GtE"), ("LtE", "Lt"),
        ("LtE", "Gt"), ("Gt", "GtE"), ("Gt", "LtE"), ("GtE", "Gt"), ("GtE", "Lt"),
        ("Is", "IsNot"), ("IsNot", "Is"))),
    "ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_Not", "AddNot",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "NumberReplacer",
    "ZeroIterationForLoop",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: of which file, by which operator, the how many-th that it can make there."""

    file: str
    operator: str
    occurrence: int
    line: int
    diff: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.file}:{self.line} {self.operator} {self.occurrence}"

    @property
    def module(self) -> str:
        return self.file.removesuffix(".py").replace("/", ".")


def files() -> list[str]:
    """The files with rules, from the repository's root."""
    found = (path for pattern in RULES for path in sorted(ROOT.glob(pattern)))
    return [str(path.relative_to(ROOT)) for path in found if path.name not in WORDS]


def mutants(file: str) -> Iterator[Mutant]:
    """All of a file; examples and decorators, which are no rules, stay as they are."""
    text = (ROOT / file).read_text(encoding="utf-8")
    untouched = _examples(text)
    for operator in OPERATORS:
        occurrence = 0
        while (changed := mutate_code(text, _operator(operator), occurrence)) is not None:
            line = _first_change(text, changed)
            old, new = text.splitlines()[line - 1], changed.splitlines()[line - 1]
            if line not in untouched and not changes_nothing(Path(file), line, old, new):
                diff = _diff(text, changed)
                yield Mutant(file, operator, occurrence, line, diff, changed)
            occurrence += 1


def _operator(name: str) -> object:
    return get_operator(f"core/{name}")()


def _examples(text: str) -> set[int]:
    """The lines of statements that make examples, and of decorators."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.update(decorator.lineno for decorator in node.decorator_list)
        if isinstance(node, ast.stmt) and _makes_examples(node):
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def _makes_examples(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef(returns=ast.Name("Example")):
            return True
        case ast.Assign(targets=[ast.Name("examples")]):
            return True
        case ast.Assign(value=value):
            calls = (n.func for n in ast.walk(value) if isinstance(n, ast.Call))
            return any(isinstance(func, ast.Name) and func.id == "example" for func in calls)
    return False


def _first_change(before: str, after: str) -> int:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((n for n, (a, b) in enumerate(pairs, 1) if a != b), 1)


def _diff(before: str, after: str) -> str:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++") and line[0] != "@")
