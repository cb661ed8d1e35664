"""The classes of a program with the parameters that can be kept: those of which every sibling is
an instance."""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.ir.graph import Program, Scope, different_steps
from archdsl.semantics.elaborate.siblings import INPUT, Siblings, channels_of
from archdsl.transforms import classes
from archdsl.transforms.chains_apart import chains_apart
from archdsl.transforms.classes.group import Kin
from archdsl.transforms.classes.plan import Plan
from archdsl.transforms.in_place import alike_in_place
from archdsl.transforms.step_names import named_alike

FOREIGN = "with another value there is a block that is not here"
Argument = tuple[int, str]  # of a definition
Planned = tuple[tuple[Program, ...], Plan, tuple[Kin, ...] | None]


class Question(Struct, frozen=True, eq=False):
    """May these be instances of one class with the program's? They are those in which the
    arguments with these names have other values. Those that `must` be may add parameters."""

    use: Siblings
    names: tuple[str, ...]
    scopes: tuple[Scope, ...]
    must: bool = False


class Refusals(Struct):
    """The arguments that cannot be kept, by their definition, each with the reason; `blocks` are
    the definitions that the programs use."""

    programs: tuple[Program, ...]
    blocks: frozenset[int]
    reasons: dict[Argument, str] = field(default_factory=dict)

    def add(self, use: Siblings, names: tuple[str, ...], why: str) -> None:
        for name in names:
            self.reasons.setdefault((id(use.of.definition), name), why)

    def take(self, refused: Mapping["Question", str]) -> None:
        """Takes in the answers about one argument alone."""
        for question, why in refused.items():
            if len(question.names) == 1:
                self.add(question.use, question.names, why)

    def hold(self, use: Siblings, name: str) -> bool:
        """True where it is known already that this argument cannot be kept."""
        return (id(use.of.definition), name) in self.reasons

    def touch(self, question: "Question") -> bool:
        """True where some of these arguments cannot be kept."""
        return any(self.hold(question.use, name) for name in question.names)

    def beyond(
        self, questions: Collection["Question"], right: Collection[Argument]
    ) -> Mapping["Question", str]:
        """The questions about other definitions in which these arguments have values that they do
        not have in the programs, with the reasons; `right` are arguments that are right for all."""
        wrong = {key: why for key, why in self.reasons.items() if key not in right}
        if not wrong:
            return {}
        own = _arguments(program.root for program in self.programs)
        found: dict[Question, str] = {}
        for question in questions:
            given = _arguments(question.scopes)
            for key, why in wrong.items():
                elsewhere = key[0] != id(question.use.of.definition)
                if elsewhere and any(value not in own.get(key, ()) for value in given.get(key, ())):
                    found.setdefault(question, why)
        return found

    def told(self, plan: Plan) -> Plan:
        """The plan with the reasons for what is fixed in it."""
        fixed = (
            replace(f, why=self.reasons.get((f.definition, f.name), f.why)) for f in plan.fixed
        )
        return replace(plan, fixed=tuple(fixed))


class Asking(Struct, frozen=True):
    """The questions about one use: first about all its arguments; if that is refused, about each
    one alone; then about the accepted ones `together`, since sizes that are equal by chance hide
    what is not kept; if that is refused, about all of these but one. A class has what its uses
    differ in, kept or not: siblings with other values `must` be of it, if need be with parameters
    more."""

    use: Siblings
    alone: tuple[Question, ...] = ()
    together: tuple[Question, ...] = ()
    must: tuple[Question, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        return (*self.must, *self.alone, *self.together)

    def next(self, refused: Mapping[Question, str], refusals: Refusals) -> "Asking":
        """The same where every answer was yes."""
        must = [question for question in self.must if question not in refused]
        must += (
            replace(q, must=True) for q in self.alone if q in refused and self._differ(q.names)
        )
        return replace(self, must=tuple(must))._next(refused, refusals)

    def _differ(self, names: tuple[str, ...]) -> bool:
        """True where the uses differ in some of these arguments."""
        return not self.use.varying.isdisjoint(names)

    def _next(self, refused: Mapping[Question, str], refusals: Refusals) -> "Asking":
        if not self.alone:
            split = any(q in refused or refusals.touch(q) for q in self.together)
            return _alone(self.use, refusals) if split else self
        kept = tuple(q for q in self.alone if not refusals.hold(self.use, q.names[0]))
        if len(kept) < len(self.alone) or not self.together:
            return self._about(kept, refusals)
        if not any(q in refused for q in self.together):
            return self
        if len(self.together) > 1 or len(kept) == 2:
            return self._without_one(kept, refused, refusals)
        less = (kept[:k] + kept[k + 1 :] for k in reversed(range(len(kept))))
        return replace(
            self, together=tuple(_question(self.use, _names(some), refusals) for some in less)
        )

    def _about(self, kept: tuple[Question, ...], refusals: Refusals) -> "Asking":
        together = (_question(self.use, _names(kept), refusals),) if len(kept) > 1 else ()
        return replace(self, alone=kept, together=together)

    def _without_one(
        self, kept: tuple[Question, ...], refused: Mapping[Question, str], refusals: Refusals
    ) -> "Asking":
        """One argument less: the first without which the others can be kept, else the last."""
        works = next((q for q in self.together if q not in refused), None)
        names = _names(kept[:-1]) if works is None else works.names
        left = tuple(q for q in kept if q.names[0] in names)
        why = next(refused[q] for q in self.together if q in refused)
        lost = tuple(n for n in _names(kept) if n not in names)
        refusals.add(self.use, lost, why)
        must = self.must
        if self._differ(lost):
            must += (replace(_question(self.use, _names(kept), refusals), must=True),)
        without = replace(self, must=must)
        if works is None:
            return without._about(left, refusals)
        return replace(without, alone=left, together=(works,))


def with_parameters(programs: tuple[Program, ...], siblings: tuple[Siblings, ...]) -> Planned:
    """The programs as they are emitted, their classes, and the kin that are instances of them. An
    argument is kept only if all siblings fit in which it is another."""
    blocks = frozenset[int]().union(*(_blocks(program.root) for program in programs))
    refusals = Refusals(programs, blocks)
    asked = [_first(use, refusals) for use in siblings]
    while True:
        questions = tuple(dict.fromkeys(q for one in asked for q in one.questions))
        scopes = dict.fromkeys(scope for question in questions for scope in question.scopes)
        written, made = _as_emitted(programs, scopes)
        kin = tuple(_kin(question, made) for question in questions) if siblings else None
        plan = classes.plan_classes(written, (), kin)
        refused = {questions[place]: why for place, why in plan.refused.items()}
        refusals.take(refused)
        accepted = [question for question in questions if question not in refused]
        right = {(id(q.use.of.definition), n) for q in accepted if q.must for n in q.names}
        beyond = refusals.beyond(accepted, right)
        refusals.take(beyond)
        refused |= beyond
        then = [one.next(refused, refusals) for one in asked]
        left = {question for one in then for question in one.questions}
        if not beyond and left == set(questions) - refused.keys():
            return written, refusals.told(plan), kin
        asked = then


def _as_emitted(
    programs: tuple[Program, ...], siblings: Collection[Scope]
) -> tuple[tuple[Program, ...], Mapping[Scope, Scope]]:
    """The programs and their siblings in the form that is written down, and what became of each
    scope."""
    apart = chains_apart((*(program.root for program in programs), *siblings))
    programs = tuple(replace(program, root=apart[program.root]) for program in programs)
    named, renamed = named_alike(programs, [apart[scope] for scope in siblings])
    written, made = alike_in_place(named, [renamed[apart[scope]] for scope in siblings])
    finished = {scope: renamed[apart[scope]] for scope in apart}
    return written, {scope: made.get(name, name) for scope, name in finished.items()}


def _first(use: Siblings, refusals: Refusals) -> Asking:
    """All arguments together, without those that have no sibling; what comes last in a list of
    parameters is most often what the network may do without."""
    names = use.names
    whole = _question(use, names, refusals)
    for name in reversed(use.names):
        if whole.scopes:
            break
        if not _has_sibling(use, name, refusals):
            names = tuple(other for other in names if other != name)
            whole = _question(use, names, refusals)
    return Asking(use, together=(whole,)) if whole.scopes else _alone(use, refusals)


def _has_sibling(use: Siblings, name: str, refusals: Refusals) -> bool:
    """True where the first one with another value of this argument alone is made of the blocks
    that are here."""
    sibling = next(use.made((name,)), None)
    if sibling is not None and not _blocks(sibling) <= refusals.blocks:
        refusals.add(use, (name,), FOREIGN)
        return False
    return sibling is not None


def _alone(use: Siblings, refusals: Refusals) -> Asking:
    names = (name for name in use.names if not refusals.hold(use, name))
    asked = (_question(use, (name,), refusals) for name in names)
    return Asking(use, alone=tuple(question for question in asked if question.scopes))


def _question(use: Siblings, names: tuple[str, ...], refusals: Refusals) -> Question:
    """The question, without scopes where it need not be asked."""
    scopes: list[Scope] = []
    for scope in use.made(names):
        if not _blocks(scope) <= refusals.blocks:
            if len(names) == 1:
                refusals.add(use, names, FOREIGN)
            return Question(use, names, ())
        scopes.append(scope)
    return Question(use, names, tuple(scopes))


def _blocks(root: Scope) -> frozenset[int]:
    """The definitions of the blocks in a scope; a chain of steps is none."""
    targets = (scope.steps[index].target for scope, index in different_steps(root))
    blocks = (target for target in targets if isinstance(target, Scope) and target.definition)
    return frozenset(id(block.definition) for block in blocks)


def _arguments(roots: Iterable[Scope]) -> Mapping[Argument, list[object]]:
    """The values of the arguments of all blocks in some scopes, with the channels that come in."""
    values: dict[Argument, list[object]] = {}
    for root in roots:
        targets = (scope.steps[index].target for scope, index in different_steps(root))
        for scope in (root, *(target for target in targets if isinstance(target, Scope))):
            channels = tuple((INPUT, channels_of(type_)) for type_ in scope.inputs[:1])
            for name, value in (*scope.arguments, *channels):
                values.setdefault((id(scope.definition), name), []).append(value)
    return values


def _names(questions: tuple[Question, ...]) -> tuple[str, ...]:
    return tuple(name for question in questions for name in question.names)


def _kin(question: Question, made: Mapping[Scope, Scope]) -> Kin:
    scopes = tuple(made[scope] for scope in question.scopes)
    return Kin(made[question.use.of], scopes, question.must)
