"""The attributes of a tensor in an expression."""

from functools import lru_cache

from archdsl.ir.shape import TensorType
from archdsl.ops.spatial import SPATIAL_NAMES


@lru_cache(maxsize=1024)
def tensor_facts(type_: TensorType) -> dict[str, object]:
    """The attributes of a tensor in an expression: `input.channels`, `input.height`, …"""
    shape = type_.shape
    facts: dict[str, object] = {"shape": shape, "rank": len(shape)}
    if not shape:
        return facts
    facts["channels"] = shape[0]
    facts["features"] = shape[-1]
    if len(shape) == 2:
        facts["tokens"] = shape[0]
    for name, size in zip(SPATIAL_NAMES.get(len(shape) - 1, ()), shape[1:], strict=False):
        facts[name] = size
    return facts
