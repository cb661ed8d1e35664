"""`__init__`: parameters, attributes in construction order, sequences with their repeats."""

from msgspec import Struct, field

from archdsl.backends.python.layout import INDENT, Generator, Star, flat, laid
from archdsl.backends.python.reads import attribute
from archdsl.ir.code import Call, Code, Infix, List, Name
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import identical, names_in, transform

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


class Constructor(Struct):
    """Prints the statements of one `__init__`; `lines` is the result."""

    cls: plan.ClassPlan
    signatures: Signatures
    lines: list[str] = field(default_factory=list)
    indent: str = INDENT * 2
    lists: int = 0

    def body(self) -> list[str]:
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
        self._block(f"{word} {flat(test)}:", then)
        match [inner for inner in otherwise if builds((inner,))]:
            case []:
                pass
            case [plan.Choice() as inner] if builds(inner.then):
                self._choice(inner, "elif")
            case _:
                self._block("else:", otherwise)

    def _known(self, item: plan.Choice) -> Code:
        """The test, by the name of its flag if it has one."""
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
        match loop.running:
            case ():
                pass
            case (size,):
                self._say(f"{size.name} = ", size.then)
            case several:
                names = ", ".join(size.name for size in several)
                self._say(f"{names} = ", tuple(size.then for size in several))
        self.indent = self.indent[len(INDENT) :]

    def _block(self, head: str, items: tuple[plan.Item, ...]) -> None:
        if not builds(items):
            return
        self.lines.append(self.indent + head)
        self.indent += INDENT
        self._items(items)
        self.indent = self.indent[len(INDENT) :]

    def _attribute(self, leaf: plan.Leaf) -> None:
        build = self._code(leaf.build)
        if self.cls.base is plan.Base.DICT or plan.sayable(leaf.name):
            self._say(f"{flat(attribute(leaf.name, self.cls.base))} = ", build)
            return
        if isinstance(build, Call) and build.func == "nn.Buffer":
            self._say("", Call("self.register_buffer", (leaf.name, *build.args), build.kwargs))
            return
        parameter = isinstance(build, Call) and build.func == "nn.Parameter"
        method = "register_parameter" if parameter else "add_module"
        self._say("", Call(f"self.{method}", (leaf.name, build)))

    def _say(self, before: str, code: Code) -> None:
        self.lines += laid(self.indent, before, code)

    # --- calls -------------------------------------------------------------------------------

    def _code(self, code: Code) -> Code:
        """The constructor call as printed: sequences spelt out, defaults left out."""

        def change(part: object) -> object:
            if isinstance(part, plan.Sequence):
                return self._sequence("nn.Sequential", part.items)
            if isinstance(part, plan.New):
                return new_call(part, self.signatures)
            return part

        spelt: Code = transform(code, change)
        return spelt

    def _sequence(self, function: str, items: tuple[plan.Item, ...]) -> Call:
        """`nn.Sequential(…)`; where an item is no expression, from a list built before."""
        spelt = [self._expression(item) for item in items]
        if all(part is not None for part in spelt):
            return Call(function, tuple(spelt))
        name = self._new_list()
        self._listed(name, items, first=True)
        return Call(function, (Star(Name(name)),))

    def _new_list(self) -> str:
        """A variable for modules that no parameter, size or loop is called."""
        taken = {parameter.name for parameter in self.cls.parameters}
        taken |= {name for name, _ in self.cls.names}
        for loop in plan.loops(self.cls.construction):
            taken |= {loop.variable, *loop.elements, *(size.name for size in loop.running)}
        while True:
            self.lists += 1
            name = "layers" if self.lists == 1 else f"layers{self.lists}"
            if name not in taken:
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

    def _listed(self, name: str, items: tuple[plan.Item, ...], first: bool = False) -> None:
        """Statements that add the items to a list."""
        run: list[Code] = []
        for item in items:
            part = self._expression(item)
            if part is None and isinstance(item, plan.Leaf):
                part = self._code(item.build)
            if part is not None:
                run.append(part)
                continue
            first = self._add(name, run, first)
            run = []
            self._listed_block(name, item)
        self._add(name, run, first)

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

    def _add(self, name: str, run: list[Code], first: bool) -> bool:
        """Starts the list or adds to it; whether it is still to be started."""
        if first:
            self._say(f"{name}: list[nn.Module] = ", List(tuple(run)))
        elif len(run) == 1 and not isinstance(run[0], Star):
            self._say("", Call(f"{name}.append", (run[0],)))
        elif run:
            self._say(f"{name} += ", List(tuple(run)))
        return False


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
    found: set[str] = set()
    for item in items:
        match item:
            case plan.Leaf():
                found |= names_in((item.name, item.build) if named else item.build)
            case plan.Choice():
                found |= names_made((*item.then, *item.otherwise), named) | names_in(item.test)
            case plan.Loop():
                found |= names_made(item.items, named) | names_in((item.count, item.source))
                found |= names_in(item.running)
    return found


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
    if not isinstance(leaf.build, plan.Sequence):
        return True
    return all(
        (isinstance(item, plan.Leaf) and _plain(item))
        or (isinstance(item, plan.Loop) and len(item.items) == 1 and not item.running)
        for item in leaf.build.items
    )
