"""From Lark's tree to ours: frozen nodes with spans. Finds what reads well and means nothing."""

from collections.abc import Callable
from typing import Any, TypeVar

from lark import Token, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source, Span
from archdsl.syntax import complaints, literals, tree
from archdsl.syntax.tree import Expr, Statement
from archdsl.syntax.words import LANGUAGE

T = TypeVar("T")
Body = tuple[tree.Doc | None, tuple[Statement, ...]]
Arms = list[tuple[Expr, tuple[Statement, ...]]]


@v_args(meta=True, inline=True)
class Builder(Transformer_NonRecursive[Token, Any]):
    """One method per rule of the grammar, called from the leaves up."""

    def __init__(self, source: Source) -> None:
        super().__init__(visit_tokens=False)
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def _span(self, meta: Meta) -> Span:
        return Span(self.source, meta.start_pos, meta.end_pos)

    def _at(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def _name(self, token: Token) -> tree.Name:
        return tree.Name(self._at(token), str(token))

    def _maybe(self, token: Token | None) -> tree.Name | None:
        return None if token is None else self._name(token)

    def _literal(self, span: Span, read: Callable[[str], T], fallback: T) -> T:
        try:
            return read(span.text)
        except literals.BadLiteral as problem:
            self.diagnostics.append(
                complaints.complaint(problem.code, problem.message, span, problem.hint)
            )
            return fallback

    # --- files ---

    def file(
        self, meta: Meta, version: int | None, declarations: list[tree.Declaration] | None
    ) -> tree.File:
        return tree.File(self.source, tuple(declarations or ()), version)

    def expression(self, meta: Meta, value: Expr) -> Expr:
        return value

    def version(self, meta: Meta, number: Token) -> int:
        value = self._number(self._at(number))
        if value != LANGUAGE:
            self.diagnostics.append(complaints.unknown_version(self._at(number)))
        return LANGUAGE

    def declarations(
        self,
        meta: Meta,
        before: list[tree.Declaration] | None,
        declaration: tree.Declaration | None,
    ) -> list[tree.Declaration]:
        return _with(before, declaration)

    def import_(self, meta: Meta, path: Token, *names: tree.ImportName) -> tree.Import:
        return tree.Import(self._span(meta), self._string(path), names)

    def import_name(self, meta: Meta, name: Token, alias: Token | None) -> tree.ImportName:
        return tree.ImportName(self._span(meta), self._name(name), self._maybe(alias))

    def block(
        self, meta: Meta, name: Token, parameters: tuple[tree.Parameter, ...] | None, body: Body
    ) -> tree.BlockDecl:
        return tree.BlockDecl(self._span(meta), self._name(name), parameters or (), *body)

    def block_value(
        self, meta: Meta, name: Token, parameters: tuple[tree.Parameter, ...] | None, value: Expr
    ) -> tree.BlockDecl:
        span = self._span(meta)
        return tree.BlockDecl(span, self._name(name), parameters or (), None, (), value)

    def block_suite(
        self,
        meta: Meta,
        name: Token,
        parameters: tuple[tree.Parameter, ...] | None,
        value: Expr,
        body: Body,
    ) -> tree.BlockDecl:
        doc, lines = body
        opened = self._open(value, lines)
        return tree.BlockDecl(self._span(meta), self._name(name), parameters or (), doc, (), opened)

    def network(
        self, meta: Meta, name: Token, parameters: tuple[tree.Parameter, ...] | None, body: Body
    ) -> tree.NetworkDecl:
        return tree.NetworkDecl(self._span(meta), self._name(name), parameters or (), *body)

    def variant(
        self,
        meta: Meta,
        name: Token,
        base: Token,
        arguments: tuple[tree.Argument, ...] | None,
        body: Body = (None, ()),
    ) -> tree.VariantDecl:
        for statement in body[1]:
            if not isinstance(statement, tree.Expect):
                self.diagnostics.append(complaints.not_in_variant(statement.span))
                break
        names = self._name(name), self._name(base)
        return tree.VariantDecl(self._span(meta), *names, arguments or (), *body)

    def fn(
        self, meta: Meta, name: Token, parameters: tuple[tree.Parameter, ...], value: Expr
    ) -> tree.FnDecl:
        return tree.FnDecl(self._span(meta), self._name(name), parameters, value)

    def parameters(self, meta: Meta, *parameters: tree.Parameter) -> tuple[tree.Parameter, ...]:
        return parameters

    def parameter(
        self, meta: Meta, name: Token, type: Token | None, default: Expr | None
    ) -> tree.Parameter:
        return tree.Parameter(self._span(meta), self._name(name), self._maybe(type), default)

    def body(self, meta: Meta, doc: Token | None, statements: list[Statement] | None) -> Body:
        if doc is not None and statements is None:
            self.diagnostics.append(complaints.only_docstring(self._at(doc)))
        return self._doc(doc), tuple(statements or ())

    def promises(self, meta: Meta, doc: Token | None, statements: list[Statement] | None) -> Body:
        return self._doc(doc), tuple(statements or ())

    def suite(self, meta: Meta, statements: list[Statement]) -> tuple[Statement, ...]:
        return tuple(statements)

    # --- statements ---

    def statements(
        self, meta: Meta, before: list[Statement] | None, statement: Statement | None
    ) -> list[Statement]:
        return _with(before, statement)

    def flow(
        self,
        meta: Meta,
        names: tuple[tree.Name | tree.Template, ...] | None,
        value: Expr,
        shape: Expr | None,
    ) -> tree.Flow:
        self._check_step(value)
        return tree.Flow(self._span(meta), names or (), value, shape)

    def flow_suite(
        self,
        meta: Meta,
        names: tuple[tree.Name | tree.Template, ...] | None,
        value: Expr,
        body: tuple[Statement, ...],
    ) -> tree.Flow:
        opened = self._open(value, body)
        return tree.Flow(self._span(meta), names or (), opened, None)

    def targets(
        self, meta: Meta, *names: tree.Name | tree.Template
    ) -> tuple[tree.Name | tree.Template, ...]:
        return names

    def layer(self, meta: Meta, name: tree.Name | tree.Template, value: Expr) -> tree.Layer:
        self._check_step(value)
        return tree.Layer(self._span(meta), name, value)

    def let(self, meta: Meta, targets: tuple[tree.Binding, ...], value: Expr) -> tree.Let:
        return tree.Let(self._span(meta), targets, value)

    def for_(
        self,
        meta: Meta,
        targets: tuple[tree.Binding, ...],
        iterable: Expr,
        body: tuple[Statement, ...],
    ) -> tree.For:
        return tree.For(self._span(meta), targets, iterable, body)

    def if_(
        self,
        meta: Meta,
        condition: Expr,
        then: tuple[Statement, ...],
        arms: Arms | None,
        otherwise: tuple[Statement, ...] | None,
    ) -> tree.If:
        first = (condition, then)
        return tree.If(self._span(meta), (first, *(arms or ())), otherwise or ())

    def arms(
        self, meta: Meta, before: Arms | None, condition: Expr, then: tuple[Statement, ...]
    ) -> Arms:
        return _with(before, (condition, then))

    def input(self, meta: Meta, name: Token | None, shape: Expr, dtype: Token | None) -> tree.Input:
        return tree.Input(self._span(meta), self._maybe(name), shape, self._maybe(dtype))

    def output(self, meta: Meta, *values: tree.Argument) -> tree.Output:
        return tree.Output(self._span(meta), values)

    def aux(
        self, meta: Meta, name: Token, arguments: tuple[tree.Argument, ...] | None, value: Expr
    ) -> tree.Aux:
        self._check_step(value)
        return tree.Aux(self._span(meta), self._name(name), arguments or (), value)

    def init(self, meta: Meta, selector: Token, tensor: Token | None, value: Expr) -> tree.Init:
        chosen = self._name(selector) if selector.type == "NAME" else self._string(selector)
        return tree.Init(self._span(meta), chosen, self._maybe(tensor), value)

    def expect(self, meta: Meta, condition: Expr) -> tree.Expect:
        return tree.Expect(self._span(meta), condition, None)

    def expect_when(self, meta: Meta, condition: Expr, when: Expr) -> tree.Expect:
        return tree.Expect(self._span(meta), condition, when)

    def opened(self, meta: Meta, value: Expr, body: tuple[Statement, ...]) -> Expr:
        return self._open(value, body)

    def bindings(self, meta: Meta, *targets: tree.Binding) -> tuple[tree.Binding, ...]:
        return targets

    def pattern(self, meta: Meta, *targets: tree.Binding) -> tree.Pattern:
        return tree.Pattern(self._span(meta), targets)

    def broken(self, meta: Meta, *parts: object) -> None:
        return None

    broken_declaration = broken_body = broken

    # --- expressions ---

    def chain(self, meta: Meta, *items: Expr) -> tree.Chain:
        for item in items:
            self._check_step(item)
        return tree.Chain(self._span(meta), items)

    def if_else(self, meta: Meta, then: Expr, condition: Expr, otherwise: Expr) -> tree.IfElse:
        return tree.IfElse(self._span(meta), condition, then, otherwise)

    def or_(self, meta: Meta, left: Expr, right: Expr) -> tree.Binary:
        return tree.Binary(self._span(meta), "or", left, right)

    def and_(self, meta: Meta, left: Expr, right: Expr) -> tree.Binary:
        return tree.Binary(self._span(meta), "and", left, right)

    def not_(self, meta: Meta, operand: Expr) -> tree.Unary:
        return tree.Unary(self._span(meta), "not", operand)

    def comparison(self, meta: Meta, *parts: Any) -> tree.Compare:
        return tree.Compare(self._span(meta), parts[1::2], parts[::2])

    def comparator(self, meta: Meta, *words: Token) -> str:
        return " ".join(words)

    def binary(self, meta: Meta, left: Expr, op: Token, right: Expr) -> tree.Binary:
        return tree.Binary(self._span(meta), str(op), left, right)

    def unary(self, meta: Meta, op: Token, operand: Expr) -> tree.Unary:
        return tree.Unary(self._span(meta), str(op), operand)

    def call(self, meta: Meta, callee: Expr, arguments: tuple[tree.Argument, ...]) -> tree.Call:
        return tree.Call(self._span(meta), callee, arguments)

    def attribute(self, meta: Meta, value: Expr, name: Token) -> tree.Attribute:
        return tree.Attribute(self._span(meta), value, self._name(name))

    def place(self, meta: Meta, value: Expr, token: Token) -> tree.Attribute:
        span = self._at(token)
        digits = Span(span.source, span.start + 1, span.end)
        return tree.Attribute(self._span(meta), value, tree.Name(digits, digits.text))

    def index(self, meta: Meta, value: Expr, index: Expr) -> tree.Index:
        return tree.Index(self._span(meta), value, index)

    def slice(self, meta: Meta, value: Expr, *bounds: Expr | None) -> tree.Slice:
        return tree.Slice(self._span(meta), value, *bounds)

    def slice_by(
        self, meta: Meta, value: Expr, start: Expr | None, step: Expr | None
    ) -> tree.Slice:
        return tree.Slice(self._span(meta), value, start, None, step)

    def name(self, meta: Meta, token: Token) -> tree.Name:
        return self._name(token)

    def number(self, meta: Meta, token: Token) -> tree.Constant:
        span = self._at(token)
        return tree.Constant(span, self._number(span))

    def shape(self, meta: Meta, token: Token) -> tree.Shape:
        span = self._at(token)
        return tree.Shape(span, self._literal(span, literals.shape, (1, 1)))

    def string(self, meta: Meta, token: Token) -> tree.Constant:
        return self._string(token)

    def true(self, meta: Meta) -> tree.Constant:
        return tree.Constant(self._span(meta), True)

    def false(self, meta: Meta) -> tree.Constant:
        return tree.Constant(self._span(meta), False)

    def none(self, meta: Meta) -> tree.Constant:
        return tree.Constant(self._span(meta), None)

    def tuple_(self, meta: Meta, *items: Expr) -> tree.Tuple:
        return tree.Tuple(self._span(meta), items)

    def comprehension(self, meta: Meta, value: tree.Comprehension) -> tree.Comprehension:
        parts = value.element, value.targets, value.iterable, value.condition
        return tree.Comprehension(self._span(meta), *parts)

    def template(self, meta: Meta, *parts: Token | Expr) -> tree.Template:
        texts = (p.strip("{}") if isinstance(p, Token) else p for p in parts)
        return tree.Template(self._span(meta), tuple(p for p in texts if p != ""))

    def generator(
        self,
        meta: Meta,
        element: Expr,
        targets: tuple[tree.Binding, ...],
        iterable: Expr,
        condition: Expr | None,
    ) -> tree.Comprehension:
        return tree.Comprehension(self._span(meta), element, targets, iterable, condition)

    def arguments(self, meta: Meta, *arguments: tree.Argument) -> tuple[tree.Argument, ...]:
        return arguments

    def generator_argument(
        self, meta: Meta, value: tree.Comprehension
    ) -> tuple[tree.Argument, ...]:
        return (tree.Argument(value.span, None, value),)

    def argument(self, meta: Meta, name: Token | None, value: Expr) -> tree.Argument:
        return tree.Argument(self._span(meta), self._maybe(name), value)

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
            self.diagnostics.append(complaints.cannot_open(head.span))
        end = body[-1].span if body else head.span
        suite = tree.Suite(head.span.to(end), head, body)
        return tree.Chain(value.span.to(end), (*before, suite)) if before else suite

    def _check_step(self, value: Expr) -> None:
        """A line, or an element of a chain, must be something that the flow can go through."""
        problem = complaints.no_step(value)
        if problem is not None:
            self.diagnostics.append(problem)


def _with(before: list[T] | None, item: T | None) -> list[T]:
    """A list that grows while the builder climbs out of the grammar's recursion."""
    grown = [] if before is None else before
    if item is not None:
        grown.append(item)
    return grown
