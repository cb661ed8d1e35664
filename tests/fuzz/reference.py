"""An abstract program run line by line in PyTorch: the rules of the language, told a second time.

Every layer is built and applied as its line is reached, on small tensors on the CPU, whose kernels
refuse more than the meta device and are faster; names, scopes and the order of weights follow
docs/language.md. Nothing here asks archdsl anything.
"""

import keyword
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

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
from .torch_ops import ANY_ELEMENTS, FLAGS, MERGES, OPS, Owned, Refused, require

SAMPLES = 2
RESERVED = {"true", "false", "none"}
KNOWN = {
    **{name: name for name in ("same", "valid", "nearest", "bilinear")},
    **{f.__name__: f for f in (range, len, enumerate, zip, min, max, sum, abs, int)},
    "__builtins__": {},
}
FAILURES = (
    *(RuntimeError, ValueError, TypeError, AssertionError, IndexError, AttributeError),
    *(KeyError, NameError, SyntaxError, ZeroDivisionError),
)
PLAIN = nn.Module()
Env = ChainMap[str, Any]


@dataclass(eq=False)
class Wire:
    """A tensor, and the step of the body at hand that it comes from (None: the body's input)."""

    tensor: Tensor
    step: "Step | None" = None

    @property
    def shape(self) -> Shape:
        return tuple(self.tensor.shape[1:])


Flow = tuple[Wire, ...]


@dataclass(eq=False)
class Step:
    """One use of a layer or body; `name` is None until the body ends, if the user gave none."""

    name: str | None
    word: str
    inputs: Flow
    outputs: Flow = ()
    owned: Owned = None
    inner: "Body | None" = None
    flops: int = 0
    shared: bool = False
    training_only: bool = False


class Tap:
    """A step's results under its name, asked for their sizes as the language asks; `hides`:
    whether a value bore the name before."""

    def __init__(self, flow: Flow, name: str = "", hides: bool = False) -> None:
        self.flow, self.name, self.hides = flow, name, hides

    def __getitem__(self, place: int) -> "Tap":
        return Tap((self.flow[place],), f"{self.name}_{place}")

    def __getattr__(self, name: str) -> int | Shape:
        shape = self.flow[0].shape
        ranks = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}
        named = dict(zip(ranks.get(len(shape), ()), shape, strict=False))
        named |= {"channels": shape[0], "features": shape[-1]} if shape else {}
        named |= {"tokens": shape[0]} if len(shape) == 2 else {}
        return {**named, "shape": shape, "rank": len(shape)}[name]


@dataclass(eq=False)
class Recipe:
    """A chain as a value, with the names that it sees; arguments complete one that lacks some."""

    chain: Chain
    env: Env


@dataclass(eq=False)
class SharedLayer:
    chain: Chain
    env: Env
    body: "Body"
    made: list[Owned] | None = None  # what the first use built, in order


@dataclass(eq=False)
class LayerUse:
    """A run of a shared layer: the first builds its parts, the others take them in order."""

    made: list[Owned]
    first: bool
    place: int = 0

    def take(self, fresh: Owned) -> Owned:
        if self.first:
            self.made.append(fresh)
            return fresh
        require(self.place < len(self.made), "other steps than at the first use")
        before = self.made[self.place]
        require(type(before) is type(fresh), "other steps than at the first use")
        self.place += 1
        return before


@dataclass(eq=False)
class Body:
    """A block, or the sequence that a name opened (`numbered`: steps are called by place)."""

    numbered: bool
    env: Env
    steps: list[Step] = field(default_factory=list)
    order: list[Step | str] = field(default_factory=list)  # a shared layer stands by its name
    given: set[str] = field(default_factory=set)
    results: list[tuple[str | None, Flow]] | None = None

    def finish(self) -> None:
        """Gives the steps without a name theirs."""
        counts: dict[str, int] = {}
        taken = set(self.given)
        for place, step in enumerate(self.steps):
            if step.name is not None:
                continue
            if self.numbered:
                step.name = str(place)
                continue
            word = step.word if _why_not(step.word) is None else f"{step.word}_"
            name = None
            while name is None or name in taken:
                counts[word] = counts.get(word, 0) + 1
                name = word if counts[word] == 1 else f"{word}_{counts[word]}"
            step.name = name
            taken.add(name)

    def module(self) -> nn.Module:
        """What PyTorch holds of it: its `state_dict` is the body's."""
        whole = nn.Module()
        for slot in self.order:
            step = slot if isinstance(slot, Step) else self._first(slot)
            assert step.name is not None
            if isinstance(step.owned, nn.Parameter):
                whole.register_parameter(step.name, step.owned)
            elif step.inner is not None:
                whole.add_module(step.name, step.inner.module())
            elif step.owned is not None:
                whole.add_module(step.name, step.owned)
        return whole

    def _first(self, layer: str) -> Step:
        first = next((s for s in self.steps if s.shared and s.name == layer), None)
        if first is None:
            raise Refused(f"the layer {layer} is never used")
        return first

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Step]]:
        for step in self.steps:
            yield f"{prefix}{step.name}", step
            if step.inner is not None:
                yield from step.inner.walk(f"{prefix}{step.name}.")

    def flops(self) -> int:
        """Those of inference: without what only feeds heads that training alone runs."""
        idle: set[Step] = set()
        results = {wire.step for _, flow in self.results or [] for wire in flow}
        for step in reversed(self.steps):
            takers = [s for s in self.steps if any(w.step is step for w in s.inputs)]
            feeds_idle_only = takers != [] and all(s in idle for s in takers)
            if step.training_only or (feeds_idle_only and step not in results):
                idle.add(step)
        return sum(step.flops for step in self.steps if step not in idle)


@dataclass(frozen=True)
class Facts:
    """What is known of a program that runs."""

    outputs: tuple[Shape, ...]
    output_names: tuple[str | None, ...]
    heads: tuple[tuple[str, Shape], ...]
    steps: tuple[tuple[str, tuple[Shape, ...]], ...]  # every use by its path, in running order
    modules: frozenset[str]  # the paths of the steps that are modules
    keys: tuple[tuple[str, Shape], ...]
    params: int
    macs: int
    blocks: frozenset[str]  # those that the network comes to use


class Reference:
    """Runs the lines of a program's network; raises `Refused`, or what PyTorch raises."""

    def __init__(self, blocks: tuple[Block, ...], counter: Flops) -> None:
        self.blocks = {block.name: block for block in blocks}
        self.counter = counter
        self.uses: list[LayerUse] = []  # the shared layers that are being run, outermost first
        self.body = Body(False, ChainMap({}))
        self.flow: Flow = ()

    # --- a network -----------------------------------------------------------------------------

    def start(self, program: Program) -> None:
        for given in program.inputs:
            dtype = torch.long if given.whole else torch.float32
            wire = Wire(torch.zeros((SAMPLES, *given.shape), dtype=dtype))
            self.body.env[given.name or "input"] = Tap((wire,), given.name or "")
            self.flow = (*self.flow, wire)

    def facts(self) -> Facts:
        body = self.body
        require(body.steps != [], "a network without steps")
        self.finish(body, self.flow)
        assert body.results is not None
        module = body.module()
        keys = [(key, tuple(value.shape)) for key, value in module.state_dict().items()]
        modules = {path for path, _ in module.named_modules() if path}
        heads = [(s.name or "", s.outputs[0].shape) for s in body.steps if s.training_only]
        results = [(name, wire) for name, flow in body.results for wire in flow]
        return Facts(
            tuple(wire.shape for _, wire in results),
            tuple(name for name, _ in results),
            tuple(heads),
            tuple((path, tuple(w.shape for w in s.outputs)) for path, s in body.walk()),
            frozenset(modules),
            tuple(keys),
            sum(p.numel() for p in module.parameters()),
            body.flops() // (2 * SAMPLES),
            frozenset(step.word for _, step in body.walk()) & self.blocks.keys(),
        )

    # --- bodies --------------------------------------------------------------------------------

    def finish(self, body: Body, flow: Flow) -> Flow:
        """The body's results, when its lines are done."""
        if body.results is None:
            body.results = [(None, flow)]
        body.finish()
        for name in [slot for slot in body.order if isinstance(slot, str)]:
            body._first(name)
        return tuple(wire for _, wires in body.results for wire in wires)

    def lines(self, lines: tuple[Statement, ...], flow: Flow, body: Body) -> Flow:
        for line in lines:
            flow = self.line(line, flow, body)
        return flow

    def line(self, line: Statement, flow: Flow, body: Body) -> Flow:
        env = body.env
        match line:
            case Line(chain, name, shape):
                flow = self.named(name, chain, flow, body)
                require(shape is None or [w.shape for w in flow] == [shape], "another shape")
            case Names(names, chain):
                flow = self.links(chain.links, flow, body, env)
                require(len(flow) == len(names), "as many names as results")
                require(len(set(names)) == len(names), "a name given twice")
                for name, wire in zip(names, flow, strict=True):
                    require(name != "input", "a name that is taken")
                    self.bind(name, (wire,), env)
            case Group():
                flow = self.group(line, flow, body)
            case For(targets, over, lines):
                for values in self.value(over, env):
                    several = values if len(targets) > 1 else (values,)
                    require(len(several) == len(targets), "elements of another length")
                    env.update(zip(targets, several, strict=True))
                    flow = self.lines(lines, flow, body)
            case If(condition, lines, otherwise):
                flow = self.lines(lines if self.holds(condition, env) else otherwise, flow, body)
            case Let(name, value):
                env[name] = self.argument(value, env)
            case Layer(name, chain):
                self.claim(name, body)
                env[name] = SharedLayer(chain, env, body)
                body.order.append(name)
            case Output(results):
                require(body.results is None, "a second output")
                body.results = [(n, self.links(c.links, flow, body, env)) for n, c in results]
                names = [n or self.tap_name(c, env) for n, c in results]
                named = [n for n in names if n]
                require(len(set(named)) == len(named), "two outputs of one name")
                given = any(n is not None for n, _ in results)
                require(not given or len(results) > 1, "a name that says nothing")
            case Aux(name, chain):
                self.head(name, chain, flow, body)
        return flow

    def tap_name(self, chain: Chain, env: Env) -> str:
        """The name of the step that a chain does nothing but name, under whatever word."""
        first, *more = (self.meant(link, env) for link in chain.links)
        return self.tap(first.tap, env).name if isinstance(first, From) and not more else ""

    def head(self, name: str, chain: Chain, flow: Flow, body: Body) -> None:
        before = len(body.steps)
        result = self.named(name, chain, flow, body)
        require(len(result) == 1, "a head has one result")
        require(len(body.steps) == before + 1, "a head is one step")
        body.steps[-1].training_only = True
        del body.env[name]

    def group(self, line: Group, flow: Flow, body: Body) -> Flow:
        name = None if line.name is None else self.written(line.name, body.env)
        if line.word == "path":
            if name is None:
                return self.lines(line.lines, flow, body)
            result = self.sequence(
                name, flow, body, lambda inner: self.lines(line.lines, flow, inner)
            )
        else:
            if name is not None:
                self.claim(name, body)
            branches = self.branch_lines(line.lines, flow, body)
            named = {key: self.value(text, body.env) for key, text in line.named}
            result = self.op(line.word, branches, (), named, name, body, merge=True)
        if name is not None:
            self.bind(name, result, body.env)
        return result

    def branch_lines(self, lines: tuple[Statement, ...], flow: Flow, body: Body) -> Flow:
        branches: list[Wire] = []
        for line in lines:
            match line:
                case For(targets, over, inner):
                    for values in self.value(over, body.env):
                        several = values if len(targets) > 1 else (values,)
                        body.env.update(zip(targets, several, strict=True))
                        branches += self.branch_lines(inner, flow, body)
                case If(condition, yes, no):
                    chosen = yes if self.holds(condition, body.env) else no
                    branches += self.branch_lines(chosen, flow, body)
                case Line(chain, None, None):
                    branches += self.branch(Branch(chain), flow, body, body.env)
                case _:
                    result = self.line(line, flow, body)
                    require(len(result) == 1, "a branch of several tensors")
                    branches += result
        return tuple(branches)

    def branch(self, branch: Branch, flow: Flow, body: Body, env: Env) -> Flow:
        """One branch of a merge; `identity` as a whole branch is the flow and no step."""
        (first, *others) = branch.chain.links
        passes = isinstance(first, Use) and replace(first, bare=True) == Use("identity")
        if passes and not others and branch.name is None:
            require(len(flow) == 1, "several tensors")
            return flow
        if branch.name is None:
            result = self.links(branch.chain.links, flow, body, env)
        else:
            result = self.named(branch.name, branch.chain, flow, body)
        require(len(result) == 1, "a branch of several tensors")
        return result

    # --- chains --------------------------------------------------------------------------------

    def named(self, name: str | None, chain: Chain, flow: Flow, body: Body) -> Flow:
        """A chain as a line of its own: with a name it is one step, or a tap's second name."""
        env = body.env
        if name is None:
            return self.links(chain.links, flow, body, env)
        name = self.written(name, env)
        self.allowed(name, body)
        links = tuple(self.meant(link, env) for link in chain.links)
        if isinstance(links[0], From):
            flow = self.tap(links[0].tap, env).flow
            links = links[1:]
        atoms = [atom for link in links for atom in self.atoms(link, env)]
        if len(atoms) == 1 and isinstance(atoms[0][0], Use | Shared | Merge):
            result = self.atom(*atoms[0], flow, body, name)
        elif links:
            result = self.sequence(name, flow, body, lambda inner: self.chained(atoms, flow, inner))
        else:
            result = flow
        self.bind(name, result, env)
        return result

    def bind(self, name: str, flow: Flow, env: Env) -> None:
        """A step's results under its name."""
        before = env.get(name)
        hides = before.hides if isinstance(before, Tap) else before is not None
        env[name] = Tap(flow, name, hides)

    def meant(self, link: Link, env: Env) -> Link:
        """A word is an op's or block's where the tap that it was has been left out."""
        lost = isinstance(link, From) and link.tap not in env
        if lost and (link.tap in OPS or link.tap in self.blocks):
            return Use(link.tap)
        return link

    def sequence(self, name: str, flow: Flow, body: Body, run: Any) -> Flow:
        """The module of its own that a name opens; its steps are numbered."""
        self.claim(name, body)
        inner = Body(True, body.env.new_child())
        step = self.record(Step(name, "", flow, inner=inner), body)
        self.within(step, inner, run)
        return step.outputs

    def within(self, step: Step, inner: Body, run: Any) -> None:
        """Runs the inside of a step; its results are the step's own."""
        before = self.counter.total
        results = self.finish(inner, run(inner))
        step.inputs += tuple(wire for inside in inner.steps for wire in inside.inputs)
        step.flops = self.counter.total - before
        step.outputs = tuple(Wire(wire.tensor, step) for wire in results)

    def links(self, links: tuple[Link, ...], flow: Flow, body: Body, env: Env) -> Flow:
        for place, link in enumerate(self.meant(link, env) for link in links):
            if isinstance(link, From):
                require(place == 0, "a tap in the middle of a chain")
                flow = self.tap(link.tap, env).flow
            else:
                flow = self.chained(self.atoms(link, env), flow, body)
        return flow

    def chained(
        self, atoms: "list[tuple[Link, ChainMap[str, Any]]]", flow: Flow, body: Body
    ) -> Flow:
        for link, env in atoms:
            flow = self.atom(link, env, flow, body, None)
        return flow

    def atoms(self, link: Link, env: Env) -> "list[tuple[Link, ChainMap[str, Any]]]":
        """The steps that a link comes to, once choices are made and recipes looked up."""
        match link:
            case Either(condition, yes, no):
                chosen = yes if self.holds(condition, env) else no
                return [atom for link in chosen.links for atom in self.atoms(link, env)]
            case Use(word, arguments, named, bare):
                bound = env.get(word)
                if isinstance(bound, Recipe) and (arguments or named or not bare):
                    return [(self.completed(bound, arguments, named, env), bound.env)]
                if isinstance(bound, Recipe):
                    return [a for one in bound.chain.links for a in self.atoms(one, bound.env)]
                plain = bare and not arguments and not named
                require(not (plain and isinstance(bound, Tap)), f"{word} is a tap and an op")
            case From():
                raise Refused("a tap in the middle of a chain")
        return [(link, env)]

    def atom(self, link: Link, env: Env, flow: Flow, body: Body, name: str | None) -> Flow:
        match link:
            case Use(word, arguments, named):
                given = [self.argument(value, env) for value in arguments]
                keywords = {key: self.argument(value, env) for key, value in named}
                require(len(keywords) == len(named), "an argument given twice")
                if name is not None:
                    self.claim(name, body)
                if word in self.blocks:
                    return self.block(self.blocks[word], given, keywords, flow, name, body)
                return self.op(word, flow, tuple(given), keywords, name, body)
            case Shared(layer):
                return self.shared(layer, flow, body)
            case Times(chain, count):
                number = self.value(count, env)
                for link in chain.links:  # what is repeated is worked out, however often it runs
                    self.atoms(link, env)
                for _ in range(number):
                    flow = self.links(chain.links, flow, body, env)
                return flow
            case Merge(word, branches, named):
                if name is not None:
                    self.claim(name, body)
                taken = tuple(w for b in branches for w in self.spread(b, flow, body, env))
                keywords = {key: self.value(text, env) for key, text in named}
                inputs = taken if branches else flow
                return self.op(word, inputs, (), keywords, name, body, merge=True)
            case Inline(branches):
                for branch in branches:
                    flow = self.named(branch.name, branch.chain, flow, body)
                return flow
        raise TypeError(link)

    def spread(self, branch: Branch, flow: Flow, body: Body, env: Env) -> Iterator[Wire]:
        if branch.target is None:
            yield from self.branch(branch, flow, body, env)
            return
        for value in self.value(branch.over, env):
            inner = env.new_child({branch.target: value})
            result = self.links(branch.chain.links, flow, body, inner)
            require(len(result) == 1, "a branch of several tensors")
            yield from result

    # --- steps ---------------------------------------------------------------------------------

    def op(
        self,
        word: str,
        flow: Flow,
        arguments: tuple[Any, ...],
        named: Mapping[str, Any],
        name: str | None,
        body: Body,
        merge: bool = False,
    ) -> Flow:
        require(word in OPS, f"nothing is called {word}")
        require(len(flow) > 1 if word in MERGES else len(flow) == 1, f"{word} of {len(flow)}")
        tensors = tuple(wire.tensor for wire in flow)
        floating = all(t.is_floating_point() for t in tensors)
        require(floating or word in ANY_ELEMENTS, "features where there are indices")
        numbers = [*arguments, *(value for key, value in named.items() if key not in FLAGS)]
        require(not any(isinstance(v, bool) for v in numbers), "true and false are no numbers")
        flags = (value for key, value in named.items() if key in FLAGS)
        require(all(isinstance(v, bool) for v in flags), "a flag is true or false")
        before = self.counter.total
        owned, function = OPS[word](tensors, *arguments, **named)
        for use in reversed(self.uses):
            owned = use.take(owned)
        function = owned if isinstance(owned, nn.Module) else function
        given = function(*tensors)
        results = given if isinstance(given, tuple) else (given,)
        require(all(t.numel() for t in results), "a result without elements")
        step = Step(name, word, flow, owned=owned)
        step.outputs = tuple(Wire(t, step) for t in results)
        step.flops = self.counter.total - before
        return self.record(step, body).outputs

    def block(
        self,
        block: Block,
        arguments: list[Any],
        named: dict[str, Any],
        flow: Flow,
        name: str | None,
        body: Body,
    ) -> Flow:
        require(len(flow) == 1, "a block takes one tensor")
        env: Env = ChainMap({})
        env["input"] = Tap((Wire(flow[0].tensor),))
        require(len(arguments) <= len(block.parameters), "too many arguments")
        names = [parameter.name for parameter in block.parameters]
        bound = dict(zip(names, arguments, strict=False))
        require(not bound.keys() & named.keys(), "an argument given twice")
        require(named.keys() <= set(names), "an argument that the block does not have")
        bound |= named
        for parameter in block.parameters:
            env[parameter.name] = self.bound(parameter, bound, env)
        inner = Body(block.value is not None, env)
        outer = [w for v in bound.values() if isinstance(v, Tap) for w in v.flow]
        step = Step(name, block.name, (*flow, *outer), inner=inner)

        def run(inner: Body) -> Flow:
            flow = env["input"].flow
            if block.value is not None:
                return self.links(block.value.links, flow, inner, env)
            return self.lines(block.lines, flow, inner)

        self.record(step, body)
        self.within(step, inner, run)
        return step.outputs

    def bound(self, parameter: Parameter, given: dict[str, Any], env: Env) -> Any:
        """A parameter's value, of the type that it declares."""
        if parameter.name not in given:
            require(parameter.default is not None, f"{parameter.name} is missing")
            return self.value(parameter.default or "", env)
        value = given[parameter.name]
        kinds: dict[str, type | tuple[type, ...]] = {
            "int": int,
            "float": (int, float),
            "bool": bool,
            "tuple": (tuple, list),
            "tensor": Tap,
            "block": Recipe,
        }
        if parameter.type is not None:
            fits = isinstance(value, kinds[parameter.type])
            number = parameter.type in ("int", "float") and isinstance(value, bool)
            require(fits and not number, f"{parameter.name} is no {parameter.type}")
        if isinstance(value, Tap):
            return Tap(tuple(Wire(wire.tensor) for wire in value.flow))
        return value

    def shared(self, name: str, flow: Flow, body: Body) -> Flow:
        """A use of a shared layer: the layers that its first use built, run again."""
        layer = body.env.get(name)
        require(isinstance(layer, SharedLayer), f"{name} is no layer")
        require(layer.body is body, "a layer of another body")
        require(len(flow) == 1, "a layer takes one tensor")
        scratch = Body(False, layer.env.new_child())
        first = layer.made is None
        layer.made = [] if layer.made is None else layer.made
        self.uses.append(LayerUse(layer.made, first))
        atoms = [a for link in layer.chain.links for a in self.atoms(link, layer.env)]
        if len(atoms) == 1 and isinstance(atoms[0][0], Use):
            self.atom(*atoms[0], flow, scratch, None)
        else:
            self.sequence("it", flow, scratch, lambda inner: self.chained(atoms, flow, inner))
        self.uses.pop()
        step = scratch.steps[-1]
        step.name, step.shared = name, True
        body.steps.append(step)
        return step.outputs

    def record(self, step: Step, body: Body) -> Step:
        body.steps.append(step)
        body.order.append(step)
        return step

    # --- names and values ----------------------------------------------------------------------

    def claim(self, name: str, body: Body) -> None:
        """A name that the user gives to a step, once in a body."""
        self.allowed(name, body)
        require(name not in body.given, f"two steps are called {name}")
        body.given.add(name)

    def allowed(self, name: str, body: Body) -> None:
        """Whether a step or tap can be called so: legal in Python and `nn.Module`."""
        require(name != "input", "the input is called input")
        why = _why_not(name, attribute=not body.numbered)
        require(why is None, f"no step is called {name}: {why}")

    def written(self, name: str, env: Env) -> str:
        """A name with the values of its braces."""
        return str(self.value(f"f{name!r}", env)) if "{" in name else name

    def tap(self, text: str, env: Env) -> Tap:
        if "{" in text:
            text = self.written(text, env)
        value = env.get(text) if text.isidentifier() else self.value(text, env)
        require(text not in OPS and text not in self.blocks, f"{text} is a tap and an op")
        if not isinstance(value, Tap):
            raise Refused(f"{text} is no tap")
        return value

    def completed(self, recipe: Recipe, arguments: Any, named: Any, env: Env) -> Use:
        """A recipe that is one op or block, with further arguments; those given last win."""
        links = recipe.chain.links
        require(len(links) == 1 and isinstance(links[0], Use), "a chain takes no arguments")
        use = links[0]
        assert isinstance(use, Use)
        own = [self.argument(value, recipe.env) for value in use.arguments]
        given = [self.argument(value, env) for value in arguments]
        keywords = {key: self.argument(value, recipe.env) for key, value in use.named}
        keywords |= {key: self.argument(value, env) for key, value in named}
        return Use(use.word, (*own, *given), tuple(keywords.items()), bare=False)

    def argument(self, value: Any, env: Env) -> Any:
        """What an argument comes to; one that was worked out before stays as it is."""
        if isinstance(value, Chain):
            return Recipe(value, self.alone(value, env))
        if not isinstance(value, str):
            return value
        named = env.get(value)
        require(not (isinstance(named, Tap) and named.hides), "a step or the value of its name")
        return self.value(value, env)

    def alone(self, chain: Chain, env: Env) -> Env:
        """Where the chain's names are looked up: a word that is a tap too can only be the op or
        block if it is all of an argument that is to be a block."""
        match chain.links:
            case (Use(word, (), (), bare=True),) if isinstance(env.get(word), Tap):
                return env.new_child({word: None})
        return env

    def value(self, text: str, env: Env) -> Any:
        return eval(text, {**KNOWN, **env})

    def holds(self, condition: str, env: Env) -> bool:
        value = self.value(condition, env)
        require(isinstance(value, bool), "a condition is true or false")
        return bool(value)


def _why_not(name: str, attribute: bool = True) -> str | None:
    """Why a step cannot have that name; one in a sequence is no attribute of Python."""
    if name.startswith("_") or keyword.iskeyword(name) or name in RESERVED:
        return "not a name of a step"
    if attribute and (hasattr(PLAIN, name) or not name.isidentifier()):
        return "nn.Module has it"
    return None


def facts(program: Program, counter: Flops) -> Facts:
    """What a program is, where it runs; raises what `Reference` does where it does not."""
    reference = Reference(program.blocks, counter)
    reference.start(program)
    reference.flow = reference.lines(program.lines, reference.flow, reference.body)
    return reference.facts()
