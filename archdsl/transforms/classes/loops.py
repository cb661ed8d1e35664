"""The header of a loop of the source: its rounds, and the values that it runs over."""

from msgspec import Struct
from msgspec.structs import replace

from archdsl.syntax import tree
from archdsl.transforms.classes.expressions import plain
from archdsl.transforms.classes.proto import Element
from archdsl.transforms.classes.regions import Round


class Header(Struct, frozen=True):
    """`for index, elements in enumerate(source)`, taken apart; `lengths` may give its length."""

    elements: tuple[str, ...]
    source: tree.Expr | None
    lengths: tuple[tree.Expr, ...]

    def fixed(self, index: int) -> tuple[Element, ...]:
        """The elements in one round that is written out."""
        return self._elements(index)

    def running(self) -> tuple[Element, ...]:
        return self._elements(None)

    def _elements(self, index: int | None) -> tuple[Element, ...]:
        if self.source is None:
            return ()
        several = len(self.elements) > 1
        return tuple(
            Element(name, self.source, index, part if several else None)
            for part, name in enumerate(self.elements)
        )

    def value(self, round: Round) -> object:
        """The value of the source in one round; None if that is not plain."""
        values = dict(round.mark.values)
        if not self.elements or any(name not in values for name in self.elements):
            return None
        values_of = tuple(values[name] for name in self.elements)
        if not plain(values_of):
            return None
        return values_of if len(values_of) > 1 else values_of[0]


def header(node: tree.Node) -> Header:
    match node:
        case tree.Binary():
            return Header((), None, (node.right,))
        case tree.For(iterable=tree.Call(callee=tree.Name(id="range"), arguments=arguments)):
            return Header((), None, tuple(argument.value for argument in arguments))
        case tree.For(
            targets=(tree.Name(), element),
            iterable=tree.Call(callee=tree.Name(id="enumerate"), arguments=(over, *_)),
        ):
            return _over(
                element.targets if isinstance(element, tree.Pattern) else (element,), over.value
            )
        case tree.For(targets=targets, iterable=tree.Name() | tree.Tuple() | tree.Index() as over):
            return _over(targets, over)
        case tree.For(
            targets=targets,
            iterable=tree.Call(callee=tree.Name(id="zip"), arguments=(first, *_)) as rows,
        ):
            return replace(_over(targets, rows), lengths=(_length(first.value),))
    return Header((), None, ())


def _over(targets: tuple[tree.Binding, ...], source: tree.Expr) -> Header:
    """A loop over elements that are taken apart once at most."""
    names = tuple(target.id for target in targets if isinstance(target, tree.Name))
    lengths = (_length(source),)
    return (
        Header(names, source, lengths) if len(names) == len(targets) else Header((), None, lengths)
    )


def _length(over: tree.Expr) -> tree.Expr:
    """`len(over)`."""
    argument = tree.Argument(over.span, None, over)
    return tree.Call(over.span, tree.Name(over.span, "len"), (argument,))
