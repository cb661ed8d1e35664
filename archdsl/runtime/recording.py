"""The record of a module's run: its telling calls with their settings, its draws, its MACs.

Telling are calls whose settings numbers can hide: activations and their limits, norms, pools,
resizing, and whatever draws random numbers. Other writings of one call (a layer or a function, in
place or not) are one call of PyTorch's operators, which is what is recorded.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import Any
from zlib import crc32

import torch
from msgspec import Struct
from torch import Tensor, nn
from torch.nn.modules import module as hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from archdsl.base.quantities import is_number
from archdsl.runtime.allocation_peak import tensors
from archdsl.runtime.masks import Masks

TELLING = re.compile(
    "relu|elu|gelu|silu|mish|hard|soft|sigmoid|tanh|clamp|threshold|glu|shrink|"
    "maximum|minimum|"
    "native_.*norm|batch_norm|pool|upsample|grid_sampler"
)
KINDS = {  # operators that compute the same thing
    "relu": "clamp",
    "hardtanh": "clamp",
    "clamp_min": "clamp",
    "clamp_max": "clamp",
    "native_batch_norm_legit": "native_batch_norm",
    "native_batch_norm_legit_no_training": "native_batch_norm",
    "batch_norm_with_update": "native_batch_norm",
    "bernoulli": "dropout",
    "native_dropout": "dropout",
}
TECHNICAL = {"half_to_float", "generator", "dtype", "layout", "device", "pin_memory"}
NUMBERS = re.compile("(Optional\\[)?(List\\[)?(number|float|bool|str)")
DIGITS = 9  # 1 − 0.1 and 0.9 are one rate

Setting = float | bool | str | None
Values = Mapping[str, Any]


class OperatorCall(Struct, frozen=True):
    """An operator of PyTorch and those of its settings that are no sizes."""

    kind: str
    settings: tuple[tuple[str, Setting], ...] = ()
    draws: bool = False

    @property
    def limits(self) -> set[str]:
        """The sides of a clamp beyond which it changes something."""
        return {name for name, at in self.settings if self.kind == "clamp" and at is not None}

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value}" for name, value in self.settings)
        return f"{self.kind}({inside})"


class CallUse(Struct):
    """The amount that a call works on in all, and its modules."""

    elements: int = 0
    paths: dict[str, None] = {}
    reached: set[str] = set()  # limits that some element lay beyond


class OperatorRecorder(TorchDispatchMode):
    """Records what runs while it is open; draws by rate depend on the rate and size alone."""

    def __init__(self, *, draws_by_rate: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.uses: dict[OperatorCall, CallUse] = {}
        self.macs = 0
        self.path = ""
        self._by_rate = draws_by_rate
        self._masks = Masks()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Values | None = None
    ) -> Any:
        kwargs = kwargs or {}
        draws = torch.Tag.nondeterministic_seeded in func.tags
        if draws and self._by_rate:
            torch.manual_seed(_seed(func, args, kwargs))
        name = func._opname.strip("_")
        telling = draws or TELLING.search(name)
        call = _call(name, _values(func, args, kwargs), draws) if telling else None
        reached = _reached(call, args) if call is not None and call.kind == "clamp" else set()
        result = func(*args, **kwargs)
        self.macs += _macs(func, args, kwargs, result)
        if call is not None:
            self._note(call, result, reached)
        keep = self._masks.keeps(name, args, result)
        if keep is not None:
            self._note_mask(keep, result)
        return result

    def _note_mask(self, keep: float, mask: Tensor) -> None:
        """A mask out of numbers that were noted as drawn is the dropout that it stands for."""
        uniform = next(call for call in self.uses if call.kind in ("rand", "rand_like"))
        self.uses[uniform].elements -= mask.numel()
        if not self.uses[uniform].elements:
            del self.uses[uniform]
        self._note(OperatorCall("dropout", (("p", _setting(1 - keep)),), draws=True), mask, set())
        if self._by_rate:
            torch.manual_seed(_seed_of("bernoulli_", [round(keep, DIGITS)], [mask.numel()]))
            mask.bernoulli_(keep)

    def _note(self, call: OperatorCall, result: object, reached: set[str]) -> None:
        use = self.uses.setdefault(call, CallUse())
        use.elements += next((t.numel() for t in tensors(result)), 0)
        use.paths[self.path] = None
        use.reached |= reached


@contextmanager
def recorded(module: nn.Module, *, draws_by_rate: bool = False) -> Iterator[OperatorRecorder]:
    """Records with the paths of the modules that run."""
    paths = {part: path for path, part in module.named_modules()}
    recorder = OperatorRecorder(draws_by_rate=draws_by_rate)
    above: list[str] = []

    def enter(part: nn.Module, _: object) -> None:
        above.append(recorder.path)
        recorder.path = paths.get(part, recorder.path)

    def leave(*_: object) -> None:
        recorder.path = above.pop()

    before = hooks.register_module_forward_pre_hook(enter)
    after = hooks.register_module_forward_hook(leave, always_call=True)
    try:
        with recorder:
            yield recorder
    finally:
        before.remove()
        after.remove()


def _seed(func: Any, args: tuple[Any, ...], kwargs: Values) -> int:
    """A seed by what is drawn: the operator, its numbers, and how many elements there are."""
    numbers = [round(a, DIGITS) for a in (*args, *kwargs.values()) if isinstance(a, float)]
    elements = [t.numel() for t in tensors(args)]
    return _seed_of(func._opname, numbers, elements)


def _seed_of(name: str, numbers: list[float], elements: list[int]) -> int:
    return crc32(f"{name} {numbers} {elements}".encode())


def _macs(func: Any, args: tuple[Any, ...], kwargs: Values, result: object) -> int:
    """As PyTorch counts them, and those of `bilinear`, which it leaves out."""
    if func is torch.ops.aten._trilinear.default:
        return _trilinear(*args)
    formula = flop_registry.get(func._overloadpacket)
    return 0 if formula is None else int(formula(*args, **kwargs, out_val=result)) // 2


def _trilinear(i1: Tensor, i2: Tensor, i3: Tensor, *expanded: list[int]) -> int:
    """A product for each element of the three tensors laid over each other, and one for the sum."""
    shapes = []
    for tensor, new in zip((i1, i2, i3), expanded[:3], strict=True):
        shape = list(tensor.shape)
        for dim in sorted(new):
            shape.insert(dim, 1)
        shapes.append(shape)
    return prod(max(sizes) for sizes in zip(*shapes, strict=True))


def _call(name: str, values: Values, draws: bool) -> OperatorCall:
    kind = KINDS.get(name, name)
    match name:
        case "relu":
            values = {"min": 0.0, "max": None}
        case "hardtanh":
            values = {"min": float(values["min_val"]), "max": float(values["max_val"])}
        case "clamp_min" | "clamp_max" | "clamp":
            values = {"min": values.get("min"), "max": values.get("max")}
        case "bernoulli":  # keeps with this probability
            values = {"p": 1 - values["p"]} if "p" in values else {}
    settings = tuple((key, _setting(value)) for key, value in values.items())
    return OperatorCall(kind, settings, draws)


def _reached(call: OperatorCall, args: tuple[Any, ...]) -> set[str]:
    """The limits of a clamp that some element exceeds; before it may be written over."""
    low, high = (dict(call.settings)[side] for side in ("min", "max"))
    reached = set()
    if isinstance(low, float) and bool((args[0] < low).any()):
        reached.add("min")
    if isinstance(high, float) and bool((args[0] > high).any()):
        reached.add("max")
    return reached


def _setting(value: Any) -> Setting:
    if is_number(value):
        return round(float(value), DIGITS) if abs(value) > 1e-3 else float(value)
    return value if isinstance(value, bool | str | None) else str(value)


def _values(func: Any, args: tuple[Any, ...], kwargs: Values) -> dict[str, Any]:
    """The settings by the names of the operator's own signature, defaults among them."""
    settings: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for place, argument in enumerate(func._schema.arguments):
        value = args[place] if place < len(args) else kwargs.get(argument.name)
        if place >= len(args) and argument.name not in kwargs:
            value = argument.default_value if argument.has_default_value() else None
        given[argument.name] = value
        if argument.name not in TECHNICAL and NUMBERS.match(str(argument.type)):
            settings[argument.name] = value
    _forget_what_has_no_effect(settings, given)
    return settings


def _forget_what_has_no_effect(settings: dict[str, Any], given: Values) -> None:
    if "momentum" in settings and (not given["training"] or given.get("running_mean") is None):
        del settings["momentum"]
    if "count_include_pad" in settings and not any(given["padding"]):
        del settings["count_include_pad"]
    if "output_size" in given:  # a factor that says the same as the sizes
        sizes = given["self"].shape[-len(given["output_size"]) :]
        ratios = [new / old for new, old in zip(given["output_size"], sizes, strict=True)]
        for name, ratio in zip(
            [n for n in settings if n.startswith("scales")], ratios, strict=False
        ):
            if settings[name] == ratio:
                settings[name] = None
