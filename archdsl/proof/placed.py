"""Stand-ins for modules that initialisation walks over: where each is, what it is, its tensors."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Protocol

from archdsl.proof.stand_ins import Recorder, Value
from archdsl.proof.unproven import Unproven

BASES = {  # what PyTorch, and the helpers, derive from what
    "ChannelLayerNorm": "nn.LayerNorm",
    "ChannelRMSNorm": "nn.RMSNorm",
    "PartlyBiased": "nn.Linear",
    "NonDynamicallyQuantizableLinear": "nn.Linear",
}
INSIDE = {"nn.MultiheadAttention": {"out_proj": "NonDynamicallyQuantizableLinear"}}
TEXT, KIND = "<text>", "<kind>"  # of a module of PyTorch: under no name of Python
OPTIONAL = {"weight", "bias"}  # None where a module was made without


class Entry(Protocol):
    """An attribute of a module: a module, or the text of the call that makes the tensor."""

    @property
    def made(self) -> "Module | str": ...


class Module(Protocol):
    """A stand-in for a module, as far as what walks over it asks."""

    def _entries(self, doing: str) -> Mapping[str, Entry]: ...


class Reading(Protocol):
    """The source that the modules stand in, as far as they ask of it."""

    recorder: Recorder

    @property
    def keys(self) -> Collection[str]: ...

    def ever_has(self, kind: str, tensor: str) -> bool: ...


class Tensor(Value):
    """A weight of the network, by its key."""


class Placed:
    """A module at its path; `tensors` are the names of its weights."""

    def __init__(self, reading: Reading, path: str, module: Module | str) -> None:
        self._reading = reading
        self._path = path
        self._module = module

    @property
    def _kind(self) -> str:
        """The class that it is of, as the source speaks of it."""
        if isinstance(self._module, str):
            return self._module
        kind: str = self._module.__dict__.get(KIND, "")
        return kind or type(self._module).__name__

    def __getattr__(self, name: str) -> Any:
        key = f"{self._path}.{name}" if self._path else name
        if key in self._reading.keys:
            return Tensor(self._reading.recorder, f"weights[{key!r}]")
        if not isinstance(self._module, str) and TEXT not in self._module.__dict__:
            return self._inner(self._module, name, key)
        if name in INSIDE.get(self._kind, ()):
            return Placed(self._reading, key, INSIDE[self._kind][name])
        if name in OPTIONAL and self._reading.ever_has(self._kind, name):
            return None
        raise Unproven(f"reads `{name}` of `{self._path}`, which has none")

    def _inner(self, owner: Module, name: str, path: str) -> "Placed | int":
        """A module of a module, or a number that it keeps."""
        entry = owner._entries("reads").get(name)
        kept = owner.__dict__.get(name)
        if entry is None and type(kept) is int:
            return kept
        if entry is None or isinstance(entry.made, str):
            raise Unproven(f"has no module `{path}`")
        return Placed(self._reading, path, entry.made)

    def is_a(self, kind: object) -> bool:
        """True for an instance of this class of PyTorch, or of one derived from it."""
        if isinstance(kind, tuple):
            return any(map(self.is_a, kind))
        return repr(kind) in (self._kind, BASES.get(self._kind))


def everything(reading: Reading, path: str, module: Module) -> Iterator[tuple[str, Placed]]:
    """A module and all in it, with their paths, as `named_modules` gives them."""
    placed = Placed(reading, path, module)
    yield path, placed
    prefix = f"{path}." if path else ""
    if TEXT in module.__dict__:
        for name, kind in INSIDE.get(placed._kind, {}).items():
            yield prefix + name, Placed(reading, prefix + name, kind)
        return
    for name, entry in module._entries("walks over").items():
        if not isinstance(entry.made, str):
            yield from everything(reading, prefix + name, entry.made)


class Trained(Mapping[str, Value]):
    """The weights of the training form, by its keys."""

    def __init__(self, recorder: Recorder, keys: tuple[str, ...]) -> None:
        self._recorder = recorder
        self._keys = dict.fromkeys(keys)

    def __repr__(self) -> str:
        return "trained"

    def __getitem__(self, key: str) -> Value:
        if key not in self._keys:
            raise Unproven(f"reads the weight {key!r}, which the training form does not have")
        return Value(self._recorder, f"trained[{key!r}]")

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Model:
    """The network that `from_trained` makes; `state` is what it loads."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.said: list[str] = []
        self.state: dict[str, Any] = {}

    def to(self, like: Any) -> "Model":
        self.said.append(f"to({like!r})")
        return self

    def state_dict(self) -> dict[str, None]:
        return dict.fromkeys(self.keys)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.said.append("load_state_dict")
        self.state = dict(state)

    def eval(self) -> "Model":
        self.said.append("eval")
        return self
