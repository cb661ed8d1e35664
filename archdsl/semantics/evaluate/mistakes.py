"""The mistakes in expressions: a function for each message.

A `BadValue` is raised where values are worked out; the evaluator knows its place.
"""

from collections.abc import Iterable, Sequence

from archdsl.base.diagnostics import Diagnostic, Unplaced, mistake
from archdsl.base.labels import Edit, Remedy, replaced
from archdsl.base.quantities import plural
from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean
from archdsl.semantics.values import described, excerpt, show
from archdsl.syntax import tree

SEVERAL_TENSORS = "E0313"  # told of steps; a line that should declare a layer has it taken back
UNKNOWN_NAME = "E0201"
SMALLER = "use smaller numbers"
_FLOW_LOST = "a step's output: what flows into it here would be lost"


class BadValue(Unplaced):
    """A built-in function or operator cannot take these values; never leaves the evaluator."""


def _counted(n: int, noun: str) -> str:
    return f"{n or 'no'} {plural(n, noun)}"


def _listed(words: Iterable[str]) -> str:
    return " and ".join(f"`{word}`" for word in words)


# --- names ------------------------------------------------------------------------------------


def unknown_name(name: str, kind: str, span: Span, remedy: str | Remedy) -> Diagnostic:
    return mistake(UNKNOWN_NAME, f"there is no {kind} called `{name}`", span, remedy)


def no_network(name: str, kind: str, span: Span) -> Diagnostic:
    message = f"`{name}` is {kind}, and only a network has variants"
    hint = "declare a network that uses it: `network NAME:` with an `input` line"
    return mistake(UNKNOWN_NAME, message, span, hint)


def unknown_word(name: str, place: str, span: Span, words: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(name, words) or f"it knows {', '.join(sorted(words))}"
    return mistake("E0205", f"{place} does not know the word `{name}`", span, hint)


def ambiguous_name(name: str, other: str, span: Span, line: int, applies: bool) -> Diagnostic:
    """A step's name that stands for something else too; `applies` if that is a step."""
    message = f"`{name}` is both a step's name here and {other}"
    hint = f"rename the step at line {line}"
    if applies:
        hint = f"write `{name}()` to apply it, or {hint} to mean its output"
    return mistake("E0206", message, span, hint)


def variant_of_itself(name: str, span: Span) -> Diagnostic:
    message = f"`{name}` is a variant of itself"
    return mistake("E0210", message, span, "name the network that it varies")


# --- calls ------------------------------------------------------------------------------------


def not_callable(callee: Span, value: object) -> Diagnostic:
    message = f"`{excerpt(callee)}` is {described(value)} and cannot be called"
    return mistake("E0207", message, callee)


def has_its_arguments(call: tree.Call) -> Diagnostic:
    word = excerpt(call.callee.span)
    once = "give all arguments in one pair of parentheses"
    hint = once if call.arguments else f"write `{word}` once"
    return mistake("E0207", f"`{word}` has its arguments already", call.span, hint)


def layer_hides_op(name: str, line: int, callee: Span) -> Diagnostic:
    message = f"`{name}` is the shared layer of line {line} here, and takes no arguments"
    hint = f"give the layer another name, `layer shared_{name} = …`: "
    hint += f"then `{name}` is the op or block again"
    return mistake("E0207", message, callee, hint)


def takes_no_arguments(call: tree.Call, kind: str) -> Diagnostic:
    callee = call.callee.span
    message = f"`{excerpt(callee)}` is {kind} and takes no arguments"
    behind = Edit(Span(callee.source, callee.end, call.span.end), "")
    return mistake("E0207", message, callee, Remedy("leave out the parentheses", (behind,)))


def unknown_argument(name: str, word: str, span: Span, remedy: str | Remedy) -> Diagnostic:
    return mistake("E0202", f"`{name}` has no argument `{word}`", span, remedy)


def no_argument_by_name(name: str, span: Span) -> Diagnostic:
    return mistake("E0202", f"`{name}` takes no argument by name", span)


def wrong_count(name: str, fewest: int, most: int, given: int) -> BadValue:
    """Of a built-in function's arguments."""
    wanted = f"{fewest} to {most}" if fewest != most else f"{fewest}"
    noun = plural(most, "argument")
    return BadValue("E0208", f"`{name}` takes {wanted} {noun}, not {given}")


def too_many_arguments(name: str, most: int, given: int, span: Span, hint: str) -> Diagnostic:
    message = f"`{name}` takes {_counted(most, 'argument')}, not {given}"
    return mistake("E0208", message, span, hint)


def too_many_without_names(
    name: str, most: int, given: int, span: Span, remedy: Remedy
) -> Diagnostic:
    message = f"`{name}` takes {_counted(most, 'argument')} without a name, not {given}"
    return mistake("E0208", message, span, remedy)


def path_without_steps(span: Span) -> Diagnostic:
    hint = "write them in the parentheses, or on indented lines below `path:`"
    return mistake("E0208", "`path` has no steps", span, hint)


def missing_arguments(name: str, missing: Iterable[str], span: Span, hint: str) -> Diagnostic:
    return mistake("E0212", f"`{name}` needs {_listed(missing)}", span, hint)


def given_twice(word: str, name: str, span: Span, remedy: str | Remedy = "") -> Diagnostic:
    return mistake("E0213", f"`{word}` of `{name}` is given twice", span, remedy)


def not_of_its_type(word: str, name: str, type: str, value: object, span: Span) -> Diagnostic:
    """A value of the wrong type for a parameter of a block or function."""
    return mistake("E0211", f"`{word}` of `{name}` is {type}, not {described(value)}", span)


def value_out_of_range(
    word: str, name: str, limit: str, value: object, span: Span, hint: str = ""
) -> Diagnostic:
    return mistake("E0216", f"`{word}` of `{name}` is {limit}, not {show(value)}", span, hint)


def value_of_another_kind(
    word: str, name: str, kind: str, value: object, span: Span, hint: str
) -> Diagnostic:
    """A value of the wrong kind for an argument of an op."""
    return mistake("E0216", f"`{word}` of `{name}` is {kind}, not {described(value)}", span, hint)


# --- steps ------------------------------------------------------------------------------------


def not_a_step(value: object, span: Span) -> Diagnostic:
    message = f"a step is needed here, not {described(value)}"
    hint = "a step is an op, a block, or a chain of them"
    if isinstance(value, str) and value.isidentifier():
        hint = f"write `{value}` without quotes where it is given: a step is no string"
    return mistake("E0401", message, span, hint)


def number_among_branches(value: object, word: str, span: Span) -> Diagnostic:
    """`concat(a, b, 1)`: a merge's dimension without its name."""
    message = f"a step is needed here, not {described(value)}"
    return mistake("E0401", message, span, replaced(span, f"{word}={span.text}"))


def path_is_no_step(span: Span) -> Diagnostic:
    hint = "write `path:` and the steps on indented lines below it"
    return mistake("E0401", "`path` opens lines of its own and is no step by itself", span, hint)


def opens_no_lines(callee: Span, hint: str) -> Diagnostic:
    message = f"`{callee.text}` takes no indented lines: only `path` and the merges do"
    return mistake("E0214", message, callee, hint)


def branch_in_both_places(merge: str, branch: Span) -> Diagnostic:
    message = f"the branches of `{merge}` stand either in parentheses or on indented lines"
    return mistake("E0215", message, branch, "move this branch to a line of its own")


def path_in_both_places(head: Span) -> Diagnostic:
    message = "the steps of `path` stand either in parentheses or on indented lines"
    return mistake("E0215", message, head)


def flow_is_lost(step: Span, alone: bool = False) -> Diagnostic:
    """A step's output where something flows in: `alone`, or as the beginning of a chain."""
    message = f"`{excerpt(step)}` {'is' if alone else 'begins with'} {_FLOW_LOST}"
    hint = "start the line with it, or merge the two with `add` or `concat`"
    return mistake("E0209", message, step, hint)


def output_used_as_layer(
    name: str, step: Span, named: Span, made: str, can_merge: bool
) -> Diagnostic:
    """A step's output as a layer; `named` is the line that could declare one, `made` its step."""
    start = Span(named.source, named.start, named.start)
    hint = f"write `layer {name} = {made}` at line {named.line}"
    remedy = Remedy(hint, (Edit(start, "layer "),))
    if can_merge:
        remedy = Remedy(f"merge the two with `add` or `concat`, or {hint}")
    return mistake("E0209", f"`{name}` is {_FLOW_LOST}", step, remedy)


def copies_first(product: tree.Binary) -> Diagnostic:
    swapped = f"{product.right.span.text} * {product.left.span.text}"
    message = "the number of copies stands behind the step"
    return mistake("E0407", message, product.span, replaced(product.span, swapped))


def no_number_of_copies(count: object, span: Span) -> Diagnostic:
    message = f"a step is repeated a whole number of times, not {show(count)}"
    return mistake("E0407", message, span)


# --- tensors ----------------------------------------------------------------------------------


def tensor_in_parentheses(word: str, tensor: Span, remedy: Remedy) -> Diagnostic:
    message = f"`{word}` takes no tensor in its parentheses: it works on what flows into it"
    return mistake("E0220", message, tensor, remedy)


def operator_on_tensor(operation: tree.Binary, tensor: str, step: str) -> Diagnostic:
    """An operator with a tensor beside it; `step` does the same, empty if none does."""
    message = f"`{operation.op}` goes between numbers, and `{tensor}` is a tensor"
    remedy = Remedy("merge tensors: `add(a, b)`, `multiply(a, b)`")
    if step:
        remedy = Remedy(f"write `{step}`", (Edit(operation.span, step),))
    return mistake("E0402", message, operation.span, remedy)


def not_a_tensor(fact: str, value: object, hint: str) -> BadValue:
    return BadValue("E0408", f"only a tensor has `.{fact}`, not {described(value)}", hint)


def several_tensors(name: str, count: int) -> BadValue:
    message = f"`{name}` is {count} tensors, each with a shape of its own"
    return BadValue("E0408", message, "name each of them: `a, b = chunk(2)`")


def unknown_fact(fact: tree.Name, tensor: object, facts: Iterable[str], method: str) -> Diagnostic:
    """A fact that no tensor has; `method` says what to write if it is a method of PyTorch."""
    hint = method or did_you_mean(fact.id, facts) or f"it has {', '.join(facts)}"
    return mistake("E0408", f"a {tensor} tensor has no `.{fact.id}`", fact.span, hint)


def only_one_tensor(name: str) -> BadValue:
    hint = "`select` and `slice` take parts of a tensor"
    return BadValue("E0402", f"`{name}` is one tensor, not several results", hint)


# --- values -----------------------------------------------------------------------------------


def not_a_condition(value: object, span: Span) -> Diagnostic:
    remedy = Remedy()
    if isinstance(value, int | float | None):
        compared = f" != {'none' if value is None else 0}"
        end = Span(span.source, span.end, span.end)
        remedy = replaced(end, compared, f"compare it: `{excerpt(span)}{compared}`")
    message = f"a condition is true or false, but this is {described(value)}"
    return mistake("E0404", message, span, remedy)


def names_and_elements(names: int, value: object, span: Span) -> Diagnostic:
    """More or fewer names than elements, or no elements at all."""
    what = described(value)
    if isinstance(value, tuple):
        what = f"{len(value)} {plural(len(value), 'element')}"
    stand = f"{names} names stand" if names != 1 else "1 name stands"
    hint = "give every element a name; `_` is one for what is not used"
    return mistake("E0405", f"{stand} for {what}", span, hint)


def no_part_of_a_name(value: object, span: Span) -> Diagnostic:
    message = f"a computed name takes whole numbers and strings, not {described(value)}"
    return mistake("E0406", message, span)


def not_a_number(where: str, value: object) -> BadValue:
    return BadValue("E0402", f"{where} needs a number, not {described(value)}")


def not_a_whole_number(where: str, value: float) -> BadValue:
    return BadValue("E0402", f"{where} needs a whole number, not {value}")


def not_a_tuple(where: str, value: object, counts: bool) -> BadValue:
    """No tuple; `counts` if a number stands where a loop goes through elements."""
    hint = f"did you mean `range({show(value)})`?" if counts else ""
    return BadValue("E0402", f"{where} needs a tuple, not {described(value)}", hint)


def no_elements(value: object) -> BadValue:
    hint = ""
    if not isinstance(value, int | float | bool | None):
        hint = "use it whole, or declare its layers one by one, each with a name of its own"
    return BadValue("E0402", f"only a tuple has elements, not {described(value)}", hint)


def no_index(index: object) -> BadValue:
    return BadValue("E0402", f"an index is a whole number, not {described(index)}")


def no_such_element(index: int, name: str, count: int) -> BadValue:
    message = f"there is no element {index} in `{name}`, which has {count}"
    hint = f"the elements are numbered from 0 to {count - 1}" if count else ""
    return BadValue("E0403", message, hint)


def no_bound_of_a_slice(bound: object) -> BadValue:
    return BadValue("E0402", f"a slice takes whole numbers, not {described(bound)}")


def steps_by_zero(what: str) -> BadValue:
    return BadValue("E0402", f"{what} cannot step by 0")


def lengths_differ(columns: Sequence[tuple[object, ...]]) -> BadValue:
    sizes = " and ".join(str(len(column)) for column in columns)
    return BadValue("E0402", f"`zip` needs tuples of one length, not {sizes}")


def no_value(function: str, argument: object) -> BadValue:
    return BadValue("E0402", f"`{function}` of {argument} has no value")


def not_real(what: str) -> BadValue:
    return BadValue("E0402", f"{what} is not a real number")


def division_by_zero(division: str) -> BadValue:
    return BadValue("E0402", f"division by zero: {division}")


def too_large() -> BadValue:
    return BadValue("E0402", "the result is too large for a number")


def not_between(operator: str, left: object, right: object) -> BadValue:
    operands = f"{described(left)} and {described(right)}"
    return BadValue("E0402", f"`{operator}` does not go between {operands}")


def not_comparable(value: object) -> BadValue:
    hint = "blocks can be compared as long as they have no arguments: `block == bottleneck`"
    return BadValue("E0402", f"{described(value)} cannot be compared", hint)


def rounds_too_far(most: int, digits: int) -> BadValue:
    return BadValue("E0402", f"`round` takes at most {most} digits, not {digits}")


# --- limits -----------------------------------------------------------------------------------


def too_many_digits(most: int) -> BadValue:
    return BadValue("E0502", f"this whole number has more than {most} digits")


def tuple_too_long(most: int) -> BadValue:
    return BadValue("E0502", f"this tuple has more than {most:,} elements")


def string_too_long(most: int) -> BadValue:
    return BadValue("E0502", f"this string has more than {most:,} characters")


def too_many_evaluations(most: int, span: Span) -> Diagnostic:
    message = f"the spec takes more than {most:,} evaluations"
    return mistake("E0502", message, span, SMALLER)


def too_many_parts(what: str, most: int, span: Span) -> Diagnostic:
    """Of a tuple or chain, those of its parts included."""
    noun = "elements" if what == "tuple" else "steps"
    return mistake("E0502", f"this {what} has more than {most:,} {noun}", span, SMALLER)


def parts_too_deep(what: str, most: int, span: Span) -> Diagnostic:
    message = f"{what}s stand within {what}s more than {most} deep"
    return mistake("E0503", message, span, "make it in one go, or repeat with `*`")


def calls_too_deep(most: int, span: Span) -> Diagnostic:
    hint = "one that calls itself needs a case in which it does not: `… if n > 0 else 1`"
    return mistake("E0503", f"functions call each other more than {most} deep", span, hint)
