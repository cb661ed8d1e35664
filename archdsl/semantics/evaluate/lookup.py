"""The meaning of a name in its place: a value, a tensor, an op, a block or a function."""

from archdsl.base.labels import Remedy, replaced
from archdsl.base.suggest import did_you_mean, nearest
from archdsl.ir.graph import Mark
from archdsl.ops.registry import ops
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.evaluate import arguments, mistakes
from archdsl.semantics.evaluate.expected import Expected
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.semantics.evaluate.protocols import Evaluation
from archdsl.semantics.values import (
    PLAIN,
    UNKNOWN,
    BlockRef,
    FnRef,
    LayerRecipe,
    OpRef,
    SharedLayer,
    Tap,
    TapRecipe,
    is_recipe,
    is_step,
    marked,
)
from archdsl.syntax import tree


class Lookup:
    """Finds names for one evaluator: the nearest value first, then declarations, then ops."""

    def __init__(self, evaluator: Evaluation) -> None:
        self.evaluator = evaluator

    def name(self, expr: tree.Name, env: Environment, expected: Expected) -> object:
        if expr.id in expected.words:
            return expr.id
        local = env.find(expr.id)
        if local is not MISSING:
            return self.local(expr, local, env, expected)
        declared = self.declared(expr, expr.id, env)
        if declared is not None:
            return declared
        if expr.id in ops():
            return OpRef(expr, ops()[expr.id])
        return self.unknown(expr, env, expected)

    def local(self, expr: tree.Name, value: object, env: Environment, expected: Expected) -> object:
        if type(value) in PLAIN:
            return value
        if is_recipe(value):
            return marked(Mark(expr), value)
        if isinstance(value, Tap):
            return self._tap(expr, value, env, expected)
        if isinstance(value, SharedLayer):
            value.mentioned = True
            return LayerRecipe(expr, value)
        return value

    def _tap(self, expr: tree.Name, tap: Tap, env: Environment, expected: Expected) -> object:
        """The tensor, unless the name could as well mean the op, block or value that it hides."""
        other = tap.hides
        if other is MISSING and self.is_step_word(expr.id, env):
            other = self.declared(expr, expr.id, env) or OpRef(expr, ops()[expr.id])
        if expected.type == "tensor" or other is MISSING or (expected.step and not is_step(other)):
            return TapRecipe(expr, tap)
        if expected.type == "block" and is_step(other):
            return other
        what = "an op" if isinstance(other, OpRef) and tap.hides is MISSING else "a block"
        if tap.hides is not MISSING:
            what = "a parameter or `let`"
        line, applies = tap.span.line, is_step(other)
        return self.evaluator.report(
            mistakes.ambiguous_name(expr.id, what, expr.span, line, applies)
        )

    def is_step_word(self, name: str, env: Environment) -> bool:
        return name in ops() or (env.module is not None and env.module.find(name) is not None)

    def declared(self, node: tree.Node, name: str, env: Environment) -> object | None:
        """A block, network or function of this file, its imports or the library."""
        entry = env.module.find(name) if env.module is not None else None
        if entry is None:
            return None
        declaration, module = entry
        match declaration:
            case tree.FnDecl():
                return FnRef(declaration, module)
            case tree.VariantDecl():
                return arguments.bind_variant(self.evaluator, declaration, module, node)
            case _:
                return BlockRef(node, declaration, module)

    def unknown(
        self,
        expr: tree.Name,
        env: Environment,
        expected: Expected,
        call: tree.Call | None = None,
    ) -> object:
        """Reports a name that means nothing; `call` is the call that it begins."""
        if env.doubtful(expr.id) or (env.module is not None and env.module.lacks(expr.id)):
            self.evaluator.reporter.keep_silent()
            return UNKNOWN
        if expr.id == "path":
            return self.evaluator.report(mistakes.path_is_no_step(expr.span))
        known = env.names() | expected.words | (env.module.known() if env.module else set())
        if not expected.step:
            known |= set(FUNCTIONS)
        if expected.words and nearest(expr.id, known) not in env.names():
            return self.evaluator.report(
                mistakes.unknown_word(expr.id, expected.place, expr.span, expected.words)
            )
        kind = "op, block or step" if expected.step else "name"
        remedy = _call_meant(expr.id, call)
        if remedy is not None:
            return self.evaluator.report(mistakes.unknown_name(expr.id, kind, expr.span, remedy))
        hint = _meant(expr.id) or did_you_mean(expr.id, known)
        if not hint:  # its definition is missing, which one message says
            env.doubts.append(expr.id)
            hint = "`archdsl ops` and `archdsl blocks` list what there is" if expected.step else ""
        return self.evaluator.report(mistakes.unknown_name(expr.id, kind, expr.span, hint))

    def of_other_framework(
        self, expr: tree.Attribute, env: Environment, call: tree.Call | None = None
    ) -> bool:
        """True for `nn.Conv2d` or the like, for which there is a word here; reports that."""
        root: tree.Expr = expr
        while isinstance(root, tree.Attribute):
            root = root.value
        if not isinstance(root, tree.Name) or env.find(root.id) is not MISSING:
            return False
        from archdsl.ops.foreign import is_module, meant, op_meant

        if not is_module(root.id) or self.declared(root, root.id, env) is not None:
            return False
        word = op_meant(expr.name.id)
        remedy: str | Remedy | None = _call_meant(expr.name.id, call)
        if remedy is None:
            remedy = replaced(expr.span, word) if word else meant(expr.name.id) or meant(root.id)
        self.evaluator.report(mistakes.unknown_name(root.id, "name", root.span, remedy))
        return True


def _call_meant(word: str, call: tree.Call | None) -> Remedy | None:
    """The call of another framework's layer as it is written here."""
    if call is None:
        return None
    from archdsl.semantics.evaluate.foreign_calls import written

    return written(word, call)


def _meant(name: str) -> str:
    """A hint for a name that users of other frameworks have in their fingers: `BatchNorm2d`."""
    from archdsl.ops.foreign import meant

    return meant(name)
