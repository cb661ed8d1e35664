"""What every op has to say of itself: a class that leaves it out is no op."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from archdsl.ir.code import Emission, Infix
from archdsl.ir.code import In as Flow
from archdsl.ir.footprint import NOTHING, Footprint
from archdsl.ir.shape import TensorType
from archdsl.ops.argument import Refused, argument
from archdsl.ops.base import ChannelMap, Example, LinearMap, Op, OpFamily, example
from archdsl.ops.families.elementwise import Elementwise
from archdsl.ops.families.rectifier import LeakyRelu
from archdsl.ops.validation import validated

WHOLE: dict[str, Any] = {
    "__module__": __name__,
    "__doc__": "Twice the flow.",
    "__annotations__": {"often": int, "word": ClassVar[str]},
    "word": "twice",
    "family": OpFamily.TENSOR,
    "fixed_footprint": NOTHING,
    "examples": (example((3,)),),
    "often": argument("how often", default=2),
    "infer": lambda self, inputs: inputs,
    "emit": lambda self, inputs: Emission(None, Infix("*", (Flow(0), 2))),
}


def declared(without: tuple[str, ...] = (), **others: Any) -> type[Op]:
    facts = {name: value for name, value in WHOLE.items() if name not in without}
    return type(Op)("Twice", (Op,), {**facts, **others})


def test_an_op_that_says_everything() -> None:
    others = {"positional": ("often",), "variadic": "often", "_own": lambda self: 3}
    assert declared(**others)().infer((TensorType((3,)),)) == (TensorType((3,)),)


@pytest.mark.parametrize(
    ("without", "others", "said"),
    [
        ("family", {}, "does not say its family"),
        ("examples", {}, "does not say its examples"),
        ("fixed_footprint", {}, "does not say its fixed_footprint"),
        ("__doc__", {"__doc__": ""}, "has no docstring"),
        ("infer", {}, "lacks the hook infer"),
        ("emit", {}, "lacks the hook emit"),
        ("", {"positional": ("often", "seldom")}, "has no argument seldom"),
        ("", {"variadic": "seldom"}, "has no argument seldom"),
        ("", {"flops": lambda self: 3}, "has a hook flops that nothing calls"),
        ("", {"_own": 1, "flops": lambda self: 3}, "has a hook flops that nothing calls"),
    ],
)
def test_what_an_op_must_say(without: str, others: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=f"^op Twice {said}$"):
        declared((without,), **others)


def test_a_family_of_ops_is_no_op() -> None:
    assert declared(("word", "examples", "fixed_footprint", "infer", "emit"))


def test_a_footprint_that_is_worked_out_needs_no_fixed_one() -> None:
    others = {"footprint": lambda self, inputs, outputs, training: Footprint(marks=3)}
    assert declared(("fixed_footprint",), **others)().footprint((), (), True).marks == 3


def test_an_op_says_what_its_family_asks_for() -> None:
    """Merges work their footprints out from that of two branches."""
    facts = {name: WHOLE[name] for name in ("__module__", "__doc__", "word", "examples", "emit")}
    with pytest.raises(TypeError, match="does not say its fixed_footprint"):
        type(Op)("Twice", (Elementwise,), facts)
    assert type(Op)("Twice", (Elementwise,), {**facts, "fixed_footprint": NOTHING})


def test_what_an_op_does_not_say_is_the_usual() -> None:
    """One tensor comes in and nothing is known to be special."""
    usual, x = declared(), TensorType((3, 4))
    assert usual.inputs == (1, 1)
    assert not (usual.transparent or usual.passes_at_inference or usual.normalises)
    assert usual().macs((x,), (x,)) == usual().elementwise((x,), (x,)) == 0


def _example() -> Example:
    return example((3,))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (_example, "arguments"),
        (lambda: LinearMap(LeakyRelu()), "groups"),
        (lambda: ChannelMap(1e-5), "eps"),
        (LeakyRelu, "negative_slope"),
    ],
)
def test_what_an_op_says_stays(make: Callable[[], object], name: str) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        setattr(make(), name, 2)


def test_a_text_is_no_number() -> None:
    with pytest.raises(Refused):
        validated(LeakyRelu, {"negative_slope": "0.1"})
