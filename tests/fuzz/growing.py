"""Random programs, grown line by line: most lines are tried in the reference and kept if they run.

Blocks are drawn first, for images of any size, and used with random arguments. What is grown
without trying is legal only by luck.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from .abstract import (
    Aux,
    Block,
    Branch,
    Chain,
    Either,
    For,
    From,
    Group,
    If,
    Inline,
    Input,
    Layer,
    Let,
    Line,
    Link,
    Merge,
    Names,
    Output,
    Parameter,
    Program,
    Shape,
    Shared,
    Statement,
    Times,
    Use,
)
from .flops import Flops
from .reference import FAILURES, Body, Reference, Tap
from .torch_ops import Refused

Lines = tuple[Statement, ...]
ACTIVATIONS = ("relu", "gelu", "silu", "sigmoid", "tanh", "relu")
EMITTED = ("x", "out", "branch1", "branch2", "i", "k", "t", "torch", "nn", "forward", "training")
SUMS = ("add", "add", "multiply", "maximum", "average")


def use(word: str, *arguments: str | Chain, **named: str | Chain) -> Use:
    return Use(word, arguments, tuple(named.items()))


def chain(*links: Link) -> Chain:
    return Chain(links)


class Words:
    """Steps and lines as they could stand in some body.

    `counts` are expressions for numbers of channels there; `names` gives names not used before.
    """

    def __init__(
        self, rng: Random, counts: tuple[str, ...], earlier: "tuple[Called, ...]" = ()
    ) -> None:
        self.rng = rng
        self.counts = counts
        self.earlier = earlier  # the blocks that this body may use
        self.used = 0
        self.emitted = list(EMITTED)  # that emitted code uses for itself, and the body did not yet

    def name(self) -> str:
        """A new name: often plain, sometimes what an unnamed step would be called, or an op, or a
        word of emitted code."""
        if self.emitted and self.rng.random() < 0.06:
            return self.emitted.pop(self.rng.randrange(len(self.emitted)))
        self.used += 1
        plain = self.rng.choice(("a", "b", "stem", "body", "norm", "conv_", "relu_", "linear_"))
        return f"{plain}{self.used}"

    def channels(self) -> str:
        return self.rng.choice(self.counts)

    # --- steps that keep an image's size -----------------------------------------------------

    def conv(self, channels: str | None = None) -> Use:
        kernel = self.rng.choice(("1", "3", "3", "5"))
        padding = {"1": "0", "3": "1", "5": "2"}[kernel]
        named: dict[str, str] = {} if kernel == "1" else {"padding": padding}
        if self.rng.random() < 0.15 and kernel != "1":
            named = {"padding": "same"}
        if self.rng.random() < 0.1 and kernel == "3":
            named = {"padding": "2", "dilation": "2"}
        if self.rng.random() < 0.3:
            named["bias"] = "False"
        if self.rng.random() < 0.1:
            named["groups"] = self.rng.choice(("2", "input.channels"))
        return use("conv", channels or self.channels(), kernel, **named)

    def point(self) -> Link:
        """A step that leaves the shape as it is."""
        rng = self.rng
        word = rng.choice((*ACTIVATIONS, "bn", "bn", "dropout", "scale", "layer_norm", "identity"))
        if word == "dropout" and rng.random() < 0.5:
            return use("dropout", "0.1")
        return Use(word, bare=rng.random() < 0.9)

    def small(self) -> Link:
        rng = self.rng
        if self.earlier and rng.random() < 0.08:
            return rng.choice(self.earlier)(rng)
        return rng.choice((self.conv, self.point, self.point))()

    def short(self, least: int = 1, most: int = 3) -> Chain:
        """A chain of steps that keep an image's size, with choices, repeats and merges."""
        rng = self.rng
        links: list[Link] = [self.small() for _ in range(rng.randint(least, most))]
        place = rng.randrange(len(links))
        draw = rng.random()
        if draw < 0.08:
            links[place] = Times(chain(self.conv("8"), self.point()), rng.choice(("1", "2", "3")))
        elif draw < 0.16:
            links[place] = Times(chain(self.point()), rng.choice(("0", "1", "2")))
        elif draw < 0.24:
            links[place] = Either(self.condition(), self.plain(), self.plain())
        elif draw < 0.32:
            links[place] = self.merge()
        elif draw < 0.37:
            links[place] = Inline((Branch(self.plain(), self.name()), Branch(self.plain())))
        return Chain(tuple(links))

    def plain(self) -> Chain:
        return Chain(tuple(self.small() for _ in range(self.rng.choice((1, 1, 2)))))

    def condition(self) -> str:
        return self.rng.choice(
            ("True", "False", "input.channels > 4", "1 < 2 <= 2", "not input.channels == 3")
        )

    # --- merges ------------------------------------------------------------------------------

    def merge(self) -> Merge:
        rng = self.rng
        word = rng.choice((*SUMS, "concat", "concat", "subtract", "stack"))
        if word == "concat" and rng.random() < 0.4:
            return Merge("concat", (self.comprehension(),))
        channels = self.channels()
        branches = [Branch(self.towards(channels)) for _ in range(2 if word == "subtract" else 3)]
        if rng.random() < 0.4 and word != "stack":
            branches[0] = Branch(chain(use("identity")))
        if rng.random() < 0.3:
            branches[-1] = replace(branches[-1], name=self.name())
        named = (("dim", rng.choice(("1", "-1", "2"))),)
        given = named if word in ("concat", "stack") and rng.random() < 0.4 else ()
        return Merge(word, tuple(branches[: rng.choice((2, 2, 3))]), given)

    def comprehension(self) -> Branch:
        conv = use("conv", self.channels(), "k", padding="k // 2")
        links: tuple[Link, ...] = (conv, self.point()) if self.rng.random() < 0.5 else (conv,)
        over = self.rng.choice(("(1, 3)", "[2 * j + 1 for j in range(3)]", "(1, 3, 5)"))
        return Branch(Chain(links), target="k", over=over)

    def towards(self, channels: str) -> Chain:
        """A branch that ends with so many channels."""
        return Chain((self.conv(channels), *(self.point() for _ in range(self.rng.randint(0, 1)))))

    def merge_lines(self) -> Group:
        rng = self.rng
        channels = self.channels()
        lines: list[Statement] = [Line(self.towards(channels))]
        if rng.random() < 0.5:
            body = (Line(self.towards(channels)), Line(chain(self.point()), self.name()))
            lines.append(Group("path", body, self.name() if rng.random() < 0.3 else None))
        if rng.random() < 0.4:
            named = f"{self.name()}_{{r}}" if rng.random() < 0.5 else None
            lines.append(For(("r",), "range(2)", (Line(self.towards(channels), named),)))
        if rng.random() < 0.5:
            shortcut = Line(self.towards(channels), self.name())
            other = Line(chain(use("identity")))
            lines.append(If(f"input.channels != {channels}", (shortcut,), (other,)))
        if len(lines) == 1:
            lines.append(Line(self.towards(channels), self.name() if rng.random() < 0.5 else None))
        name = self.name() if rng.random() < 0.3 else None
        return Group(rng.choice(SUMS), tuple(lines), name)

    # --- lines -------------------------------------------------------------------------------

    def line(self) -> Line:
        named = self.rng.random() < 0.4
        return Line(self.short(), self.name() if named else None)

    def path(self) -> Group:
        lines = tuple(self.line() for _ in range(self.rng.randint(1, 3)))
        return Group("path", lines, self.name() if self.rng.random() < 0.7 else None)

    def loop(self) -> For:
        rng = self.rng
        name = self.name()
        match rng.randrange(4):
            case 0:
                inner: Lines = (Line(self.short(), f"{name}_{{i}}"),)
                return For(("i",), f"range({rng.randint(1, 3)})", inner)
            case 1:
                inner = (Line(self.towards("c"), f"{name}_{{i + 1}}"), Line(self.short()))
                return For(("i", "c"), "enumerate((4, 8))", inner)
            case 2:
                step = If("i > 0", (Line(chain(self.point())),), (Line(self.towards("4")),))
                return For(("i",), "range(2)", (Line(self.towards("4 * 2 ** i")), step))
            case _:
                inner = (
                    Line(self.towards("c"), f"{name}_{{i}}_{{j}}"),
                    Line(chain(From(f"{name}_{{i}}_{{j}}"), self.point())),
                )
                rounds = For(("j",), "range(i + 1)", inner)
                return For(("i", "c"), "zip(range(2), (2, 4))", (rounds,))

    def choice(self) -> If:
        otherwise = (self.line(),) if self.rng.random() < 0.6 else ()
        return If(self.condition(), (self.line(),), otherwise)

    def several(self) -> Lines:
        """Several results, of an op or of a `path` with two outputs, and what becomes of them."""
        rng = self.rng
        first, second = self.name(), self.name()
        ends = chain(From(first), *self.plain().links)
        merged = Merge(rng.choice(("add", "concat")), (Branch(ends), Branch(chain(From(second)))))
        names = (first, second)
        if rng.random() < 0.4:
            side, ahead, whole = self.name(), self.name(), self.name()
            inside: Lines = (
                Line(self.towards("4"), side),
                Line(self.towards("4"), ahead),
                Output(((None, chain(From(side))), (None, chain(From(ahead))))),
            )
            parts: Lines = (Group("path", inside, whole), Names(names, chain(From(whole))))
        else:
            made = (use("chunk", "2"), use("split", "(1, 3)"), use("chunk", "2", dim="2"))
            parts = (Line(self.towards("4")), Names(names, chain(rng.choice(made))))
        return (*parts, Line(chain(merged)))

    def tapped(self) -> Lines:
        """A step that is taken up again further down, perhaps inside a named `path`."""
        rng = self.rng
        tap, channels = self.name(), self.channels()
        taken = Merge(rng.choice(SUMS), (Branch(self.towards(channels)), Branch(chain(From(tap)))))
        last: Statement = Line(chain(taken))
        if rng.random() < 0.6:
            own = Line(chain(self.point()), self.name())
            last = Group("path", (own, last, Line(chain(self.point()))), self.name())
        return (Line(self.towards(channels), tap), self.line(), last)

    def carried(self) -> Lines:
        """Rounds that take up what earlier rounds made, one, two or three back."""
        rng, name = self.rng, self.name() + "_"
        back = rng.choice((1, 2, 2, 3))
        first = (Line(self.towards("4"), f"{name}{k}") for k in range(back))
        taken = rng.sample(range(1, back + 1), min(back, 2))
        ends = tuple(Branch(chain(From(f"{name}{{k - {b}}}"))) for b in taken)
        start = From(f"{name}{{k - 1}}") if back == 1 else Merge(rng.choice(SUMS), ends)
        inner = (Line(chain(start)), Line(self.towards("4"), f"{name}{{k}}"))
        last = back + rng.randint(2, 6)
        end = Branch(chain(From(f"{name}{last - rng.randint(1, back)}")))
        after = Merge(rng.choice(SUMS), (Branch(chain(use("identity"))), end))
        return (*first, For(("k",), f"range({back}, {last})", inner), Line(chain(after)))

    def exchanged(self) -> Lines:
        """Two values that change places from round to round."""
        rng, one, other, kept = self.rng, self.name(), self.name(), self.name()
        mixed = Merge(rng.choice(SUMS), (Branch(chain(use("identity"))), Branch(chain(From(one)))))
        swap: Lines = (Let(kept, one), Let(one, other), Let(other, kept))
        made = Line(self.towards("4"), f"{self.name()}_{{i}}")
        inner = rng.choice(((*swap, Line(chain(mixed)), made), (Line(chain(mixed)), made, *swap)))
        both = Merge("concat", (Branch(chain(From(one))), Branch(chain(From(other)))))
        start = (Line(self.towards("4"), one), Line(self.towards("4"), other))
        return (*start, For(("i",), f"range({rng.randint(2, 5)})", inner), Line(chain(both)))

    def shared(self) -> Lines:
        """A layer that is used twice."""
        name, tap = self.name(), self.name()
        entry = Line(self.towards("4"), tap)
        first = Line(chain(From(tap), Shared(name)), self.rng.choice((self.name(), None)))
        second = Line(chain(*self.rng.choice(((), (self.conv("4"),))), Shared(name), self.point()))
        return (Layer(name, self.short()), entry, first, second)

    def recipe(self) -> Lines:
        name = self.name()
        return (Let(name, self.short()), Line(chain(Use(name), self.point(), Use(name))))

    def body(self, most: int = 3) -> Lines:
        """Some lines of a block."""
        lines: list[Statement] = []
        for _ in range(self.rng.randint(1, most)):
            draw = self.rng.choice(
                (self.line, self.line, self.line, self.merge_lines, self.path, self.loop)
            )
            lines.append(draw())
        drawn = (self.several, self.recipe, self.tapped, self.shared, self.carried, self.exchanged)
        for draw_lines in drawn:
            if self.rng.random() < 0.12:
                lines.extend(draw_lines())
        if self.rng.random() < 0.1:
            lines.append(self.choice())
        return tuple(lines)


# --- blocks ----------------------------------------------------------------------------------

Called = Callable[[Random], Link]
Earlier = tuple[Called, ...]


def blocks(rng: Random) -> dict[Block, Called]:
    """Up to three blocks, each with a way to draw a use of it."""
    kinds = (residual, recursive, taking_block, sequence, widths, skipping, forked)
    drawn: dict[Block, Called] = {}
    for kind in rng.sample(kinds, rng.randint(0, 3)):
        earlier = tuple(called for block, called in drawn.items() if _plain(block))
        block, called = kind(rng, kind.__name__, earlier)
        drawn[block] = called
    return drawn


def _plain(block: Block) -> bool:
    """Whether a use of the block can stand anywhere: it takes no tap and has one result."""
    outputs = any(isinstance(line, Output) for line in block.lines)
    return not outputs and all(parameter.type != "tensor" for parameter in block.parameters)


def residual(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("channels", "channels * 2", "input.channels"), earlier)
    last = words.towards("channels")
    entry = use("conv", "channels", "3", stride="stride", padding="1", bias="False")
    branch = Group("path", (Line(chain(entry, use("bn"))), *words.body(2), Line(last)))
    down = use("conv", "channels", "1", stride="stride", bias="False")
    shortcut = If(
        "stride != 1 or input.channels != channels",
        (Line(chain(down, use("bn")), "downsample"),),
        (Line(chain(use("identity"))),),
    )
    lines: Lines = (Group("add", (branch, shortcut)), Line(chain(use("relu"))))
    parameters = (Parameter("channels", "int"), Parameter("stride", "int", "1"))

    def called(rng: Random) -> Link:
        named = {"stride": rng.choice(("1", "2"))} if rng.random() < 0.5 else {}
        return use(name, rng.choice(("4", "8", "input.channels")), **named)

    return Block(name, parameters, lines), called


def recursive(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("channels", "4"), earlier)
    again = use(name, "depth - 1", "channels")
    inner = Line(chain(again, again) if rng.random() < 0.5 else chain(again))
    short = Line(chain(*words.plain().links, use("conv", "channels", "1")))
    deeper: Lines = (Group("average", (short, inner)),) if rng.random() < 0.6 else (short, inner)
    lines = (If("depth == 0", (Line(words.towards("channels")),), deeper),)
    parameters = (Parameter("depth"), Parameter("channels", rng.choice((None, "int"))))
    return Block(name, parameters, lines), lambda rng: use(
        name, rng.choice("012"), rng.choice(("4", "6"))
    )


def taking_block(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("channels", "input.channels"), earlier)
    part = use("part", "channels", "3", padding="1") if rng.random() < 0.5 else None
    applied = part or Use("part")
    lines: Lines = (Line(chain(applied)), *words.body(1), Line(chain(applied, applied), "twice"))
    parameters = (
        Parameter("part", "block"),
        Parameter("channels", "int"),
        Parameter("act", "block" if rng.random() < 0.5 else None),
    )
    lines = (*lines, Line(chain(Use("act"), use("conv", "channels", "1"))))

    def called(rng: Random) -> Link:
        own = Words(rng, ("4", "input.channels"))
        waiting = chain(Use("conv"))
        given = waiting if part is not None else own.plain()
        return use(name, given, rng.choice(("4", "6")), chain(Use(rng.choice(ACTIVATIONS))))

    return Block(name, parameters, lines), called


def sequence(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("channels", "channels // 2", "input.channels * 2"), earlier)
    parameters = (Parameter("channels"), Parameter("k", "int", "3"))
    entry = use("conv", "channels", "k", padding="k // 2")
    value = chain(entry, *words.short().links)

    def called(rng: Random) -> Link:
        named = {"k": rng.choice(("1", "5"))} if rng.random() < 0.5 else {}
        return use(name, rng.choice(("4", "8")), **named)

    return Block(name, parameters, value=value), called


def widths(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("c", "sizes[0]", "sizes[-1]"), earlier)
    line = Line(words.short(), words.name() + "_{i}")
    loop = For(("i", "c"), "enumerate(sizes)", (line, Line(words.towards("c"))))
    lines: Lines = (loop,)
    if rng.random() < 0.4:
        parts = (Use("chunk", ("2",)),)
        lines = (
            loop,
            Names(("x", "y"), Chain(parts)),
            Line(
                chain(
                    Merge(
                        "add",
                        (Branch(chain(From("x"))), Branch(chain(From("y"), *words.plain().links))),
                    )
                )
            ),
        )
    parameters = (Parameter("sizes", "tuple"),)
    values = ("(4, 8)", "[4 * n for n in (1, 2)]", "(4,) * 2", "(6, 4, 2)[1:]")
    return Block(name, parameters, lines), lambda rng: use(name, rng.choice(values))


def skipping(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("skip.channels", "input.channels"), earlier)
    joined = Merge(
        "concat" if rng.random() < 0.5 else "add",
        (Branch(words.towards("skip.channels")), Branch(chain(From("skip")))),
    )
    lines: Lines = (Line(chain(joined)), *words.body(1))
    if rng.random() < 0.4:
        lines = (*lines, Line(chain(From("skip"), *words.plain().links), "side"))
    parameters = (Parameter("skip", "tensor"),)
    return Block(name, parameters, lines), lambda rng: use(name, "TAP")


def forked(rng: Random, name: str, earlier: Earlier) -> tuple[Block, Called]:
    words = Words(rng, ("channels", "channels + 2"), earlier)
    first, second = Line(words.towards("channels"), "near"), Line(words.towards("channels"), "far")
    ends = ((None, chain(From("near"))), (None, chain(From("far"), *words.plain().links)))
    lines: Lines = (first, *words.body(1), second, Output(ends))
    parameters = (Parameter("channels", default="4"),)
    return Block(name, parameters, lines), lambda rng: use(name, *rng.choice(((), ("6",))))


# --- networks --------------------------------------------------------------------------------


class Network(Words):
    """Grows a network's lines in the reference as far as they run."""

    def __init__(self, rng: Random, counter: Flops, trying: bool) -> None:
        super().__init__(rng, ("2", "4", "4", "6", "8", "3 * 2", "input.channels"))
        self.trying = trying
        self.called = blocks(rng)
        inputs = _inputs(rng)
        if len(inputs) > 1:
            self.counts = ("2", "4", "4", "8")
        self.program = Program(tuple(self.called), inputs, ())
        self.reference = Reference(self.program.blocks, counter)
        self.reference.start(self.program)

    @property
    def body_now(self) -> Body:
        return self.reference.body

    def grow(self) -> Program:
        for _ in range(self.rng.randint(2, 6)):
            if not self.take(self.proposal()):
                break
        if self.rng.random() < 0.6:
            self.take(self.end())
        if self.rng.random() < 0.3:
            self.take(self.outputs())
        if not self.program.lines:
            self.take((Line(chain(use("identity"))),))
        if not self.program.lines:  # where several tensors flow
            self.take((Line(chain(From(self.taps()[0]), use("identity"))),))
        return _pruned(self.program)

    def take(self, lines: Lines) -> bool:
        """Adds the lines; where they do not run they are left out, or are the last."""
        reference, body = self.reference, self.body_now
        before = list(body.steps), list(body.order), set(body.given), dict(body.env), body.results
        try:
            flow = reference.lines(lines, reference.flow, body)
        except (Refused, *FAILURES):
            body.steps, body.order, body.given, env, body.results = before
            body.env.maps[0] = env
            reference.uses.clear()
            if self.trying:
                return True
            self.program = replace(self.program, lines=(*self.program.lines, *lines))
            return False
        reference.flow = flow
        shown = lines
        if self.rng.random() < 0.15 and isinstance(lines[-1], Line) and len(flow) == 1:
            shown = (*lines[:-1], replace(lines[-1], shape=flow[0].shape))
        self.program = replace(self.program, lines=(*self.program.lines, *shown))
        return True

    # --- what could come next ------------------------------------------------------------------

    def proposal(self) -> Lines:
        rng, flow = self.rng, self.reference.flow
        if len(flow) != 1:
            return self.beginning()
        if not flow[0].tensor.is_floating_point():
            return (Line(chain(use("embedding", "10", rng.choice(("4", "8"))))),)
        rank = len(flow[0].shape)
        if rank != 3 and rng.random() < 0.8:
            return (Line(self.of_tokens() if rank == 2 else self.of_vectors(), self.maybe()),)
        draws: tuple[Callable[[], Lines], ...] = (
            lambda: (self.line(),),
            lambda: (self.line(),),
            lambda: (self.merge_lines(),),
            lambda: (self.path(),),
            lambda: (self.loop(),),
            lambda: (self.choice(),),
            self.several,
            self.recipe,
            self.tapped,
            self.carried,
            self.exchanged,
            self.shared,
            self.layer_of_a_block,
            self.back,
            self.back,
            self.called_block,
            self.called_block,
            self.called_block,
            self.resized,
            self.resized,
            self.squeeze_and_excite,
            self.head,
            self.op_name,
            self.learned,
        )
        return rng.choice(draws)()

    def maybe(self) -> str | None:
        return self.name() if self.rng.random() < 0.3 else None

    def taps(self) -> list[str]:
        env = self.body_now.env
        return [name for name, value in env.items() if isinstance(value, Tap)]

    def beginning(self) -> Lines:
        """Where several inputs flow: from one of them, from all, or from a layer of both."""
        rng = self.rng
        names = self.taps()
        match rng.randrange(3):
            case 0:
                first, second, tower = self.name(), self.name(), self.name()
                ends = tuple(Branch(chain(From(name))) for name in (first, second))
                return (
                    Layer(tower, self.plain()),
                    Line(chain(From(names[0]), Shared(tower)), first),
                    Line(chain(From(names[-1]), Shared(tower)), second),
                    Line(chain(Merge(rng.choice(("add", "subtract", "concat")), ends))),
                )
            case 1:
                ends = tuple(Branch(chain(From(name), self.conv("4"))) for name in names)
                return (Line(chain(Merge("concat", ends))),)
            case _:
                return (Line(chain(From(rng.choice(names)), self.conv()), self.maybe()),)

    def of_tokens(self) -> Chain:
        rng = self.rng
        drawn: Link = rng.choice(
            (
                use("linear", rng.choice(("4", "8", "input.features"))),
                use("layer_norm"),
                use("attention", rng.choice(("1", "2"))),
                use("transpose", "1", "2"),
                use("conv", "4", "3", padding="1"),
                use("unsqueeze", "1"),
                use("mean", "1"),
                use("softmax", dim="-1"),
                Merge("add", (Branch(chain(use("identity"))), Branch(chain(use("linear", "8"))))),
                Merge(
                    "matmul",
                    (
                        Branch(chain(use("linear", "5"))),
                        Branch(chain(use("linear", "3"), use("transpose", "1", "2"))),
                    ),
                ),
                Merge(
                    "add", (Branch(chain(use("identity"))), Branch(chain(use("parameter", "4"))))
                ),
                use("flatten"),
                use("max_pool", "2"),
            )
        )
        return chain(drawn, self.point()) if rng.random() < 0.4 else chain(drawn)

    def of_vectors(self) -> Chain:
        drawn: Link = self.rng.choice(
            (
                use("linear", self.rng.choice(("4", "10"))),
                use("bn"),
                use("layer_norm"),
                use("softmax"),
                use("reshape", "2", "2", "2"),
                use("relu"),
            )
        )
        return chain(drawn, self.point()) if self.rng.random() < 0.4 else chain(drawn)

    def resized(self) -> Lines:
        rng = self.rng
        drawn: Use = rng.choice(
            (
                use("max_pool", "2"),
                use("avg_pool", "3", stride="2", padding="1"),
                use("conv", "4", "3"),
                use("conv", "8", "3", stride="2", padding="1"),
                use("conv", "4", "(1, 3)", stride="(1, 2)"),
                use("upsample", "2"),
                use("upsample", "2", mode="bilinear"),
                use("conv_transpose", "4", "2", stride="2"),
                use("adaptive_avg_pool", "(4, 4)"),
                use("adaptive_avg_pool", "4"),
                use("flatten", "2"),
                use("group_norm", "2"),
                use("transpose", "2", "3"),
            )
        )
        return (Line(chain(drawn, *self.plain().links), self.maybe()),)

    def back(self) -> Lines:
        """To an earlier tap, alone, under a second name, or merged with the flow."""
        rng = self.rng
        tap = rng.choice(self.taps())
        match rng.randrange(4):
            case 0:
                return (Line(chain(From(tap))),)
            case 1:
                return (Line(chain(From(tap)), self.name()),)
            case 2:
                branches = (Branch(self.plain()), Branch(chain(From(tap), *self.plain().links)))
                return (Line(chain(Merge(rng.choice(SUMS), branches)), self.maybe()),)
            case _:
                return (Line(chain(From(tap), *self.short().links), self.maybe()),)

    def layer_of_a_block(self) -> Lines:
        name, made = self.name(), self.block_use()
        if made is None:
            return self.shared()
        return (Layer(name, chain(made)), *(Line(chain(self.conv("4"), Shared(name))),) * 2)

    def called_block(self) -> Lines:
        made = self.block_use()
        if made is None:
            return (self.line(),)
        draw = self.rng.random()
        if isinstance(made, Use) and made.word == "forked":
            names = (self.name(), self.name())
            ends = tuple(Branch(chain(From(name))) for name in names)
            return (Names(names, chain(made)), Line(chain(Merge("maximum", ends)), self.maybe()))
        if draw < 0.2:
            return (Line(chain(Times(chain(made), self.rng.choice(("1", "2")))), self.maybe()),)
        if draw < 0.3:
            return (Line(chain(Merge("concat", (Branch(chain(made)), Branch(self.plain()))))),)
        if draw < 0.4:
            return (Line(chain(made, *self.short().links), self.name()),)
        return (Line(chain(made), self.maybe()),)

    def block_use(self) -> Link | None:
        if not self.called:
            return None
        made = self.rng.choice(list(self.called.values()))(self.rng)
        if isinstance(made, Use) and made.arguments == ("TAP",):
            return replace(made, arguments=(), named=(("skip", self.rng.choice(self.taps())),))
        return made

    def squeeze_and_excite(self) -> Lines:
        gate = chain(
            use("global_avg_pool"), use("conv", "2", "1"), use("relu"), use("conv", "4", "1")
        )
        branches = (Line(chain(use("identity"))), Line(Chain((*gate.links, use("sigmoid")))))
        return (Line(self.towards("4")), Group("multiply", branches, self.maybe()))

    def head(self) -> Lines:
        pooled = chain(use("global_avg_pool"), use("flatten"), use("linear", "5"))
        start = (From(self.rng.choice(self.taps())),) if self.rng.random() < 0.3 else ()
        return (Aux(self.name(), Chain((*start, *pooled.links))),)

    def op_name(self) -> Lines:
        """A step that is called as an op is."""
        word = self.rng.choice(("conv", "bn", "relu", "conv_2", "add", "relu_2"))
        link: Link = use("conv", "4", "1") if word.startswith("conv") else Use("bn")
        again = Use("relu", bare=self.rng.random() < 0.5)
        return (Line(chain(link), word), Line(chain(use("conv", "4", "1"), again)))

    def learned(self) -> Lines:
        bias = chain(use("parameter", *map(str, self.reference.flow[0].shape)))
        branches = (Branch(chain(use("identity"))), Branch(bias, self.maybe()))
        return (Line(chain(Merge("add", branches))),)

    # --- the end -------------------------------------------------------------------------------

    def end(self) -> Lines:
        rng = self.rng
        pooled: Lines = (Line(chain(use("global_avg_pool"), use("flatten"))),)
        flat: Lines = (Line(chain(use("flatten"), use("relu"))),)
        last = Line(chain(use("linear", "10")), rng.choice((None, "fc", "linear")))
        return (*rng.choice((pooled, flat)), last)

    def outputs(self) -> Lines:
        rng = self.rng
        taps = self.rng.sample(self.taps(), min(2, len(self.taps())))
        ends = [chain(From(tap)) for tap in taps if tap != "input"]
        results = [(None, end) for end in ends] if rng.random() < 0.5 else []
        fresh = (f"out{len(results)}", chain(Use("tanh"), Use("relu")))
        return (Output((*results, fresh) if results else ((None, fresh[1]),)),)


def _inputs(rng: Random) -> tuple[Input, ...]:
    image: Shape = (rng.choice((1, 2, 3, 4)), rng.choice((6, 8, 8, 9)), rng.choice((6, 8, 8, 9)))
    draw = rng.random()
    if draw < 0.12:
        return (Input(image, "left"), Input(image, "right"))
    if draw < 0.2:
        return (Input(rng.choice(((6, 8), (4, 12)))),)
    if draw < 0.25:
        return (Input((7,), whole=True),)
    if draw < 0.28:
        return (Input((2, 4, 6, 6)),)
    return (Input(image),)


def _pruned(program: Program) -> Program:
    """Without the blocks that nothing uses: the reference does not look into those."""
    text = str(replace(program, blocks=()))
    kept: list[Block] = []
    waiting = list(program.blocks)
    while used := [b for b in waiting if f"{b.name}(" in text]:
        kept += used
        waiting = [b for b in waiting if b not in used]
        text += "".join(str(Program((b,), (), ())) for b in used)
    return replace(program, blocks=tuple(b for b in program.blocks if b in kept))


def grow(rng: Random, counter: Flops) -> Program:
    """A program, mostly one whose lines were tried."""
    return Network(rng, counter, trying=rng.random() < 0.55).grow()
