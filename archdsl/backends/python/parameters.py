"""The classes of a program with the parameters that can be kept: those of which every sibling is
an instance."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Program, Scope
from archdsl.semantics.elaborate.siblings import Siblings
from archdsl.transforms import classes
from archdsl.transforms.classes.plan import Plan
from archdsl.transforms.in_place import alike_in_place

Planned = tuple[tuple[Program, ...], Plan, Mapping[Scope, Scope] | None]


class Question(Struct, frozen=True, eq=False):
    """May these be instances of one class with the program's? `name` is the argument that they
    ask about, None where all of them are others."""

    use: Siblings
    name: str | None
    scopes: tuple[Scope, ...]

    def apart(self) -> "Iterable[Question]":
        """The same question about one argument at a time."""
        if self.name is not None:
            return ()
        return (Question(self.use, n, scopes) for n, scopes in self.use.apart().items() if scopes)


class Refusals(Struct):
    """The arguments that cannot be kept, by their definition, each with the reason."""

    reasons: dict[tuple[int, str], str]

    def touch(self, use: Siblings) -> bool:
        """True where some argument of a definition cannot be kept."""
        return any(definition == id(use.of.definition) for definition, _ in self.reasons)

    def hold(self, question: Question) -> bool:
        """True where it is known already that this argument cannot be kept."""
        name = question.name
        return name is not None and (id(question.use.of.definition), name) in self.reasons

    def told(self, plan: Plan) -> Plan:
        """The plan with the reasons for what is fixed in it."""
        fixed = (replace(f, why=self.reasons.get((f.definition, f.name), "")) for f in plan.fixed)
        return replace(plan, fixed=tuple(fixed))


def with_parameters(programs: tuple[Program, ...], siblings: tuple[Siblings, ...]) -> Planned:
    """The programs as they are emitted, their classes, and the siblings that are instances of
    them.

    Where those with other values of all arguments are none, each argument is asked about alone.
    One is kept only if all siblings fit in which it is another.
    """
    refusals = Refusals({})
    questions = list(_whole(siblings))
    while True:
        scopes = {scope: question.use.of for question in questions for scope in question.scopes}
        written, made = alike_in_place(programs, scopes)
        kin = {made[scope]: made[of] for scope, of in scopes.items()} if siblings else None
        plan = classes.plan_classes(written, (), kin)
        refused = {q: why for q in questions if (why := _refusal(q, made, plan)) is not None}
        for question, why in refused.items():
            if question.name is not None:
                refusals.reasons.setdefault((id(question.use.of.definition), question.name), why)
        left = list(_left(questions, refused, refusals))
        if left == questions:
            return written, refusals.told(plan), kin
        questions = left


def _whole(siblings: tuple[Siblings, ...]) -> Iterable[Question]:
    for use in siblings:
        whole = Question(use, None, use.together)
        yield from (whole,) if use.together else whole.apart()


def _refusal(question: Question, made: Mapping[Scope, Scope], plan: Plan) -> str | None:
    """The reason why one of these is no instance."""
    others = (made[scope] for scope in question.scopes)
    return next((plan.refused.get(o, "") for o in others if o not in plan.siblings), None)


def _left(
    questions: list[Question], refused: Mapping[Question, str], refusals: Refusals
) -> Iterable[Question]:
    """What is asked next: without the arguments that cannot be kept."""
    for question in questions:
        split = question.name is None and (question in refused or refusals.touch(question.use))
        parts = question.apart() if split else (question,)
        yield from (part for part in parts if not refusals.hold(part))
