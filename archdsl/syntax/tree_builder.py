"""The nodes of the rules: frozen, with spans. Reports text that fits it without a meaning."""

from collections.abc import Callable
from typing import Any, TypeVar

from lark import Token

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source, Span
from archdsl.syntax import complaints, literals, mistakes, tree
from archdsl.syntax.automaton import Extent
from archdsl.syntax.tree import Expr, Statement
from archdsl.syntax.words import LANGUAGE

T = TypeVar("T")
Body = tuple[tree.Doc | None, tuple[Statement, ...]]
Arm = tuple[Expr, tuple[Statement, ...]]
Grown = tuple[Any, T | None]  # a list as the grammar grows it: what stands before, and one more


class TreeBuilder:
    """One method per rule of the grammar, called from the leaves up with the rule's extent.

    What a method is given is never changed: a line that cannot be read is taken back.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def _span(self, extent: Extent) -> Span:
        return Span(self.source, *extent)

    def _at(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def _name(self, token: Token) -> tree.Name:
        return tree.Name(self._at(token), str(token))

    def _maybe(self, token: Token | None) -> tree.Name | None:
        return None if token is None else self._name(token)

    def _literal(self, span: Span, read: Callable[[str], T], fallback: T) -> T:
        try:
            return read(span.text)
        except mistakes.BadLiteral as bad:
            self.diagnostics.append(bad.at(span))
            return fallback

    # --- files ---

    def file(
        self, extent: Extent, version: int | None, declarations: Grown[tree.Declaration] | None
    ) -> tree.File:
        return tree.File(self.source, _listed(declarations), version)

    def expression(self, extent: Extent, value: Expr) -> Expr:
        return value

    def version(self, extent: Extent, number: Token) -> int:
        value = self._number(self._at(number))
        if value != LANGUAGE:
            self.diagnostics.append(mistakes.unknown_version(self._at(number), LANGUAGE))
        return LANGUAGE

    def declarations(
        self,
        extent: Extent,
        before: Grown[tree.Declaration] | None,
        declaration: tree.Declaration | None,
    ) -> Grown[tree.Declaration]:
        return before, declaration

    def import_(self, extent: Extent, path: Token, *names: tree.ImportName) -> tree.Import:
        return tree.Import(self._span(extent), self._string(path), names)

    def import_name(self, extent: Extent, name: Token, alias: Token | None) -> tree.ImportName:
        return tree.ImportName(self._span(extent), self._name(name), self._maybe(alias))

    def block(
        self, extent: Extent, name: Token, parameters: tuple[tree.Parameter, ...] | None, body: Body
    ) -> tree.BlockDecl:
        return tree.BlockDecl(self._span(extent), self._name(name), parameters or (), *body)

    def block_value(
        self,
        extent: Extent,
        name: Token,
        parameters: tuple[tree.Parameter, ...] | None,
        value: Expr,
    ) -> tree.BlockDecl:
        span = self._span(extent)
        return tree.BlockDecl(span, self._name(name), parameters or (), None, (), value)

    def block_suite(
        self,
        extent: Extent,
        name: Token,
        parameters: tuple[tree.Parameter, ...] | None,
        value: Expr,
        body: Body,
    ) -> tree.BlockDecl:
        doc, lines = body
        opened = self._open(value, lines)
        return tree.BlockDecl(
            self._span(extent), self._name(name), parameters or (), doc, (), opened
        )

    def network(
        self, extent: Extent, name: Token, parameters: tuple[tree.Parameter, ...] | None, body: Body
    ) -> tree.NetworkDecl:
        return tree.NetworkDecl(self._span(extent), self._name(name), parameters or (), *body)

    def variant(
        self,
        extent: Extent,
        name: Token,
        base: Token,
        arguments: tuple[tree.Argument, ...] | None,
        body: Body = (None, ()),
    ) -> tree.VariantDecl:
        for statement in body[1]:
            if not isinstance(statement, tree.Expect):
                self.diagnostics.append(mistakes.not_in_variant(statement.span))
                break
        names = self._name(name), self._name(base)
        return tree.VariantDecl(self._span(extent), *names, arguments or (), *body)

    def fn(
        self, extent: Extent, name: Token, parameters: tuple[tree.Parameter, ...], value: Expr
    ) -> tree.FnDecl:
        return tree.FnDecl(self._span(extent), self._name(name), parameters, value)

    def parameters(self, extent: Extent, *parameters: tree.Parameter) -> tuple[tree.Parameter, ...]:
        return parameters

    def parameter(
        self, extent: Extent, name: Token, type: Token | None, default: Expr | None
    ) -> tree.Parameter:
        return tree.Parameter(self._span(extent), self._name(name), self._maybe(type), default)

    def body(self, extent: Extent, doc: Token | None, statements: Grown[Statement] | None) -> Body:
        if doc is not None and statements is None:
            self.diagnostics.append(mistakes.only_docstring(self._at(doc)))
        return self._doc(doc), _listed(statements)

    def promises(
        self, extent: Extent, doc: Token | None, statements: Grown[Statement] | None
    ) -> Body:
        return self._doc(doc), _listed(statements)

    def suite(self, extent: Extent, statements: Grown[Statement]) -> tuple[Statement, ...]:
        return _listed(statements)

    # --- statements ---

    def statements(
        self, extent: Extent, before: Grown[Statement] | None, statement: Statement | None
    ) -> Grown[Statement]:
        return before, statement

    def flow(
        self,
        extent: Extent,
        names: tuple[tree.Name | tree.Template, ...] | None,
        value: Expr,
        shape: Expr | None,
    ) -> tree.Flow:
        self._check_step(value)
        return tree.Flow(self._span(extent), names or (), value, shape)

    def flow_suite(
        self,
        extent: Extent,
        names: tuple[tree.Name | tree.Template, ...] | None,
        value: Expr,
        body: tuple[Statement, ...],
    ) -> tree.Flow:
        opened = self._open(value, body)
        return tree.Flow(self._span(extent), names or (), opened, None)

    def targets(
        self, extent: Extent, *names: tree.Name | tree.Template
    ) -> tuple[tree.Name | tree.Template, ...]:
        return names

    def layer(self, extent: Extent, name: tree.Name | tree.Template, value: Expr) -> tree.Layer:
        self._check_step(value)
        return tree.Layer(self._span(extent), name, value)

    def let(self, extent: Extent, targets: tuple[tree.Binding, ...], value: Expr) -> tree.Let:
        return tree.Let(self._span(extent), targets, value)

    def for_(
        self,
        extent: Extent,
        targets: tuple[tree.Binding, ...],
        iterable: Expr,
        body: tuple[Statement, ...],
    ) -> tree.For:
        return tree.For(self._span(extent), targets, iterable, body)

    def if_(
        self,
        extent: Extent,
        condition: Expr,
        then: tuple[Statement, ...],
        arms: Grown[Arm] | None,
        otherwise: tuple[Statement, ...] | None,
    ) -> tree.If:
        first = (condition, then)
        return tree.If(self._span(extent), (first, *_listed(arms)), otherwise or ())

    def arms(
        self,
        extent: Extent,
        before: Grown[Arm] | None,
        condition: Expr,
        then: tuple[Statement, ...],
    ) -> Grown[Arm]:
        return before, (condition, then)

    def input(
        self, extent: Extent, name: Token | None, shape: Expr, dtype: Token | None
    ) -> tree.Input:
        batch = complaints.batch_in_shape(shape)
        if batch is not None:
            self.diagnostics.append(batch)
        return tree.Input(self._span(extent), self._maybe(name), shape, self._maybe(dtype))

    def output(self, extent: Extent, *values: tree.Argument) -> tree.Output:
        return tree.Output(self._span(extent), values)

    def aux(
        self, extent: Extent, name: Token, arguments: tuple[tree.Argument, ...] | None, value: Expr
    ) -> tree.Aux:
        self._check_step(value)
        return tree.Aux(self._span(extent), self._name(name), arguments or (), value)

    def init(self, extent: Extent, selector: Token, tensor: Token | None, value: Expr) -> tree.Init:
        chosen = self._name(selector) if selector.type == "NAME" else self._string(selector)
        return tree.Init(self._span(extent), chosen, self._maybe(tensor), value)

    def expect(self, extent: Extent, condition: Expr) -> tree.Expect:
        return tree.Expect(self._span(extent), condition, None)

    def expect_when(self, extent: Extent, condition: Expr, when: Expr) -> tree.Expect:
        return tree.Expect(self._span(extent), condition, when)

    def opened(self, extent: Extent, value: Expr, body: tuple[Statement, ...]) -> Expr:
        return self._open(value, body)

    def bindings(self, extent: Extent, *targets: tree.Binding) -> tuple[tree.Binding, ...]:
        return targets

    def pattern(self, extent: Extent, *targets: tree.Binding) -> tree.Pattern:
        return tree.Pattern(self._span(extent), targets)

    def broken(self, extent: Extent, *parts: object) -> None:
        return None

    broken_declaration = broken_body = broken

    # --- expressions ---

    def chain(self, extent: Extent, *items: Expr) -> tree.Chain:
        for item in items:
            self._check_step(item)
        return tree.Chain(self._span(extent), items)

    def if_else(self, extent: Extent, then: Expr, condition: Expr, otherwise: Expr) -> tree.IfElse:
        return tree.IfElse(self._span(extent), condition, then, otherwise)

    def or_(self, extent: Extent, left: Expr, right: Expr) -> tree.Binary:
        return tree.Binary(self._span(extent), "or", left, right)

    def and_(self, extent: Extent, left: Expr, right: Expr) -> tree.Binary:
        return tree.Binary(self._span(extent), "and", left, right)

    def not_(self, extent: Extent, operand: Expr) -> tree.Unary:
        return tree.Unary(self._span(extent), "not", operand)

    def comparison(self, extent: Extent, *parts: Any) -> tree.Compare:
        return tree.Compare(self._span(extent), parts[1::2], parts[::2])

    def comparator(self, extent: Extent, *words: Token) -> str:
        return " ".join(words)

    def binary(self, extent: Extent, left: Expr, op: Token, right: Expr) -> tree.Binary:
        return tree.Binary(self._span(extent), str(op), left, right)

    def unary(self, extent: Extent, op: Token, operand: Expr) -> tree.Unary:
        return tree.Unary(self._span(extent), str(op), operand)

    def call(self, extent: Extent, callee: Expr, arguments: tuple[tree.Argument, ...]) -> tree.Call:
        return tree.Call(self._span(extent), callee, arguments)

    def attribute(self, extent: Extent, value: Expr, name: Token) -> tree.Attribute:
        return tree.Attribute(self._span(extent), value, self._name(name))

    def place(self, extent: Extent, value: Expr, token: Token) -> tree.Attribute:
        span = self._at(token)
        digits = Span(span.source, span.start + 1, span.end)
        return tree.Attribute(self._span(extent), value, tree.Name(digits, digits.text))

    def index(self, extent: Extent, value: Expr, index: Expr) -> tree.Index:
        return tree.Index(self._span(extent), value, index)

    def slice(self, extent: Extent, value: Expr, *bounds: Expr | None) -> tree.Slice:
        return tree.Slice(self._span(extent), value, *bounds)

    def slice_by(
        self, extent: Extent, value: Expr, start: Expr | None, step: Expr | None
    ) -> tree.Slice:
        return tree.Slice(self._span(extent), value, start, None, step)

    def name(self, extent: Extent, token: Token) -> tree.Name:
        return self._name(token)

    def number(self, extent: Extent, token: Token) -> tree.Constant:
        span = self._at(token)
        return tree.Constant(span, self._number(span))

    def shape(self, extent: Extent, token: Token) -> tree.Shape:
        span = self._at(token)
        return tree.Shape(span, self._literal(span, literals.shape, (1, 1)))

    def string(self, extent: Extent, token: Token) -> tree.Constant:
        return self._string(token)

    def true(self, extent: Extent) -> tree.Constant:
        return tree.Constant(self._span(extent), True)

    def false(self, extent: Extent) -> tree.Constant:
        return tree.Constant(self._span(extent), False)

    def none(self, extent: Extent) -> tree.Constant:
        return tree.Constant(self._span(extent), None)

    def tuple_(self, extent: Extent, *items: Expr) -> tree.Tuple:
        return tree.Tuple(self._span(extent), items)

    def comprehension(self, extent: Extent, value: tree.Comprehension) -> tree.Comprehension:
        parts = value.element, value.targets, value.iterable, value.condition
        return tree.Comprehension(self._span(extent), *parts)

    def template(self, extent: Extent, *parts: Token | Expr) -> tree.Template:
        texts = (p.strip("{}") if isinstance(p, Token) else p for p in parts)
        return tree.Template(self._span(extent), tuple(p for p in texts if p != ""))

    def generator(
        self,
        extent: Extent,
        element: Expr,
        targets: tuple[tree.Binding, ...],
        iterable: Expr,
        condition: Expr | None,
    ) -> tree.Comprehension:
        return tree.Comprehension(self._span(extent), element, targets, iterable, condition)

    def arguments(self, extent: Extent, *arguments: tree.Argument) -> tuple[tree.Argument, ...]:
        return arguments

    def generator_argument(
        self, extent: Extent, value: tree.Comprehension
    ) -> tuple[tree.Argument, ...]:
        return (tree.Argument(value.span, None, value),)

    def argument(self, extent: Extent, name: Token | None, value: Expr) -> tree.Argument:
        return tree.Argument(self._span(extent), self._maybe(name), value)

    # --- what the grammar cannot say ---

    def _doc(self, token: Token | None) -> tree.Doc | None:
        return None if token is None else tree.Doc(self._at(token), literals.docstring(str(token)))

    def _number(self, span: Span) -> int | float:
        one: int | float = 1
        return self._literal(span, literals.number, one)

    def _string(self, token: Token) -> tree.Constant:
        span = self._at(token)
        return tree.Constant(span, self._literal(span, literals.string, ""))

    def _open(self, value: Expr, body: tuple[Statement, ...]) -> Expr:
        """A chain with its last element opened: `x -> concat:` and the lines below it."""
        *before, head = value.items if isinstance(value, tree.Chain) else (value,)
        if not isinstance(head, tree.Name | tree.Call):
            self.diagnostics.append(mistakes.cannot_open(head.span))
        end = body[-1].span if body else head.span
        suite = tree.Suite(head.span.to(end), head, body)
        return tree.Chain(value.span.to(end), (*before, suite)) if before else suite

    def _check_step(self, value: Expr) -> None:
        """A line, or an element of a chain, must be something that the flow can go through."""
        problem = complaints.no_step(value)
        if problem is not None:
            self.diagnostics.append(problem)


def _listed(grown: Grown[T] | None) -> tuple[T, ...]:
    """The items of a list that the grammar grew, without those that could not be read."""
    items: list[T] = []
    while grown is not None:
        grown, item = grown
        if item is not None:
            items.append(item)
    return tuple(reversed(items))
