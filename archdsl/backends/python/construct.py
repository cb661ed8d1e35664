"""`__init__`: parameters, attributes in construction order, sequences with their repeats."""

from itertools import chain, count

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.backends.python.layout import INDENT, Generator, Star, flat, laid
from archdsl.backends.python.reads import attribute
from archdsl.ir.code import Attr, Call, Code, Index, Infix, List, Name
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import (
    free_in_init,
    identical,
    names_in,
    parts_of,
    transform,
)

Signatures = dict[str, tuple[plan.Parameter, ...]]


def new_call(new: plan.New, signatures: Signatures, by_position: int = 2) -> Call:
    """The call of a class: the first arguments by position, the others by keyword, defaults not
    at all."""
    args: list[Code] = []
    kwargs: list[tuple[str, Code]] = []
    given = dict(new.arguments)
    for parameter in signatures[new.cls]:
        value = given[parameter.name]
        required = parameter.default is plan.Required.NO_DEFAULT
        if not required and identical(value, parameter.default):
            continue
        if required and not kwargs and len(args) < by_position:
            args.append(value)
        else:
            kwargs.append((parameter.name, value))
    return Call(new.cls, tuple(args), tuple(kwargs))


def with_makers_spelt(planned: plan.Plan) -> plan.Plan:
    """The plan with each class that is an argument as it is printed."""

    def spelt(part: object) -> object:
        if not isinstance(part, plan.Maker):
            return part
        bound = transform(part.arguments, spelt)
        return Call("partial", (Name(part.cls),), bound) if bound else Name(part.cls)

    classes, builders = transform((planned.classes, planned.builders), spelt)
    return replace(planned, classes=classes, builders=builders)


def make_call(make: plan.Make) -> Call:
    """The call of a class that is an argument."""
    defaults = dict(make.defaults)
    args = tuple(value for _, value in make.arguments[: make.by_position])
    kwargs = tuple(
        (name, value)
        for name, value in make.arguments[make.by_position :]
        if name not in defaults or not identical(value, defaults[name])
    )
    return Call(make.maker, args, kwargs)


class Constructor(Struct):
    """Prints the statements of one `__init__`; `lines` is the result."""

    cls: plan.ClassPlan
    signatures: Signatures
    lines: list[str] = field(default_factory=list)
    indent: str = INDENT * 2
    lists: set[str] = field(default_factory=set)
    attribute: str = ""  # that is being made

    def body(self) -> list[str]:
        for name, length in self.cls.lengths:
            self.lines.append(f"{self.indent}if len({name}) != {length}:")
            error = f'ValueError(f"{name} must have {length} items, not {{len({name})}}")'
            self.lines.append(f"{self.indent}{INDENT}raise {error}")
        if self.cls.base is not plan.Base.SEQUENCE:
            self.lines.append(f"{self.indent}super().__init__()")
        for name, code in self.cls.names:
            self._say(f"{name} = ", code)
        if self.cls.base is plan.Base.SEQUENCE:
            self._whole()
            self._keep_out()
            return self.lines
        for name, code in self.cls.stored:
            self._say(f"self.{name} = ", code)
        self._items(self.cls.construction)
        self._keep_out()
        return self.lines

    def _keep_out(self) -> None:
        if self.cls.out is not None:
            self._say(f"self.{plan.OUT} = ", self.cls.out)

    def _whole(self) -> None:
        """`super().__init__(…)` with all modules."""
        call = self._sequence("super().__init__", self.cls.items)
        self._say("", call)

    def _items(self, items: tuple[plan.Item, ...]) -> None:
        for item in items:
            match item:
                case plan.Leaf(build=None):
                    pass
                case plan.Leaf():
                    self._attribute(item)
                case plan.Choice():
                    self._choice(item)
                case plan.Loop():
                    if builds(item.items):
                        self._begin(item, names_made((item,)))
                        self._items(item.items)
                        self._end(item)

    def _choice(self, item: plan.Choice, word: str = "if") -> None:
        test, then, otherwise = self._known(item), item.then, item.otherwise
        if not builds(then):
            if not builds(otherwise):
                return
            test, then, otherwise = plan.Unary("not", test), otherwise, ()
        while not builds(otherwise):
            match [inner for inner in then if builds((inner,))]:
                case [plan.Choice() as inner] if builds(inner.then) and not builds(inner.otherwise):
                    test, then = Infix("and", (test, self._known(inner))), inner.then
                case _:
                    break
        self._block(laid(self.indent, f"{word} ", test, ":"), then)
        match [inner for inner in otherwise if builds((inner,))]:
            case []:
                pass
            case [plan.Choice() as inner] if builds(inner.then):
                self._choice(inner, "elif")
            case _:
                self._block([f"{self.indent}else:"], otherwise)

    def _known(self, item: plan.Choice) -> Code:
        """The test, by the name of its flag if it has one. Where an arm reads what the test asks to
        be given, the test itself, which tells tools that it is no None there."""
        asked = {
            part.operands[0].text
            for part in parts_of(item.test)
            if isinstance(part, Infix)
            and part.op in ("is", "is not")
            and part.operands[1] is None
            and isinstance(part.operands[0], Name)
        }
        if asked & names_made((*item.then, *item.otherwise)):
            return item.test
        stored = {f"self.{name}": code for name, code in self.cls.stored}
        flag = item.flag
        if isinstance(flag, Name) and stored.get(flag.text) == item.test:
            return item.test if isinstance(item.test, Name) else flag
        return item.test

    def _begin(self, loop: plan.Loop, reads: set[str]) -> None:
        """The head of a loop, with the sizes that run through it."""
        for size in loop.running:
            if size.start != Name(size.name):
                self._say(f"{size.name} = ", size.start)
        targets, iterable = header(loop, reads)
        self.lines += laid(self.indent, f"for {targets} in ", iterable, ":")
        self.indent += INDENT

    def _end(self, loop: plan.Loop) -> None:
        changed = tuple(size for size in loop.running if size.then != Name(size.name))
        match changed:
            case ():
                pass
            case (size,):
                self._say(f"{size.name} = ", size.then)
            case several:
                names = ", ".join(size.name for size in several)
                self._say(f"{names} = ", tuple(size.then for size in several))
        self.indent = self.indent[len(INDENT) :]

    def _block(self, head: list[str], items: tuple[plan.Item, ...]) -> None:
        if not builds(items):
            return
        self.lines += head
        self.indent += INDENT
        self._items(items)
        self.indent = self.indent[len(INDENT) :]

    def _attribute(self, leaf: plan.Leaf) -> None:
        self.attribute = leaf.name if isinstance(leaf.name, str) else ""
        build = self._code(leaf.build)
        made = attribute(leaf.name, self.cls.base)
        if self.cls.base is plan.Base.DICT or plan.sayable(leaf.name):
            self._say(f"{flat(made)} = ", build)
        elif isinstance(build, Call) and build.func == "nn.Buffer":
            self._say("", Call("self.register_buffer", (leaf.name, *build.args), build.kwargs))
        else:
            parameter = isinstance(build, Call) and build.func == "nn.Parameter"
            method = "register_parameter" if parameter else "add_module"
            self._say("", Call(f"self.{method}", (leaf.name, build)))
        if leaf.told:
            self._say(f"{leaf.told} = ", Attr(made, plan.OUT))

    def _say(self, before: str, code: Code) -> None:
        self.lines += laid(self.indent, before, code)

    # --- calls -------------------------------------------------------------------------------

    def _code(self, code: Code) -> Code:
        """The constructor call as printed: sequences spelt out, defaults left out."""

        def change(part: object) -> object:
            if isinstance(part, plan.Sequence):
                return self._sequence("nn.Sequential", part.items)
            match part:
                case plan.New():
                    return self._code(new_call(part, self.signatures))
                case plan.Make():
                    return self._code(make_call(part))
            return part

        spelt: Code = transform(code, change)
        return spelt

    def _sequence(self, function: str, items: tuple[plan.Item, ...]) -> Call:
        """`nn.Sequential(…)`; where an item is no expression, from a list built before."""
        spelt = [self._expression(item) for item in items]
        if all(part is not None for part in spelt):
            return Call(function, tuple(spelt))
        name = self._new_list()
        told = any(isinstance(part, plan.Leaf) and part.told for part in parts_of(items))
        self._listed(name, items, "Any" if told else "nn.Module")
        return Call(function, (Star(Name(name)),))

    def _new_list(self) -> str:
        """A variable for modules that no parameter, size or loop is called: after the attribute,
        where there is one before."""
        taken = {parameter.name for parameter in self.cls.parameters} | self.lists
        taken |= {name for name, _ in self.cls.names}
        for loop in plan.loops(self.cls.construction):
            taken |= {loop.variable, *loop.elements, *(size.name for size in loop.running)}
        taken |= {
            leaf.told for leaf in parts_of(self.cls.construction) if isinstance(leaf, plan.Leaf)
        }
        wishes = chain(("layers", self.attribute), (f"layers{number}" for number in count(2)))
        name = next(wish for wish in wishes if free_in_init(wish) and wish not in taken)
        self.lists.add(name)
        return name

    def _expression(self, item: plan.Item) -> Code:
        """An item as one argument, None where it takes statements."""
        match item:
            case plan.Leaf():
                return self._code(item.build) if _plain(item) else None
            case plan.Loop(items=(plan.Leaf() as leaf,), running=()) if _plain(leaf):
                targets, iterable = header(item, names_in(leaf.build))
                return Star(Generator(self._code(leaf.build), targets, iterable))
            case plan.Choice(then=(plan.Leaf() as then,), otherwise=(plan.Leaf() as other,)):
                if _plain(then) and _plain(other):
                    return plan.IfElse(item.test, self._code(then.build), self._code(other.build))
        return None

    def _listed(self, name: str, items: tuple[plan.Item, ...], kind: str = "") -> None:
        """Statements that add the items to a list, which is started as one of a `kind`."""
        run: list[Code] = []
        for item in items:
            part = self._expression(item)
            if part is None and isinstance(item, plan.Leaf):
                part = self._code(item.build)
            if part is not None:
                run.append(part)
            told = item.told if isinstance(item, plan.Leaf) else ""
            if part is not None and not told:
                continue
            kind = self._add(name, run, kind)
            run = []
            if told:
                self._say(f"{told} = ", Attr(Index(Name(name), (-1,)), plan.OUT))
            else:
                self._listed_block(name, item)
        self._add(name, run, kind)

    def _listed_block(self, name: str, item: plan.Item) -> None:
        match item:
            case plan.Loop():
                self._begin(item, names_made((item,), named=False))
                self._listed(name, item.items)
                self._end(item)
            case plan.Choice():
                self._listed_choice(name, item, "if")

    def _listed_choice(self, name: str, item: plan.Choice, word: str) -> None:
        if not item.then:
            test = flat(plan.Unary("not", item.test))
            self._listed_in(f"{word} {test}:", name, item.otherwise)
            return
        self._listed_in(f"{word} {flat(item.test)}:", name, item.then)
        match item.otherwise:
            case ():
                pass
            case (plan.Choice() as inner,):
                self._listed_choice(name, inner, "elif")
            case _:
                self._listed_in("else:", name, item.otherwise)

    def _listed_in(self, head: str, name: str, items: tuple[plan.Item, ...]) -> None:
        self.lines.append(self.indent + head)
        self.indent += INDENT
        self._listed(name, items)
        self.indent = self.indent[len(INDENT) :]

    def _add(self, name: str, run: list[Code], kind: str) -> str:
        """Starts a list of that kind, or adds to it; the kind that is still to be started."""
        match run:
            case _ if kind:
                self._say(f"{name}: list[{kind}] = ", List(tuple(run)))
            case [Star(value=Generator() as generator)]:
                self._say(f"{name} += ", List((generator,)))
            case [Star()] | [_, _, *_]:
                self._say(f"{name} += ", List(tuple(run)))
            case [part]:
                self._say("", Call(f"{name}.append", (part,)))
        return ""


def header(loop: plan.Loop, reads: set[str]) -> tuple[str, Code]:
    """The targets and the iterable of a loop that reads these names."""
    elements = ", ".join(loop.elements)
    counts = loop.variable in reads
    if not loop.elements:
        return loop.variable if counts else "_", Call("range", (loop.count,))
    if not counts:
        return elements, loop.source
    grouped = f"({elements})" if len(loop.elements) > 1 else elements
    return f"{loop.variable}, {grouped}", Call("enumerate", (loop.source,))


def names_made(items: tuple[plan.Item, ...], named: bool = True) -> set[str]:
    """The names that construction reads, those in computed attribute names included."""
    names: set[str] = set()
    for item in items:
        match item:
            case plan.Leaf():
                names |= names_in((item.name, item.build) if named else item.build)
            case plan.Choice():
                names |= names_made((*item.then, *item.otherwise), named) | names_in(item.test)
            case plan.Loop():
                names |= names_made(item.items, named) | names_in((item.count, item.source))
                names |= names_in(item.running)
    return names


def builds(items: tuple[plan.Item, ...]) -> bool:
    """True where one of the items constructs something."""
    return any(
        item.build is not None
        if isinstance(item, plan.Leaf)
        else builds(item.items)
        if isinstance(item, plan.Loop)
        else builds(item.then) or builds(item.otherwise)
        for item in items
    )


def _plain(leaf: plan.Leaf) -> bool:
    """True for a module of one expression: no sequence in it needs statements of its own."""
    if leaf.told:
        return False
    if not isinstance(leaf.build, plan.Sequence):
        return True
    return all(
        (isinstance(item, plan.Leaf) and _plain(item))
        or (isinstance(item, plan.Loop) and _is_generator(item))
        for item in leaf.build.items
    )


def _is_generator(loop: plan.Loop) -> bool:
    """True for a loop over one module that carries no size to the next round."""
    match loop:
        case plan.Loop(items=(plan.Leaf() as leaf,), running=()):
            return _plain(leaf)
    return False
