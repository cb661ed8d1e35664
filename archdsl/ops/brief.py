"""An op in a few characters, for tables and diagrams: `7x7/2`, `0.5`, `1x1`."""

from archdsl.ir.graph import Primitive
from archdsl.ir.reach import Window, window
from archdsl.ir.shape import Types, format_shape
from archdsl.ops.base import Op


def brief(op: Primitive, inputs: Types) -> str:
    """A window's kernel, stride and dilation; otherwise what is written without a name."""
    if not isinstance(op, Op):
        return ""
    if "kernel_size" in op.positional and (moving := window(op.reach(inputs))) is not None:
        return _window(moving)
    values = [getattr(op, name) for name in op.positional]
    defaults = [op.arguments[name].default for name in op.positional]
    while values and values[-1] == defaults[-1]:
        values.pop()
        defaults.pop()
    return ", ".join(map(_value, values))


def _window(window: Window) -> str:
    text = "x".join(map(str, window.kernel))
    if any(s != 1 for s in window.stride):
        text += f"/{_sizes(window.stride)}"
    if any(d != 1 for d in window.dilation):
        text += f" dilation {_sizes(window.dilation)}"
    return text


def _sizes(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "x".join(map(str, values))


def _value(value: object) -> str:
    if isinstance(value, tuple) and len(value) > 1 and all(isinstance(v, int) for v in value):
        return format_shape(value)
    words = {True: "true", False: "false", None: "none"}
    if value is None or isinstance(value, bool):
        return words[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
