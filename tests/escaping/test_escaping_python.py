"""Emitted Python: whatever the spec says, it parses, has the same structure and says the same."""

import ast
from functools import cache
from inspect import cleandoc

import pytest
import torch
from breakouts import BREAKOUTS, HARMLESS, doc_of, spec, string, unseen

import archdsl
from archdsl.network import Form, Network


@cache
def network(text: str) -> Network:
    return archdsl.loads(spec(text))


class _Blank(ast.NodeTransformer):
    """Leaves of every string only that it is one."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node


def structure(source: str) -> str:
    return ast.dump(_Blank().visit(ast.parse(source)))


@pytest.mark.parametrize("form", ["train", "deploy"])
@pytest.mark.parametrize("name", BREAKOUTS)
def test_the_structure_is_that_of_a_harmless_text(name: str, form: Form) -> None:
    source = network(BREAKOUTS[name]).source(form)
    assert structure(source) == structure(network(HARMLESS).source(form))
    assert not unseen(source)


@pytest.mark.parametrize("name", BREAKOUTS)
def test_docstrings_say_what_the_spec_says(name: str) -> None:
    """Compared as Python's own `cleandoc` has both; it knows no line ends but line feeds."""
    module = ast.parse(network(BREAKOUTS[name]).source())
    said = cleandoc(doc_of(BREAKOUTS[name]))
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    assert [cleandoc(ast.get_docstring(node, clean=False) or "") for node in classes] == [said] * 2
    head = ast.get_docstring(module) or ""
    assert head.startswith(said.partition("\n\n")[0])
    assert "Written by archdsl" in head.rpartition("\n")[2]


@pytest.mark.parametrize("name", BREAKOUTS)
def test_strings_reach_the_module_as_they_are(name: str) -> None:
    text = BREAKOUTS[name]
    strings = {
        node.value
        for node in ast.walk(ast.parse(network(text).source()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert text in strings


def test_the_module_is_built_and_runs() -> None:
    for text in BREAKOUTS.values():
        module = network(text).build()
        assert module(torch.zeros(1, 3, 8, 8)).shape == (1, 5, 4, 4)


@pytest.mark.parametrize("name", sorted(BREAKOUTS.keys() - {"long word"}))
def test_no_name_can_be_made_of_it(name: str) -> None:
    """Only what is an attribute of Python or a number becomes a step's name."""
    text = BREAKOUTS[name]
    lines = f"    let name = {string(text)}\n    {{name}} = conv(4, 1)\n"
    with pytest.raises(archdsl.SpecError) as refused:
        archdsl.loads(f"network Net:\n    input 3x8x8\n{lines}")
    assert [d.code for d in refused.value.diagnostics] == ["E0801"]
    assert not unseen(str(refused.value))
