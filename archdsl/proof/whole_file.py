"""A whole file against a whole program: every class against the scopes that it stands for."""

from functools import partial
from types import FunctionType
from typing import Any

from archdsl.ir.code import Call, Code
from archdsl.ir.graph import Program, Scope, Step, state_dict
from archdsl.proof.beginning import check_beginning, check_head_weights
from archdsl.proof.call_order import Steps, in_order
from archdsl.proof.emitted_text import EmittedSource
from archdsl.proof.handing import arguments_of, form_of, taken_apart
from archdsl.proof.modules import (
    AttributeKind,
    Construction,
    Entry,
    Module,
    Reading,
    Taking,
    TorchModule,
)
from archdsl.proof.program import ExpectedCalls, ProgramRun, evaluate, inputs_of, mentioned
from archdsl.proof.stand_ins import Recorder, Value
from archdsl.proof.trained import check_from_trained
from archdsl.proof.unproven import Unproven
from archdsl.proof.writers import Writing
from archdsl.transforms.deploy import Deployment


def proved(program: Program, text: str, network: str, deployed: Deployment | None = None) -> None:
    """Nothing where the source is the program, or `Difference`; `network` is the name of its class,
    or of a function that makes one.

    Of a deploy form, the memory's layout and the way from trained weights are compared too.
    """
    proof = Proof(program, text, network)
    proof.all(deployed is not None and deployed.channels_last)
    if deployed is not None:
        check_from_trained(proof.source, network, deployed)


class Proof:
    """One source and the program it must be."""

    def __init__(self, program: Program, text: str, network: str) -> None:
        self.program = program
        self.recorder = Recorder()
        weights = state_dict(program.root) if program.inits else ()
        keys = frozenset(key for key, _ in weights)
        self.reading = Reading(self.recorder, keys)
        self.source = EmittedSource(text, self.reading)
        self.expected = ExpectedCalls(program, self.recorder)
        self.network = network
        self.writing = Writing()
        self._proved: set[tuple[int, int]] = set()
        self._kept: dict[tuple[int, int], tuple[int, ...]] = {}

    def all(self, channels_last: bool) -> None:
        maker = self.source.names.get(self.network)
        if not isinstance(maker, type | FunctionType):
            raise Unproven(f"has no `{self.network}`")
        made = maker()
        module = made.take().made if isinstance(made, Construction) else None
        if not isinstance(module, Module):
            raise Unproven(f"`{self.network}` makes no module")
        check_beginning(self.program, self.recorder, self.reading, channels_last)
        check_head_weights(self.program, type(module))
        self._scope(module, self.program.root)

    def _scope(self, module: Module, scope: Scope) -> None:
        """A module against a scope, each pair once."""
        if (id(module), id(scope)) in self._proved:
            return
        self._proved.add((id(module), id(scope)))
        try:
            self._construction(module, scope)
            self._runs(module, scope)
        except Unproven as unproven:
            raise (
                unproven if unproven.owner else Unproven(unproven.what, type(module).__name__)
            ) from None

    # --- construction ------------------------------------------------------------------------

    def _construction(self, module: Module, scope: Scope) -> None:
        """The same modules and tensors under the same names, in the same order."""
        if isinstance(module, TorchModule):
            raise Unproven(f"is `{module.text}`, not the block `{scope.block}`")
        wanted = self.expected.built(scope)
        entries = module._entries("is read")
        for name, entry in entries.items():
            if name not in wanted and not _is_identity(entry):
                raise Unproven(f"makes `{name}`, which is no step")
        made = [name for name in entries if name in wanted]
        if made != list(wanted):
            raise Unproven(f"makes {made}, not {list(wanted)} in this order")
        for name, step in wanted.items():
            self._made(entries[name], name, step, scope)

    def _made(self, entry: Entry, name: str, step: Step, scope: Scope) -> None:
        if isinstance(step.target, Scope):
            if not isinstance(entry.made, Module):
                raise Unproven(f"makes `{name}` a {entry.kind.value}, not a block")
            self._scope(entry.made, step.target)
            return
        build = self.expected.emission(scope, step).build
        wanted = self._written(build)
        made = entry.made.text if isinstance(entry.made, TorchModule) else entry.made
        if not isinstance(made, str) or made != wanted:
            raise Unproven(f"makes `{name}` as `{made}`, not as `{wanted}`")

    def _written(self, build: Code) -> str:
        """The constructor call of an op, as text."""
        assert isinstance(build, Call) and isinstance(build.func, str)
        value = evaluate(build, self.recorder, None, ())
        if build.func == "nn.Buffer":  # which may be registered by a method
            arguments = [evaluate(part, self.recorder, None, ()) for part in build.args]
            persistent = dict(build.kwargs).get("persistent", True)
            return self.recorder.text("nn.Buffer", (*arguments, persistent))
        return repr(value)

    # --- runs --------------------------------------------------------------------------------

    def _runs(self, module: Module, scope: Scope) -> None:
        """The same calls in the same order, in evaluation and in training."""
        self.reading.asked = False
        for training in (False, True):
            if training and not self.reading.asked and len(self.expected.modes(scope)) == 1:
                return  # nothing there knows of training
            self.source.joined = False
            wanted = self.expected.run(scope, training)
            run = self._run(module, scope, training)
            if self.source.joined:
                if self.writing.clashes(scope, self.expected.joins(scope)):
                    raise Unproven("computes again from what is written over")
                wanted = self.expected.run(scope, training, flat=True)
                run = self._run(module, scope, training, flat=True)
            if run.lines != wanted.lines or repr(run.results) != repr(wanted.results):
                self._compare(run, wanted, scope)

    def _compare(self, run: ProgramRun, wanted: ProgramRun, scope: Scope) -> None:
        """The first difference that is one, if any."""
        views, drawers = self.writing.views(scope), self.expected.drawers(scope)
        steps = Steps(self.writing.writers(scope), drawers, views)
        mine, theirs = in_order(run, steps), in_order(wanted, steps)
        for number, (line, other) in enumerate(zip(mine, theirs, strict=False)):
            if line != other:
                raise Unproven(f"call {number} is `{line}`, not `{other}`")
        if len(mine) != len(theirs):
            raise Unproven(f"makes {len(mine)} calls, not {len(theirs)}")

    def _run(self, module: Module, scope: Scope, training: bool, flat: bool = False) -> ProgramRun:
        inputs = self._handed(inputs_of(scope, self.recorder), module, scope)
        return self._called(module, scope, inputs, training, flat)

    def _called(
        self, module: Module, scope: Scope, inputs: tuple[Value, ...], training: bool, flat: bool
    ) -> ProgramRun:
        recorder = self.recorder
        entries = module._entries("runs")
        self.reading.known = {
            name: self._taking(entries[name].made, step.target)
            for name, step in self.expected.built(scope).items()
        }
        self.source.running = module
        lines = recorder.run(training, flat)
        try:
            given = module.forward(*inputs)
        except Unproven:
            raise
        except Exception as error:
            raise Unproven(f"`forward` fails ({error})") from None
        finally:
            recorder.lines = None
        results = self._outcome(given, scope, training)
        return ProgramRun(lines, results, recorder.shapes, recorder.counts)

    def _handed(self, inputs: tuple[Value, ...], module: Module, scope: Scope) -> tuple[Value, ...]:
        """The inputs that `forward` takes: it may leave out those that nothing is done with."""
        form = form_of(module, scope)
        if form is not None:
            return arguments_of(form, inputs)
        count = _parameters(module)
        if count is None or count == len(inputs):
            return inputs
        places = self._places(module, scope)
        handed = [Value(self.recorder, f"unread{k}") for k in range(count)]
        for place, index in zip(places, self.expected.reads(scope), strict=True):
            handed[place] = inputs[index]
        return tuple(handed)

    def _taking(self, module: Any, scope: Any) -> Taking | None:
        """The inputs that a block uses, from the arguments of its call."""
        if not isinstance(scope, Scope):
            return None
        form = form_of(module, scope)
        if form is not None:
            return partial(taken_apart, form, reads=self.expected.reads(scope))
        places = self._places(module, scope)
        return lambda arguments: tuple(arguments[place] for place in places)

    def _places(self, module: Any, scope: Scope) -> tuple[int, ...]:
        """The arguments of a block's `forward` that are inputs which it uses."""
        reads = self.expected.reads(scope)
        count = _parameters(module)
        if count is None or count == len(scope.inputs):
            return reads
        key = id(module), id(scope)
        if key not in self._kept:
            self._kept[key] = self._read(module, scope, count)
        if len(self._kept[key]) != len(reads):
            raise Unproven(f"reads {len(self._kept[key])} inputs, not {len(reads)}")
        return self._kept[key]

    def _read(self, module: Module, scope: Scope, count: int) -> tuple[int, ...]:
        """The arguments that `forward` uses."""
        read: set[int] = set()
        for training in self.expected.modes(scope):
            self.expected.run(scope, training)
            shapes = {f"given{k}": () for k in range(count)}
            self.recorder.shapes = shapes | self.recorder.shapes
            given = tuple(Value(self.recorder, name) for name in shapes)
            read |= mentioned(self._called(module, scope, given, training, False), "given")
        return tuple(sorted(read))

    def _outcome(self, given: Any, scope: Scope, training: bool) -> tuple[Any, ...]:
        """The results of `forward`, one after the other."""
        if scope is not self.program.root:
            return tuple(given) if isinstance(given, tuple) else (given,)
        names = self.program.output_names
        heads = tuple(head.name for head in self.program.heads) if training else ()
        fields = getattr(type(given), "_fields", ())
        if self.program.heads and not training:
            wanted: tuple[str, ...] = ()
        elif heads and not names:
            wanted = ("output_" if "output" in heads else "output", *heads)
        else:
            wanted = (*names, *heads)
        if fields != wanted:
            raise Unproven(f"returns {fields or 'no names'}, not {wanted or 'none'}")
        return tuple(given) if isinstance(given, tuple) else (given,)


def _is_identity(entry: Entry) -> bool:
    return (
        entry.kind is AttributeKind.MODULE
        and isinstance(entry.made, TorchModule)
        and (entry.made.text == "nn.Identity()")
    )


def _parameters(module: Any) -> int | None:
    """The number of inputs of a class's `forward`; None where it is a sequence's."""
    forward = vars(type(module)).get("forward")
    return None if forward is None else forward.__code__.co_argcount - 1
