"""Captions of blocks are calls of the language, with the arguments that the blocks have."""

from collections.abc import Iterator

import drawn
import networks
import pytest

from archdsl.base.source import Source
from archdsl.ir.graph import Program, Scope, different_steps
from archdsl.semantics.evaluate.evaluator import evaluate_plain
from archdsl.syntax import tree
from archdsl.syntax.parse import parse_expression
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.block_calls import BlockCalls, parameters, written
from archdsl.transforms.picture.designs import Designs
from archdsl.transforms.picture.drawing_parts import Kind, nodes

SAMPLE = ("efficientnet_b0", "ghostnet_100", "maxvit_t", "resnet50", "swin_t", "wavenet")
CELLS = """
block cell(channels, kernel_size, stride, act: block, se):
    conv(channels, kernel_size, stride=stride, padding=kernel_size // 2)
    act
    if se:
        squeeze_excite

network Cells:
    input 8x16x16
    a = path:
        cell(8, 3, 1, relu, false)
        cell(8, 5, 1, relu, true)
    b = path:
        cell(16, 3, 2, gelu, true)
        cell(16, 3, 1, gelu, true)
"""


def calls(program: Program) -> Iterator[tuple[str, Scope]]:
    """The call of every different block, and the block."""
    block_calls = BlockCalls.of(program, Designs())
    for scope, at in different_steps(program.root):
        target = scope.steps[at].target
        if isinstance(target, Scope) and target.block:
            yield block_calls.call((target,), scope), target


def bound(call: str, scope: Scope) -> dict[str, object]:
    """The arguments of a call by the names of the parameters, as the language binds them."""
    expression, complaints = parse_expression(Source("caption", call))
    assert complaints == (), call
    if isinstance(expression, tree.Name):
        return {}
    assert isinstance(expression, tree.Call), call
    given: dict[str, object] = {}
    for name, argument in zip(_names(expression, scope), expression.arguments, strict=True):
        assert name not in given, call
        given[name] = evaluate_plain(argument.value, {})
    return given


def _names(call: tree.Call, scope: Scope) -> list[str]:
    """A positional argument after a named one has no name to take."""
    names: list[str] = []
    named = False
    for place, argument in enumerate(call.arguments):
        assert not (named and argument.name is None), "a positional after a named argument"
        named = argument.name is not None
        names.append(argument.name.id if argument.name else parameters(scope)[place])
    return names


@pytest.mark.parametrize("name", SAMPLE)
def test_captions_are_calls_with_the_blocks_own_arguments(name: str) -> None:
    check_captions(name)


@pytest.mark.slow
def test_every_caption_of_the_catalogue_is_such_a_call() -> None:
    for name in drawn.CATALOGUE:
        check_captions(name)


def check_captions(name: str) -> None:
    captions = list(calls(drawn.program(name)))
    for call, scope in captions:
        given = bound(call, scope)
        assert given == {name: dict(scope.arguments)[name] for name in given}, call


def test_a_block_as_an_argument_moves_no_other() -> None:
    told = [call for call, _ in calls(networks.program(CELLS)) if call.startswith("cell")]
    assert told == [
        "cell(8, 3, 1, se=false)",
        "cell(8, 5, 1, se=true)",
        "cell(16, 3, stride=2, se=true)",
        "cell(16, 3, stride=1, se=true)",
    ]


@pytest.mark.parametrize("name", ["resnet50", "swin_t", "mobilenet_v3_large", "inception_v3"])
def test_the_captions_drawn_are_these_calls(name: str) -> None:
    program = drawn.program(name)
    told = {call for call, _ in calls(program)}
    closed = [n for n in nodes(picture(program, 1).items) if n.kind is Kind.BLOCK]
    captions = [" ".join(n.lines) for n in closed if "(" in n.lines[0]]
    assert captions and all(any(call in text for call in told) for text in captions)


@pytest.mark.parametrize(
    "value", ['a "b" \\ c', "x\ty", (1,), (), (True, None), -1.5, 1e-07, (2, (3,))]
)
def test_values_are_written_as_the_language_reads_them(value: object) -> None:
    expression, complaints = parse_expression(Source("value", written(value)))
    assert complaints == () and expression is not None
    assert evaluate_plain(expression, {}) == value


def test_what_fills_boxes_and_tells_little_is_left_out() -> None:
    text = """
block b(channels, ratios: tuple, p, kernel=3, table: tuple = ()):
    conv(channels, kernel, padding=kernel // 2) -> dropout(p)
    conv(channels, 1)

network T:
    input 8x4x4
    b(8, (1, 2, 3), 0.25, kernel=5, table=((1, 2), (3, 4)))
    b(16, (1, 2, 3), 0.25, kernel=3)
"""
    told = [call for call, _ in calls(networks.program(text))]
    assert told == ["b(8, kernel=5)", "b(16)"]
