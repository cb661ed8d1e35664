"""Small choices and repeats written short: one attribute, one generator."""

from msgspec.structs import replace

from archdsl.ir.code import CALL, Call, Code, Infix
from archdsl.transforms.classes import plan

IDENTITY = Call("nn.Identity")
OPPOSITE = {
    **{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"},
    **{"is": "is not", "is not": "is"},
}
REPEATED = 3  # this many equal modules in a row are a loop


def one_attribute(choice: plan.Choice) -> plan.Leaf | None:
    """`self.downsample = … if … else nn.Identity()`: a choice of one module, or of none."""
    match choice.then, choice.otherwise:
        case ((plan.Leaf() as then,), ()) if _passes(then, choice, 1):
            return replace(then, build=plan.IfElse(choice.test, then.build, IDENTITY))
        case ((), (plan.Leaf() as other,)) if _passes(other, choice, 0):
            return replace(other, build=plan.IfElse(choice.test, IDENTITY, other.build))
        case ((plan.Leaf() as then,), (plan.Leaf() as other,)):
            both = (plan.Result(then.id), plan.Result(other.id))
            alike = then.name == other.name and then.inputs == other.inputs
            modules = _is_module(then) and _is_module(other)
            if alike and modules and choice.merged == (both,):
                build = _either(choice.test, then.build, other.build)
                overwrites = then.overwrites or other.overwrites
                return replace(then, build=build, overwrites=overwrites)
    return None


def _either(test: Code, then: Code, otherwise: Code) -> Code:
    """One of two modules: of one class, if just one argument differs, else one or the other."""
    match then, otherwise:
        case plan.New(), plan.New() if then.cls == otherwise.cls:
            pairs = list(zip(then.arguments, otherwise.arguments, strict=True))
            if sum(one != other for one, other in pairs) == 1:
                merged = tuple(
                    one if one == other else (one[0], plan.IfElse(test, one[1], other[1]))
                    for one, other in pairs
                )
                return plan.New(then.cls, merged)
    return plan.IfElse(test, then, otherwise)


def one_module(choice: plan.Choice) -> plan.Item:
    """A choice of two modules of a sequence as one, if just one argument of their class differs."""
    match choice.then, choice.otherwise:
        case ((plan.Leaf(told="") as one,), (plan.Leaf(told="") as other,)):
            build = _either(choice.test, one.build, other.build)
            return replace(one, build=build) if isinstance(build, plan.New) else choice
    return choice


def _passes(leaf: plan.Leaf, choice: plan.Choice, other: int) -> bool:
    """True where the other arm's value is the module's own input."""
    if not _is_module(leaf) or len(choice.merged) != 1:
        return False
    pair = choice.merged[0]
    return pair[1 - other] == plan.Result(leaf.id) and pair[other] == leaf.inputs[0]


def _is_module(leaf: plan.Leaf) -> bool:
    return leaf.build is not None and leaf.forward == CALL


def empties_first(choice: plan.Choice) -> bool:
    """True where only the second arm does something."""
    return not choice.then and bool(choice.otherwise)


def turned_round(choice: plan.Choice) -> plan.Choice:
    """The same with the opposite test and the arms exchanged."""
    return replace(
        choice,
        test=_negated(choice.test),
        then=choice.otherwise,
        otherwise=choice.then,
        merged=tuple((other, then) for then, other in choice.merged),
    )


def _negated(test: Code) -> Code:
    if isinstance(test, Infix) and test.op in OPPOSITE:
        return Infix(OPPOSITE[test.op], test.operands)
    if isinstance(test, plan.Unary) and test.op == "not":
        return test.operand
    return plan.Unary("not", test)


def fold_repeats(items: tuple[plan.Item, ...]) -> tuple[plan.Item, ...]:
    """Three equal modules in a row or more become a loop over one."""
    folded: list[plan.Item] = []
    run: list[plan.Item] = []
    for item in (*items, None):
        if run and (item is None or not _alike(run[0], item)):
            folded.extend(_repeated(run))
            run = []
        if item is not None:
            run.append(item)
    return tuple(folded)


def _alike(a: plan.Item, b: plan.Item) -> bool:
    if isinstance(a, plan.Leaf) and isinstance(b, plan.Leaf):
        return a.build == b.build
    return False


def _repeated(run: list[plan.Item]) -> list[plan.Item]:
    if len(run) < REPEATED:
        return run
    first = run[0]
    return [plan.Loop(first.id, "_", len(run), len(run), (), None, (first,), ())]
