"""Stand-ins for `nn.Module` and its containers: they remember what a constructor made.

A class of the source is constructed once for equal arguments: what its constructor makes depends
on nothing else. A `Construction` becomes one attribute, and no second.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from typing import Any, ClassVar

from msgspec import Struct

from archdsl.base.names import MODULE_ATTRIBUTES
from archdsl.proof.placed import BASES, KIND, TEXT, Placed, everything
from archdsl.proof.signatures import signatures
from archdsl.proof.stand_ins import Recorder, Value
from archdsl.proof.unproven import Unproven

Taking = Callable[[tuple[Any, ...]], tuple[Any, ...]]
ENTRIES = "<entries>"  # where a module keeps its own, under no name of Python
ENDED = "<ended>"  # there once its weights were begun or laid out: what comes later is not
CONTAINERS = MODULE_ATTRIBUTES | {
    *("append", "extend", "insert", "pop", "clear", "items", "keys", "update", "values")
}


class AttributeKind(Enum):
    MODULE = "module"
    PARAMETER = "parameter"
    BUFFER = "buffer"


class Entry(Struct, frozen=True):
    """An attribute of a module: a module, or the text of the call that makes the tensor."""

    kind: AttributeKind
    made: "Module | str"


class Construction:
    """One construction of a module, or of a tensor of one."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._taken = False

    def __repr__(self) -> str:
        made = self._entry.made
        return made if isinstance(made, str) else f"<{type(made).__name__} {id(made)}>"

    def __getattr__(self, name: str) -> Any:
        """A plain value that a module keeps, for who made it."""
        kept = {} if isinstance(self._entry.made, str) else self._entry.made.__dict__
        if name not in kept or name in (ENTRIES, ENDED, TEXT, KIND):
            raise Unproven(f"reads {name!r} of what it made")
        return kept[name]

    def take(self) -> Entry:
        """The thing that was made, for the one place where it is put."""
        if self._taken:
            raise Unproven(f"puts one {self!r} in two places")
        self._taken = True
        return self._entry


class Module:
    """`nn.Module`: attributes in the order of their making, and whatever plain values it keeps."""

    _reading: ClassVar["Reading"]

    def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
        return cls._reading.construct(cls, arguments, keywords)

    def __init__(self) -> None:
        if ENTRIES in self.__dict__:  # what was made before draws its weights all the same
            raise Unproven("calls `super().__init__()` twice")
        self.__dict__[ENTRIES] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        entries = self._entries("sets an attribute")
        if name in MODULE_ATTRIBUTES or hasattr(type(self), name):
            raise Unproven(f"`self.{name}` hides what every module has")
        if name in entries or name in self.__dict__:
            raise Unproven(f"sets `self.{name}` twice")
        if isinstance(value, Construction):
            self._late(name)
            entries[name] = value.take()
        elif isinstance(value, (bool, int, float, str, tuple, type(None))):
            self.__dict__[name] = value
        else:
            raise Unproven(f"keeps {value!r} as `self.{name}`")

    def __getattr__(self, name: str) -> Any:
        entries = self._entries("reads an attribute")
        if name == "training":
            self._reading.asked = True
            return self._reading.recorder.training
        if name not in entries:
            raise Unproven(f"has no `self.{name}`")
        return self._reading.bound(self, name, entries[name])

    def _entries(self, what: str) -> dict[str, Entry]:
        if ENTRIES not in self.__dict__:
            raise Unproven(f"{what} before `super().__init__()`")
        entries: dict[str, Entry] = self.__dict__[ENTRIES]
        return entries

    def _add(self, name: str, value: Any, *kinds: AttributeKind) -> None:
        if not isinstance(value, Construction) or value._entry.kind not in kinds:
            raise Unproven(f"adds {value!r} under `{name}`")
        if not isinstance(name, str) or name in self._entries("adds") or not name or "." in name:
            raise Unproven(f"adds something under {name!r}")
        if name in self.__dict__ or name in CONTAINERS or hasattr(type(self), name):
            raise Unproven(f"`{name}` hides what every module has")
        self._late(name)
        self._entries("adds")[name] = value.take()

    def _late(self, name: str) -> None:
        if ENDED in self.__dict__:
            raise Unproven(f"makes `{name}` after its weights were begun or laid out")

    def add_module(self, name: str, module: Any) -> None:
        self._add(name, module, AttributeKind.MODULE)

    def register_parameter(self, name: str, parameter: Any) -> None:
        self._add(name, parameter, AttributeKind.PARAMETER)

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        self._add(name, self._reading.buffer(tensor, persistent=persistent), AttributeKind.BUFFER)

    def forward(self, *inputs: Any) -> Any:
        raise Unproven("has no `forward`")

    # --- what the network's constructor calls at its end ------------------------------------

    def modules(self) -> Iterator[Placed]:
        self.__dict__[ENDED] = True
        return (placed for _, placed in everything(self._reading, "", self))

    def named_modules(self) -> Iterator[tuple[str, Placed]]:
        self.__dict__[ENDED] = True
        return everything(self._reading, "", self)

    def get_submodule(self, path: str) -> Placed:
        self.__dict__[ENDED] = True
        modules = dict(everything(self._reading, "", self))
        if path not in modules:
            raise Unproven(f"has no module {path!r}")
        return modules[path]

    def get_parameter(self, path: str) -> Any:
        owner, _, name = path.rpartition(".")
        return getattr(self.get_submodule(owner), name)

    def to(self, **keywords: Any) -> None:
        self.__dict__[ENDED] = True
        self._reading.said.append(self._reading.recorder.text("to", (), keywords))


class Sequential(Module):
    """`nn.Sequential`: its modules in order."""

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        for index, module in enumerate(modules):
            self._add(str(index), module, AttributeKind.MODULE)

    def forward(self, input: Any) -> Any:
        for module in self._reading.children(self):
            input = module(input)
        return input


class ModuleDict(Module):
    """`nn.ModuleDict`: modules under any names."""

    def __setitem__(self, name: str, module: Any) -> None:
        self._add(name, module, AttributeKind.MODULE)

    def __getitem__(self, name: str) -> Any:
        entries = self._entries("reads a module")
        if name not in entries or entries[name].kind is not AttributeKind.MODULE:
            raise Unproven(f"has no `self[{name!r}]`")
        return self._reading.bound(self, name, entries[name])

    def values(self) -> Iterator[Any]:
        return iter(self._reading.children(self))


class TorchModule(Module):
    """A module of PyTorch, or of a helper: the text of the call that makes it."""

    def __new__(cls, text: str) -> "TorchModule":
        return object.__new__(cls)

    def __init__(self, text: str) -> None:
        self.__dict__[TEXT] = text
        self.__dict__[KIND] = text.partition("(")[0]

    @property
    def text(self) -> str:
        text: str = self.__dict__[TEXT]
        return text


class Bound:
    """A module as the class that holds it reads it: to be called."""

    def __init__(self, recorder: Recorder, name: str, taking: Taking | None = None) -> None:
        self._recorder = recorder
        self._name = name
        self._taking = taking  # the inputs that the module does something with

    def __repr__(self) -> str:
        raise Unproven(f"passes on the module `{self._name}`")

    def __call__(self, *arguments: Any, **keywords: Any) -> Value:
        if self._taking is not None:
            arguments = self._taking(arguments)
        return self._recorder.called(f"self[{self._name!r}]", arguments, keywords)


class Reading:
    """The modules of one source: stand-ins for the classes that it derives from, and what it
    constructed. `known` are the modules that a class is to have, by the program, each with what it
    takes of its arguments; another `nn.Identity` is none."""

    def __init__(self, recorder: Recorder, keys: Collection[str] = ()) -> None:
        self.recorder = recorder
        self.keys = keys  # of the program's weights
        self.said: list[str] = []
        self.asked = False  # whether a class asked if it is in training
        self.known: Mapping[str, Taking | None] = {}
        self._made: dict[tuple[type, str], Module] = {}
        own = {"_reading": self}
        self.module = type("Module", (Module,), own)
        self.sequential = type("Sequential", (Sequential,), own)
        self.module_dict = type("ModuleDict", (ModuleDict,), own)
        self._leaves: dict[str, TorchModule] = {}
        self._leaf = type("TorchModule", (TorchModule,), own)

    def construct(self, cls: type, arguments: Any, keywords: Any) -> Construction:
        """A module of a class of the source; the very same for equal arguments."""
        handed = [a for a in (*arguments, *keywords.values()) if isinstance(a, Construction)]
        if handed and cls is not self.sequential:
            raise Unproven("hands a module to a constructor")
        key = cls, repr((arguments, keywords))
        if key in self._made:
            for made in handed:
                made.take()
            return Construction(Entry(AttributeKind.MODULE, self._made[key]))
        module: Module = object.__new__(cls)
        try:
            module.__init__(*arguments, **keywords)  # type: ignore[misc]
        except Unproven as unproven:
            raise unproven if unproven.owner else Unproven(unproven.what, cls.__name__) from None
        except Exception as error:
            raise Unproven(f"its constructor fails ({error})", cls.__name__) from None
        module._entries("is made")
        self._made[key] = module
        return Construction(Entry(AttributeKind.MODULE, module))

    def leaf(self, text: str) -> Construction:
        """A module of PyTorch."""
        if text not in self._leaves:
            self._leaves[text] = self._leaf(text)
        return Construction(Entry(AttributeKind.MODULE, self._leaves[text]))

    def parameter(self, tensor: Any) -> Construction:
        return Construction(
            Entry(AttributeKind.PARAMETER, self.recorder.text("nn.Parameter", (tensor,)))
        )

    def buffer(self, tensor: Any, persistent: bool = True) -> Construction:
        text = self.recorder.text("nn.Buffer", (tensor, persistent))
        return Construction(Entry(AttributeKind.BUFFER, text))

    def bound(self, owner: Module, name: str, entry: Entry) -> Any:
        """An attribute as a class reads it: a module to be called, or a tensor."""
        made = entry.made
        if self.recorder.lines is None:
            return getattr(Placed(self, "", owner), name)
        if isinstance(made, str):
            return Value(self.recorder, f"self[{name!r}]")
        if (
            name not in self.known
            and isinstance(made, TorchModule)
            and made.text == "nn.Identity()"
        ):
            return lambda x: x
        return Bound(self.recorder, name, self.known.get(name))

    def ever_has(self, kind: str, tensor: str) -> bool:
        """True where modules of a class have a tensor of this name, or None in its place."""
        names = {name for name, _ in signatures().get(BASES.get(kind, kind), ())}
        return bool(names & {tensor, "affine", "elementwise_affine"})

    def children(self, owner: Module) -> list[Any]:
        """The modules of a sequence, in running order."""
        entries = owner._entries("runs").items()
        modules = [(name, entry) for name, entry in entries if entry.kind is AttributeKind.MODULE]
        return [self.bound(owner, name, entry) for name, entry in modules]
