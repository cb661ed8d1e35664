"""One file's declarations by name, and where each was declared; the files make it."""

from typing import Protocol

from msgspec import Struct, field

from archdsl.ir.graph import Function
from archdsl.ops.registry import ops
from archdsl.syntax import tree

Definition = tree.BlockDecl | tree.NetworkDecl | tree.VariantDecl | tree.FnDecl


class Library(Protocol):
    """The library's blocks, as far as a file asks for them."""

    def library_names(self) -> frozenset[str]: ...
    def library_block(self, name: str) -> "tuple[Definition, Module] | None": ...


class Module(Struct, eq=False):
    """One file's declarations by name, with the module that each was declared in."""

    file: tree.File
    shelf: Library
    names: "dict[str, tuple[Definition, Module]]" = field(default_factory=dict)
    broken: bool = False  # lines could not be read: what they declare is not known
    missing: set[str] = field(default_factory=set)  # what failed imports would have brought

    def find(self, name: str) -> "tuple[Definition, Module] | None":
        own = self.names.get(name)
        return own if own is not None else self.shelf.library_block(name)

    def function(self, name: str) -> Function | None:
        """The function that a name stands for, if it is one's."""
        entry = self.find(name)
        if entry is None or not isinstance(entry[0], tree.FnDecl):
            return None
        return Function(entry[0], entry[1].function)

    def lacks(self, name: str) -> bool:
        """True where a name may be missing only because of a mistake that is reported already."""
        return self.broken or name in self.missing

    def known(self) -> set[str]:
        """Every name that a step could be, for suggestions."""
        return {*self.names, *self.shelf.library_names(), *ops()}
